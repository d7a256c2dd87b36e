"""Canaries live in a view: seldom enough, few enough, and numbered so that nothing betrays them."""

from random import Random

import pytest

from seatrial.app.review.planting import MOST, Planted, Span, View, plant, tells

TEXT = "".join(f"def f{n}(a, b):\n    if a is None:\n        raise E\n    return a < b\n\n\n" for n in range(12))
SPAN = Span("a.py", 1, 72)


def sessions(lines: int, count: int = 200) -> list[int]:
    return [len(plant([SPAN], {"a.py": TEXT}, lines, Random(seed))) for seed in range(count)]


def test_about_half_of_the_sessions_hold_canaries() -> None:
    assert 0.4 < sum(map(bool, sessions(200))) / 200 < 0.6


@pytest.mark.parametrize(("lines", "most"), [(40, 1), (200, 1), (400, MOST), (4000, MOST)])
def test_one_is_planted_for_200_lines_and_never_more_than_two(lines: int, most: int) -> None:
    assert max(sessions(lines)) == most


def test_canaries_lie_in_the_lines_under_review_alone() -> None:
    span = Span("a.py", 31, 48)
    for seed in range(60):
        for one in plant([span], {"a.py": TEXT}, 400, Random(seed)):
            assert span.line <= one.mutant.line <= one.mutant.end_line <= span.end_line


def dropped() -> Planted:
    found = (plant([Span("a.py", 7, 10)], {"a.py": TEXT}, 10, Random(seed)) for seed in range(200))
    return next(one[0] for one in found if one and not one[0].mutant.after)


def test_a_view_is_numbered_without_a_break() -> None:
    view = View("a.py", TEXT, [dropped()])
    assert len(view.lines) == len(TEXT.split("\n")) - 2
    assert view.lines[6:9] == ["def f1(a, b):", "    return a < b", ""]
    assert (view.real(8), view.shown(10), view.shown(8)) == (10, 8, 8)


def test_every_line_of_a_view_stands_for_itself_without_canaries() -> None:
    view = View("a.py", TEXT)
    assert view.lines == TEXT.split("\n")
    assert [view.real(n) for n in (1, 50, 70)] == [1, 50, 70]


def test_numbers_lead_there_and_back() -> None:
    planted = dropped()
    view = View("a.py", TEXT, [planted])
    for line in range(1, 72):
        if not view.hides(line):
            assert view.real(view.shown(line)) == line


@pytest.mark.parametrize(("number", "is_caught"), [(6, False), (7, True), (8, True), (9, True), (12, False)])
def test_a_remark_catches_a_canary_on_it_or_next_to_it(number: int, *, is_caught: bool) -> None:
    assert View("a.py", TEXT, [dropped()]).catches(number, dropped()) is is_caught


def test_a_text_that_quotes_a_planted_line_tells() -> None:
    mutated = next(
        one for seed in range(200) for one in plant([SPAN], {"a.py": TEXT}, 10, Random(seed)) if one.mutant.after
    )
    line = mutated.mutant.after[0]
    assert tells(f"it says {line.strip()} there", [mutated], {"a.py": TEXT})
    assert not tells("it says return a < b there", [mutated], {"a.py": TEXT})
