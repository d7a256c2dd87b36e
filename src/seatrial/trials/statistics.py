"""The statistics of all trials: slopes and trends that a few odd values do not sway."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from statistics import median
from typing import NamedTuple


class Slope(NamedTuple):
    """A slope with the interval that holds 95 % of the pairwise slopes."""

    value: float
    low: float
    high: float


def theil_sen(xs: Sequence[float], ys: Sequence[float]) -> Slope:
    """The median of the slopes between all pairs of points. Source: Sen (1968), JASA 63, 1379-1389.

    Raises `ValueError` when no two points differ in x.
    """
    slopes = sorted(
        (y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(zip(xs, ys, strict=True), 2) if x1 != x2
    )
    if not slopes:
        raise ValueError("a slope needs two points that differ")
    return Slope(median(slopes), _quantile(slopes, 0.025), _quantile(slopes, 0.975))


def mann_kendall(ys: Sequence[float]) -> float:
    """How surely a series rises (above 0) or falls, as a z value. Source: Mann (1945), Econometrica 13."""
    n = len(ys)
    s = sum((later > earlier) - (later < earlier) for earlier, later in combinations(ys, 2))
    ties = sum(c * (c - 1) * (2 * c + 5) for c in (list(ys).count(value) for value in set(ys)))
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    return 0.0 if s == 0 or variance <= 0 else (s - math.copysign(1, s)) / math.sqrt(variance)


SURE = 3.5
"""A z value that no clean program of ours reached: 2.6 is the highest, and a bounded cache that fills has 3.4."""


def rising(xs: Sequence[float], ys: Sequence[float]) -> Slope | None:
    """The slope of a series that rises surely, and to its end; None of one that does not.

    Surely: Mann-Kendall's z above `SURE`, and no slope of the inner 95 % is 0 or less. To its end: the second half
    rises at half the rate at least, which what only fills up does not.
    """
    if mann_kendall(ys) <= SURE:
        return None
    slope, half = theil_sen(xs, ys), len(ys) // 2
    later = theil_sen(xs[half:], ys[half:])
    return slope if slope.low > 0 and later.value > slope.value / 2 else None


class Growth(NamedTuple):
    """How a counter grows with the size of the data: its class, and what it comes to at any size."""

    name: str
    """`1`, `log n`, `n`, `n log n` or `n²`."""
    terms: tuple[tuple[str, float], ...]
    """Terms with their factors; all are at least 0."""

    def at(self, size: float) -> float:
        """The counter at this size."""
        return sum(factor * _TERMS[term](size) for term, factor in self.terms)


_TERMS: Mapping[str, Callable[[float], float]] = {
    "1": lambda _: 1.0,
    "log n": lambda n: math.log(max(n, 1.0)),
    "n": float,
    "n log n": lambda n: n * math.log(max(n, 1.0)),
    "n²": lambda n: n * n,
}
_FORMS = (("1",), ("1", "log n"), ("1", "n"), ("1", "n log n"), ("1", "n²"), ("1", "n", "n²"))
"""The class is the last term. What squares has a linear part too, where rows share a page."""
_ROUNDED, _PLANNED = 0.5, 0.1
"""What a counter is off by: half of one, and by the planner's choices a tenth of itself."""
_COUNTS = 0.3
"""The least part of the largest value that comes from the class's own term: less is a small cost beside a large one."""
LEAST_SIZES = 4
_SAME = 3
"""A counter that is the same at so many of the largest sizes has come to its end: a page is full."""


def _of_last_plan(sizes: Sequence[float], counts: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
    """Without the first sizes that cost more than a larger one: the planner took another way for so few rows."""
    while len(counts) > LEAST_SIZES and counts[0] > min(counts[1:]):
        sizes, counts = sizes[1:], counts[1:]
    return sizes, counts


def growth(sizes: Sequence[float], counts: Sequence[float]) -> Growth | None:
    """The class that explains the counts best; None with fewer than four sizes.

    Least squares with known errors and factors of at least 0, compared by AICc. Source: Burnham and Anderson, Model
    Selection and Multimodel Inference (2002), 2.4.
    """
    if len(set(sizes)) < LEAST_SIZES:
        return None
    if len(set(counts[-_SAME:])) == 1:
        return Growth("1", (("1", float(counts[-1])),))
    sizes, counts = _of_last_plan(sizes, counts)
    best, found = math.inf, None
    for form in _FORMS:
        factors, misfit = _fitted(form, sizes, counts)
        made = Growth(form[-1], tuple(zip(form, factors, strict=True)))
        score = misfit + _penalty(len(form), len(sizes))
        share = factors[-1] * _TERMS[form[-1]](max(sizes)) / max(made.at(max(sizes)), 1e-9)
        if score < best and (len(form) == 1 or share >= _COUNTS):
            best, found = score, made
    return found


def _penalty(terms: int, points: int) -> float:
    left = points - terms - 1
    return 2 * terms + 2 * terms * (terms + 1) / left if left > 0 else math.inf


def _fitted(form: Sequence[str], sizes: Sequence[float], counts: Sequence[float]) -> tuple[Sequence[float], float]:
    """The factors of the terms, none below 0, and how far they miss the counts, in errors squared."""
    weights = [1 / max(_ROUNDED, _PLANNED * count) ** 2 for count in counts]
    columns = [[_TERMS[term](size) for size in sizes] for term in form]
    tried = []
    for size in range(1, len(form) + 1):
        for chosen in combinations(range(len(form)), size):
            solved = _solved([columns[n] for n in chosen], counts, weights)
            if solved is not None and min(solved) >= 0:
                factors = [0.0] * len(form)
                for place, factor in zip(chosen, solved, strict=True):
                    factors[place] = factor
                tried.append((_misfit(columns, factors, counts, weights), factors))
    misfit, factors = min(tried)
    return factors, misfit


def _misfit(
    columns: Sequence[Sequence[float]], factors: Sequence[float], counts: Sequence[float], weights: Sequence[float]
) -> float:
    told = [sum(f * column[n] for f, column in zip(factors, columns, strict=True)) for n in range(len(counts))]
    return sum(w * (count - one) ** 2 for w, count, one in zip(weights, counts, told, strict=True))


def _solved(
    columns: Sequence[Sequence[float]], counts: Sequence[float], weights: Sequence[float]
) -> Sequence[float] | None:
    """The factors that miss least: the normal equations, by Gauss; None if the columns are not apart."""
    rows = [
        [sum(w * a * b for w, a, b in zip(weights, one, other, strict=True)) for other in (*columns, counts)]
        for one in columns
    ]
    for n in range(len(rows)):
        if abs(rows[n][n]) < 1e-12:
            return None
        own = [value / rows[n][n] for value in rows[n]]
        rows = [
            own if m == n else [value - row[n] * one for value, one in zip(row, own, strict=True)]
            for m, row in enumerate(rows)
        ]
    return [row[-1] for row in rows]


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
