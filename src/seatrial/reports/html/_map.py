"""The architecture map as plain numbers for the template: boxes for packages, curves for imports, circles apart."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

from seatrial.model.verdict import Edge
from seatrial.reports.html import _layers

_MOST_BOXES, _MOST_LINES = 30, 90
_WIDTH, _HEIGHT, _GAP, _RISE = 148, 38, 28, 96
_MARGIN = 30
_LETTERS = 19
_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A package; `x`, `y` is its upper left corner."""

    name: str
    label: str
    x: float
    y: float
    in_cycle: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Imports between two packages as an SVG path. `upwards`: against the stream, what to cut to open a circle."""

    edge: Edge
    path: str
    width: float
    upwards: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map in SVG units. `omitted` packages and `lighter` lines had too few imports to be drawn."""

    width: float
    height: float
    box_width: float
    box_height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    omitted: int
    lighter: int


def draw(edges: Iterable[Edge]) -> Drawing | None:
    """The map of these imports; None if there are none."""
    folded, omitted = _layers.fold((e for e in edges if e.source != e.target), _MOST_BOXES)
    if not folded:
        return None
    down = _layers.order(folded)
    corners = _corners(_layers.rows(folded, down))
    heaviest = sorted(folded, key=lambda e: (-e.weight, e))[:_MOST_LINES]
    place = {name: number for number, name in enumerate(down)}
    lines = [_line(edge, corners, upwards=place[edge.source] > place[edge.target]) for edge in heaviest]
    return Drawing(
        width=max(x for x, _ in corners.values()) + _WIDTH + _MARGIN,
        height=max(y for _, y in corners.values()) + _HEIGHT + _MARGIN,
        box_width=_WIDTH,
        box_height=_HEIGHT,
        boxes=_boxes(corners, folded),
        lines=tuple(sorted(lines, key=lambda line: (line.edge.in_cycle, line.upwards, line.edge))),
        omitted=omitted,
        lighter=len(folded) - len(heaviest),
    )


def _boxes(corners: Mapping[str, _Point], edges: Iterable[Edge]) -> tuple[Box, ...]:
    looped = {name for e in edges if e.in_cycle for name in (e.source, e.target)}
    # A first part that most names share would only repeat on every box.
    ((first, shared),) = Counter(name.partition(".")[0] for name in corners).most_common(1)
    prefix = f"{first}." if shared > len(corners) / 2 else ""
    return tuple(Box(name, _label(name, prefix), x, y, name in looped) for name, (x, y) in sorted(corners.items()))


def _label(name: str, prefix: str) -> str:
    label = name.removeprefix(prefix)
    return label if len(label) <= _LETTERS else "…" + label[1 - _LETTERS :]


def _corners(rows: list[list[str]]) -> dict[str, _Point]:
    longest = max(len(row) for row in rows)
    corners: dict[str, _Point] = {}
    for level, row in enumerate(rows):
        indent = (longest - len(row)) * (_WIDTH + _GAP) / 2 + _MARGIN
        for number, name in enumerate(row):
            corners[name] = (indent + number * (_WIDTH + _GAP), _MARGIN + level * _RISE)
    return corners


def _line(edge: Edge, corners: Mapping[str, _Point], *, upwards: bool) -> Line:
    source, target = corners[edge.source], corners[edge.target]
    if source[1] == target[1]:
        path = _beside(source, target)
    else:
        path = _upright(source, target, upwards=source[1] > target[1])
    return Line(edge, path, round(1 + log2(max(edge.weight, 1)) / 3, 2), upwards)


def _beside(source: _Point, target: _Point) -> str:
    """An arc between neighbours: to the right over the boxes, to the left below them, so that both ways can be seen."""
    x1, x2 = source[0] + _WIDTH / 2, target[0] + _WIDTH / 2
    y, bend = (source[1], source[1] - 26) if x1 < x2 else (source[1] + _HEIGHT, source[1] + _HEIGHT + 26)
    return _curve((x1, y), (x1, bend), (x2, bend), (x2, y))


def _upright(source: _Point, target: _Point, *, upwards: bool) -> str:
    """From row to row; upwards beside the middle, where no downward line starts or ends."""
    aside = _WIDTH * (0.8 if upwards else 0.5)
    x1, x2 = source[0] + aside, target[0] + aside
    y1, y2 = (source[1], target[1] + _HEIGHT) if upwards else (source[1] + _HEIGHT, target[1])
    middle = (y1 + y2) / 2
    return _curve((x1, y1), (x1, middle), (x2, middle), (x2, y2))


def _curve(start: _Point, first: _Point, second: _Point, end: _Point) -> str:
    (x1, y1), *others = start, first, second, end
    return f"M{x1:.0f} {y1:.0f}C" + " ".join(f"{x:.0f} {y:.0f}" for x, y in others)
