"""Curves in words and as rows of little blocks, which the formats share."""

import math
from collections.abc import Sequence

from seatrial.model.curve import Curve, Series
from seatrial.model.text import printable

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDE = 20.0
"""Values so many times apart are drawn on a logarithmic scale."""


def is_wide(values: Sequence[float]) -> bool:
    """Whether the values span so much that the small ones would not be seen."""
    above = [value for value in values if value > 0]
    return bool(above) and max(above) >= _WIDE * min(above)


def place(value: float, low: float, high: float, *, wide: bool) -> float:
    """Where a value lies between two others, from 0 to 1."""
    if wide:
        value, low, high = (math.log(max(one, 1e-9)) for one in (max(value, low), low, high))
    return 0.0 if high <= low else min(max((value - low) / (high - low), 0.0), 1.0)


def sparkline(series: Series) -> str:
    """`▁▁▂▃▅█`: one block a value."""
    wide = is_wide(series.values)
    above = [value for value in series.values if value > 0 or not wide] or [0.0]
    low, high = (min(above) if wide else 0.0), max(above)
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round(place(value, low, high, wide=wide) * top)] for value in series.values)


def span(curve: Curve) -> str:
    """`1 to 7,144 blocks read at 10 to 100,000 rows`: the first series from end to end."""
    first = curve.series[0]
    return printable(f"{ends(first.values)} {first.name} at {ends(curve.xs)} {curve.x}")


def ends(values: Sequence[float]) -> str:
    """`1 to 7,144`; the one value if they are all the same."""
    first, last = number(values[0]), number(values[-1])
    return first if first == last else f"{first} to {last}"


def number(value: float) -> str:
    """`7,144`, `0.25`."""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def short(value: float) -> str:
    """`7k`, `2.5M`: for the marks of an axis."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def points(curve: Curve, series: Series) -> str:
    """All values in words, for who cannot see them drawn."""
    told = ", ".join(f"{number(y)} at {number(x)}" for x, y in zip(curve.xs, series.values, strict=True))
    return f"{series.name}{f' ({series.unit})' if series.unit else ''}: {told}"
