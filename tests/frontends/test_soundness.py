"""Whatever the text, the facts keep their promises and nothing is raised."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontends.listing import EXTRACT, inputs
from frontends.soundness import check

PROGRAMS = [path.read_text(encoding="utf-8") for path in inputs()]
PIECES = st.sampled_from(
    [*"()[]{}:,.=*@'\"\\\n \t#;", "f'", "{x!r:{", "if ", "else:", "def ", "class ", "lambda ", "\n  ", "é", "\0"]
)
extract = EXTRACT["python"]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A program of the corpus with a stretch dropped, doubled, or replaced."""
    text = draw(st.sampled_from(PROGRAMS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(PIECES | st.just(text[start:end] * 2)) + text[end:]
    return text


@pytest.mark.parametrize("text", PROGRAMS)
def test_facts_of_the_corpus_are_sound(text: str) -> None:
    check(extract(text))


@given(mutated())
@settings(max_examples=150, deadline=None)
def test_facts_of_damaged_programs_are_sound(text: str) -> None:
    facts = extract(text)
    check(facts)
    assert extract(text) == facts


@given(st.text(max_size=200) | st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=150, deadline=None)
def test_facts_of_any_text_are_sound(text: str) -> None:
    check(extract(text))


@pytest.mark.slow
@given(mutated())
@settings(max_examples=5000, deadline=None)
def test_facts_of_many_damaged_programs_are_sound(text: str) -> None:
    check(extract(text))


@pytest.mark.slow
def test_own_source_has_no_damage() -> None:
    for path in sorted((Path(__file__).parents[2] / "src").rglob("*.py")):
        facts = extract(path.read_text(encoding="utf-8"))
        check(facts)
        assert not facts.damage, path


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5000 + "1" + ")" * 5000,
        "x = " + "f(" * 1000 + ")" * 1000,
        "x = " + "not " * 5000 + "1",
        "x = a" + ".b()" * 5000,
        "x = " + "lambda: " * 2000 + "1",
        "x = " + "[" * 100_000,
        "".join(" " * depth + "if x:\n" for depth in range(1000)) + " " * 1000 + "pass",
        "x = " + "a if b else " * 2000 + "c",
        "match x:\n case " + "[" * 2000 + "]" * 2000 + ": pass",
    ],
    ids=["parentheses", "calls", "not", "chain", "lambda", "open", "blocks", "conditional", "patterns"],
)
def test_nesting_without_measure_is_damage(text: str) -> None:
    facts = extract(text)
    check(facts)
    assert facts.damage


def test_long_sums_are_no_damage() -> None:
    facts = extract("x = 0" + " + a" * 20_000)
    assert not facts.damage
    assert len(facts.functions[0].values) == 40_002
