"""The statistics of all trials: slopes and trends that a few odd values do not sway."""

import math
from collections.abc import Sequence
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


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
