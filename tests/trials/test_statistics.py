"""Counters are told apart by the class in which they grow, with what a block rounds them to."""

from math import ceil

import pytest

from seatrial.trials.statistics import growth

HALVES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
FIVE = (10, 100, 1_000, 10_000, 100_000)
SHORT = HALVES[:6]
PAGE = 80


@pytest.mark.parametrize(
    ("name", "sizes", "counts"),
    [
        ("1", FIVE, [3] * 5),
        ("1", FIVE, [4, 5, 5, 5, 5]),
        ("1", FIVE, [14, 52, 100, 100, 100]),  # a page of a hundred
        ("log n", FIVE, [1, 2, 3, 3, 4]),
        ("log n", HALVES, [1, 1, 2, 2, 3, 3, 3, 4, 4]),
        ("n", FIVE, [ceil(n / PAGE) for n in FIVE]),
        ("n", HALVES, [2 + ceil(n / PAGE) for n in HALVES]),
        ("n", (1_000, 3_000, 10_000, 30_000, 100_000), [21, 47, 141, 408, 1343]),  # an index that a join lacks
        ("n", SHORT, [2 * n + 1 for n in SHORT]),
        ("n log n", FIVE, [20, 200, 3_000, 30_000, 400_000]),
        ("n log n", HALVES, [n * h for n, h in zip(HALVES, [1, 2, 2, 2, 3, 3, 3, 4, 4], strict=True)]),
        ("n²", SHORT[:5], [n * ceil(n / PAGE) for n in SHORT[:5]]),
        ("n²", SHORT, [n * n for n in SHORT]),
    ],
)
def test_the_class_is_told_from_counts(name: str, sizes: tuple[int, ...], counts: list[int]) -> None:
    found = growth(sizes, counts)
    assert found is not None
    assert found.name == name


def test_a_small_size_that_costs_more_than_a_larger_one_has_a_plan_of_its_own() -> None:
    found = growth([10, 30, 100, 300, 1000, 3000, 10000, 30000], [4, 1, 1, 2, 6, 17, 55, 163])
    assert found is not None
    assert found.name == "n"


def test_what_a_class_comes_to_is_told_at_any_size() -> None:
    found = growth(FIVE, [2 + ceil(n / PAGE) for n in FIVE])
    assert found is not None
    assert found.at(8_000_000) == pytest.approx(100_002, rel=0.01)


def test_too_few_sizes_tell_no_class() -> None:
    assert growth((10, 100, 1_000), (1, 2, 3)) is None
