"""Patterns and wording: what regular expressions leave of attacks, and what text around a value says of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.program import Flow
from seatrial.program.taint import before, patterns
from seatrial.testing import program_of


@given(st.lists(st.sampled_from(["a-z", "A-Z", "0-9", "_"]), min_size=1), st.sampled_from(["+", "*", "{1,20}"]))
def test_classes_of_letters_and_digits_refuse_every_attack(classes: list[str], count: str) -> None:
    pattern = f"[{''.join(classes)}]{count}"
    for danger in patterns.ATTACKS.keys() - {"code"}:  # `__class__` is made of these too
        assert patterns.refuses(pattern, danger, "fullmatch")
        assert patterns.refuses(f"^{pattern}$", danger, "search")


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(".+", "fullmatch"), (r"[^;]+", "fullmatch"), ("[a-z]+", "match"), ("[a-z]+$", "search"), ("(", "fullmatch")],
)
def test_loose_patterns_refuse_nothing_for_certain(pattern: str, method: str) -> None:
    assert not patterns.refuses(pattern, "command", method)


def test_a_replacement_that_can_be_outwitted_removes_nothing() -> None:
    assert patterns.removes("[^a-z]", "", "path")
    assert not patterns.removes(r"\.\./", "", "path")
    assert not patterns.removes(";", "", "command")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("no place", None),
        ("100%%", None),
        ("%d", (False, {}, [False])),
        ("%s and %5.2f", (True, {}, [True, False])),
        ("%(a)s %(b)d", (True, {"a": True, "b": False}, [])),
    ],
)
def test_places_of_a_format(text: str, places: object) -> None:
    assert patterns.text_places(text) == places


def flow(statement: str) -> Flow:
    text = f"import sqlite3\ndef f(name):\n    sqlite3.connect('x').execute({statement})\n"
    (found,) = program_of({"a.py": text}).taint.flows("sql")
    return found


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("f\"SELECT a FROM b WHERE c = '{name}' AND d\"", "SELECT a FROM b WHERE c = '"),
        ("'SELECT a FROM ' + name + ' WHERE b'", "SELECT a FROM "),
        ("'SELECT %s FROM %s' % ('a', name)", "SELECT %s FROM "),
        ("'SELECT {} FROM {}'.format('a', name)", "SELECT {} FROM "),
        ("name", None),
    ],
)
def test_the_words_before_a_value_are_found(statement: str, words: str | None) -> None:
    assert before(flow(statement)) == words
