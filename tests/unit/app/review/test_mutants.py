"""Mutants are small, look like their author's code, and mean something else."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.app.review.mutants import Slip, applied, bites, mutants


def only(text: str, slip: Slip) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(one.before, one.after) for one in mutants(text) if one.slip is slip and bites(text, one)]


@pytest.mark.parametrize(
    ("text", "slip", "after"),
    [
        ("def f(a):\n    if not a.ok:\n        raise E\n    return a\n", Slip.DROPPED_GUARD, ()),
        ("def f(a):\n    return a is None\n", Slip.INVERTED_NONE_CHECK, ("    return a is not None",)),
        ("try:\n    f()\nexcept KeyError:\n    g()\n", Slip.WIDENED_EXCEPT, ("except Exception:",)),
        ("rows = found[:50]\n", Slip.REMOVED_BOUND, ("rows = found[:]",)),
        ("rows = Order.objects.filter(a=1)\n", Slip.REMOVED_BOUND, ("rows = Order.objects.all()",)),
        ("rows = session.query(Order).limit(9)\n", Slip.REMOVED_BOUND, ("rows = session.query(Order)",)),
        ("async def f():\n    await g()\n", Slip.DROPPED_AWAIT, ("    g()",)),
        ('pay(giver, taker, "now")\n', Slip.SWAPPED_ARGUMENTS, ('pay(taker, giver, "now")',)),
        ("get(url, verify=True)\n", Slip.WEAKENED_SAFETY, ("get(url, verify=False)",)),
        ("import yaml\nyaml.safe_load(text)\n", Slip.WEAKENED_SAFETY, ("yaml.unsafe_load(text)",)),
        ("ok = a < b\n", Slip.BOUNDARY, ("ok = a <= b",)),
    ],
)
def test_each_class_of_defect_is_made(text: str, slip: Slip, after: tuple[str, ...]) -> None:
    assert [found for _, found in only(text, slip)] == [after]


@pytest.mark.parametrize(
    "text",
    [
        "assert a < b\n",
        "logger.info(a, b)\n",
        "print(a, b)\n",
        "class A:\n    def __repr__(self):\n        return self.a[:5]\n",
        "def f(a):\n    if a:\n        return 1\n",
        "max(a, b)\n",
        "def f(:\n",
    ],
)
def test_lines_on_which_nothing_hangs_are_left_alone(text: str) -> None:
    assert mutants(text) == ()


def test_a_comment_goes_with_the_guard_that_it_explains() -> None:
    text = "def f(a):\n    # only the owner may\n    if not a.owner:\n        raise E\n    return a\n"
    (mutant,) = mutants(text)
    assert [line for line, _ in applied(text.split("\n"), [mutant])] == ["def f(a):", "    return a", ""]


def test_the_author_s_spelling_stays() -> None:
    ((before, after),) = only('f(x["a"], limit=rows[:50])\n', Slip.REMOVED_BOUND)
    assert (before[0], after[0]) == ('f(x["a"], limit=rows[:50])', 'f(x["a"], limit=rows[:])')


def test_umlauts_before_a_defect_move_nothing() -> None:
    assert [after for _, after in only('x = "ä" if a is None else b\n', Slip.INVERTED_NONE_CHECK)] == [
        ('x = "ä" if a is not None else b',)
    ]


def test_only_the_lines_asked_for_are_touched() -> None:
    text = "a = b < c\nd = e < f\ng = h < i\n"
    assert [mutant.line for mutant in mutants(text, 2, 2)] == [2]


@settings(max_examples=20)
@given(st.data())
def test_a_mutant_parses_and_means_something_else(data: st.DataObject) -> None:
    blocks = ["if a is None:\n    return b", "x = f(a, b)[:9]", "if a < b:\n    raise E", "y = g(a, b, c=d < e)"]
    chosen = data.draw(st.lists(st.sampled_from(blocks), min_size=1, max_size=5))
    body = "\n".join(f"    {line}" for block in chosen for line in block.split("\n"))
    text = f"def f(a, b):\n{body}\n    return a\n"
    found = [mutant for mutant in mutants(text) if bites(text, mutant)]
    assert found
    for mutant in found:
        changed = "\n".join(line for line, _ in applied(text.split("\n"), [mutant]))
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))
