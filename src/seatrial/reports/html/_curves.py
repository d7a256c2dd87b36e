"""Curves as drawings: one panel a unit, with axes whose marks are few and round."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seatrial.model.curve import Curve, Series
from seatrial.reports._curves import is_wide, number, place, points, short

WIDTH, HEIGHT = 460, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 14, 34
_MARKS = 4
_STEPS = (1, 2, 2.5, 5, 10)
_MEASURES = ("ms", "%")
"""Units that a name does not say."""
SHOWN = 8
"""Figures that are unfolded."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its path, and a dot for each value with what it says."""

    name: str
    path: str
    dots: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One drawing."""

    unit: str
    lines: tuple[Line, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    knee: float
    """Where the curve bends; 0 if it does not."""
    described: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A curve with its panels."""

    curve: Curve
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Places values between two ends, in units of the drawing."""

    low: float
    high: float
    wide: bool
    start: float
    end: float

    def at(self, value: float) -> float:
        return round(self.start + place(value, self.low, self.high, wide=self.wide) * (self.end - self.start), 1)

    def marks(self) -> tuple[Mark, ...]:
        values = _decades(self.low, self.high) if self.wide else _round(self.low, self.high)
        return tuple(Mark(self.at(value), short(value)) for value in values)


def draw(curves: Sequence[Curve]) -> tuple[Figure, ...]:
    """The figures, in the order given. Curves of fewer than two points are not drawn."""
    return tuple(Figure(curve, tuple(_panels(curve))) for curve in curves if len(curve.xs) > 1)


def _panels(curve: Curve) -> Iterator[Panel]:
    across = _axis(curve.xs, LEFT, WIDTH - RIGHT, from_zero=False)
    for unit in dict.fromkeys(series.unit for series in curve.series):
        drawn = [series for series in curve.series if series.unit == unit]
        up = _axis([value for series in drawn for value in series.values], HEIGHT - BOTTOM, TOP, from_zero=True)
        yield Panel(
            unit=unit or ", ".join(series.name for series in drawn),
            lines=tuple(_line(curve, series, across, up) for series in drawn),
            across=across.marks(),
            up=up.marks(),
            knee=across.at(curve.mark) if curve.mark else 0.0,
            described="; ".join(points(curve, series) for series in drawn),
        )


def _axis(values: Sequence[float], start: float, end: float, *, from_zero: bool) -> _Axis:
    wide = is_wide(values)
    shown = [value for value in values if value > 0] if wide else values
    low = 0.0 if from_zero and not wide else min(shown)
    return _Axis(low, max(*shown, low + 1e-9) if shown else 1.0, wide, start, end)


def _line(curve: Curve, series: Series, across: _Axis, up: _Axis) -> Line:
    dots = tuple(
        (across.at(x), up.at(y), f"{series.name}: {number(y)} at {number(x)} {curve.x}")
        for x, y in zip(curve.xs, series.values, strict=True)
    )
    name = f"{series.name} ({series.unit})" if series.unit in _MEASURES else series.name
    return Line(name, "M" + " L".join(f"{x:g} {y:g}" for x, y, _ in dots), dots)


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten between the ends, not too many."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first) / (_MARKS + 1)))
    return [10.0**power for power in range(first, last + 1, step)]


def _round(low: float, high: float) -> list[float]:
    """Round values between the ends."""
    raw = (high - low) / _MARKS
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in _STEPS if size * factor >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [step * number for number in range(first, math.floor(high / step + 1e-9) + 1)]
