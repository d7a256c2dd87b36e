"""The numbers of the room: pace, vigilance, calibration, mirror."""

from datetime import UTC, datetime, timedelta
from math import comb
from pathlib import Path
from random import Random

import msgspec
import pytest

from seatrial.app.review import calibration, mirror, pace
from seatrial.app.review.calibration import Answer, Round
from seatrial.app.review.store import Review, Store
from seatrial.app.review.vigilance import CAUGHT, LAST, Result, interval, window
from seatrial.model.signoff import Window


@pytest.mark.parametrize(
    ("lines", "units", "seconds"), [(500, 1, 3600), (10, 1, 72), (10, 6, 120), (1, 1, 20), (200, 3, 1440)]
)
def test_the_floor_is_500_lines_an_hour_or_20_seconds_a_unit(lines: int, units: int, seconds: int) -> None:
    assert pace.floor(lines, units) == seconds


@pytest.mark.parametrize(
    ("claimed", "since", "counted"), [(5, 5.2, 5), (500, 5, 5), (500, 500, 15), (-3, 5, 0), (5, -1, 0)]
)
def test_time_counts_only_as_far_as_it_has_passed_here(claimed: float, since: float, counted: float) -> None:
    assert pace.beat(claimed, since) == counted


def test_long_sittings_and_long_days_are_told_of() -> None:
    assert pace.advice(59 * 60, 100) == ""
    assert "60 minutes" in pace.advice(61 * 60, 100)
    assert "stop here" in pace.advice(91 * 60, 100)
    assert "1,300 lines today" in pace.advice(60, 1300)


def results(*caught: int) -> list[Result]:
    return [Result(f"2026-01-{n:02}", bool(one)) for n, one in enumerate(caught, 1)]


@pytest.mark.parametrize(
    ("caught", "state"),
    [
        ((), Window.INSUFFICIENT),
        ((0,) * 7, Window.INSUFFICIENT),
        ((1,) * 4 + (0,) * 4, Window.MET),
        ((1,) * 3 + (0,) * 5, Window.NOT_MET),
        ((1,) * 9 + (0,) * 5, Window.NOT_MET),
        ((0,) * 50 + (1,) * 8, Window.MET),
    ],
)
def test_four_of_the_last_eight_must_be_caught(caught: tuple[int, ...], state: Window) -> None:
    assert window(results(*caught)) is state


def test_a_passed_round_begins_the_window_anew() -> None:
    assert window(results(*(0,) * 8)) is Window.NOT_MET
    assert window(results(*(0,) * 8), "2026-01-08") is Window.INSUFFICIENT


def passing(rate: float) -> float:
    return sum(comb(LAST, k) * rate**k * (1 - rate) ** (LAST - k) for k in range(CAUGHT, LAST + 1))


def test_the_window_holds_up_whoever_does_not_look_and_few_who_do() -> None:
    assert passing(0.1) < 0.006
    assert 1 - passing(0.7) < 0.06


def test_the_interval_holds_the_rate_and_shrinks() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(6, 8)
    assert low < 0.75 < high
    assert interval(60, 80)[0] > low
    assert (round(low, 2), round(high, 2)) == (0.46, 0.91)


FUNCTION = """\
def f{n}(a, b):
    total = 0
    for one in a:
        total += one
    if b is None:
        return 0
    if total < b:
        return 1
    return total


"""


def begun(folder: Path, seed: int) -> Round:
    (folder / "a.py").write_text("".join(FUNCTION.format(n=n) for n in range(5)))
    (folder / "b.py").write_text("".join(FUNCTION.format(n=n) for n in range(5)))
    (folder / "c.py").write_text("".join(FUNCTION.format(n=n) for n in range(5)))
    return calibration.begin(folder, (), Random(seed))


def truth(item: calibration.Item) -> Answer:
    return Answer(is_sound=item.mutant is None, line=item.at)


def test_a_round_has_five_items_of_which_about_half_hold_a_defect(tmp_path: Path) -> None:
    rounds = [begun(tmp_path, seed) for seed in range(20)]
    assert {len(one.items) for one in rounds} == {5}
    planted = sum(item.mutant is not None for one in rounds for item in one.items)
    assert 0.35 < planted / 100 < 0.65


def test_who_answers_rightly_passes_and_learns_after_each(tmp_path: Path) -> None:
    found = begun(tmp_path, 3)
    while not found.is_over:
        assert found.item is not None
        found = msgspec.structs.replace(found, answers=(*found.answers, truth(found.item)))
        assert found.feedback.startswith("Right")
    assert (found.rightly, found.passed) == (5, True)


@pytest.mark.parametrize("is_sound", [True, False])
def test_who_always_says_the_same_does_not_pass_for_long(tmp_path: Path, *, is_sound: bool) -> None:
    answers = (Answer(is_sound=is_sound, line=1),) * 5
    passed = [msgspec.structs.replace(begun(tmp_path, seed), answers=answers).passed for seed in range(16)]
    assert sum(passed) < 5


def test_a_round_writes_nothing_into_the_tree(tmp_path: Path) -> None:
    begun(tmp_path, 1)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*")}
    begun(tmp_path, 2)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*")} == before


class Books(Store):
    """A store with other books: ten reviews of the last quarter, ten of this."""

    def __init__(self, folder: Path, now: datetime) -> None:
        super().__init__(folder / "tree", folder / "state")
        last = [_reviewed(now, 120 + n, 4, approved=n % 2 == 0) for n in range(10)]
        self._books = [*last, *(_reviewed(now, n, 1, approved=True) for n in range(10))]

    def reviews(self, reviewer: str) -> list[Review]:
        assert reviewer == "ada"
        return self._books


def _reviewed(now: datetime, days: int, remarks: int, *, approved: bool) -> Review:
    return Review((now - timedelta(days=days)).isoformat(), 100, 900.0, remarks, approved)


def test_the_mirror_nudges_whoever_approves_more_and_remarks_less(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    shown = mirror.reflect(Books(tmp_path, now), "ada", now)
    assert shown["this_quarter"]["approval_rate"] == 1.0
    assert shown["last_quarter"]["remarks_per_100_lines"] == 4.0
    assert shown["nudge"] == "You approve 50 points more than last quarter, and remark 75 % less."
