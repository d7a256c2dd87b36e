"""The architecture map: packages in layers, imports downwards, circles apart, as plain numbers for the template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

from seatrial.model.verdict import Edge

_MOST = 60
_WIDTH, _HEIGHT, _GAP, _RISE = 148, 38, 28, 96
_MARGIN = 24
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
    """Imports between two packages as an SVG path."""

    edge: Edge
    path: str
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map in SVG units. `omitted` packages had too few imports to be drawn."""

    width: float
    height: float
    box_width: float
    box_height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    omitted: int


def draw(edges: Iterable[Edge]) -> Drawing | None:
    """The map of these imports; None if there are none."""
    drawn, omitted = _heaviest(sorted(e for e in edges if e.source != e.target))
    if not drawn:
        return None
    rows = _rows(drawn)
    corners = _corners(rows)
    looped = {name for e in drawn if e.in_cycle for name in (e.source, e.target)}
    prefix = _common_prefix(corners)
    boxes = tuple(Box(name, _label(name, prefix), x, y, name in looped) for name, (x, y) in sorted(corners.items()))
    # Circles are drawn last, so that nothing lies over them.
    lines = tuple(_line(edge, corners) for edge in sorted(drawn, key=lambda e: (e.in_cycle, e)))
    width = max(x for x, _ in corners.values()) + _WIDTH + _MARGIN
    height = max(y for _, y in corners.values()) + _HEIGHT + _MARGIN
    return Drawing(width, height, _WIDTH, _HEIGHT, boxes, lines, omitted)


def _heaviest(edges: list[Edge]) -> tuple[list[Edge], int]:
    """The edges between the packages with the most imports; packages in circles are never left out first."""
    weight: dict[str, float] = {}
    for edge in edges:
        for name in (edge.source, edge.target):
            weight[name] = weight.get(name, 0) + edge.weight + (1e6 if edge.in_cycle else 0)
    kept = set(sorted(weight, key=lambda name: (-weight[name], name))[:_MOST])
    return [e for e in edges if e.source in kept and e.target in kept], len(weight) - len(kept)


def _rows(edges: list[Edge]) -> list[list[str]]:
    """Packages by layer: who imports stands above whom it imports; a circle shares one layer."""
    names = sorted({name for e in edges for name in (e.source, e.target)})
    circle = _circles(names, edges)
    depth = dict.fromkeys(circle.values(), 0)
    # So many rounds settle every graph without circles; what still moves then is a circle that was not marked.
    for _ in depth:
        for edge in edges:
            above, below = circle[edge.source], circle[edge.target]
            if above != below:
                depth[below] = max(depth[below], min(depth[above] + 1, len(depth) - 1))
    levels = sorted({depth[circle[name]] for name in names})
    rows = [[name for name in names if depth[circle[name]] == level] for level in levels]
    return _ordered(rows, edges, circle)


def _circles(names: list[str], edges: list[Edge]) -> dict[str, str]:
    """For each package a name that all packages of its circle share."""
    circle = {name: name for name in names}
    for edge in edges:
        if edge.in_cycle:
            old, new = sorted((circle[edge.source], circle[edge.target]), reverse=True)
            circle = {name: new if root == old else root for name, root in circle.items()}
    return circle


def _ordered(rows: list[list[str]], edges: list[Edge], circle: Mapping[str, str]) -> list[list[str]]:
    """Rows in which each circle stands together, near the middle of those above that import it: fewer lines cross."""
    importers: dict[str, list[str]] = {}
    for edge in edges:
        importers.setdefault(circle[edge.target], []).append(edge.source)
    place: dict[str, float] = {}
    for row in rows:
        row.sort(key=lambda name: (_middle(importers.get(circle[name], []), place), circle[name], name))
        place.update({name: number - len(row) / 2 for number, name in enumerate(row)})
    return rows


def _middle(names: list[str], place: Mapping[str, float]) -> float:
    known = [place[name] for name in names if name in place]
    return sum(known) / len(known) if known else 0.0


def _corners(rows: list[list[str]]) -> dict[str, _Point]:
    longest = max(len(row) for row in rows)
    corners: dict[str, _Point] = {}
    for level, row in enumerate(rows):
        indent = (longest - len(row)) * (_WIDTH + _GAP) / 2 + _MARGIN
        for number, name in enumerate(row):
            corners[name] = (indent + number * (_WIDTH + _GAP), _MARGIN + level * _RISE)
    return corners


def _line(edge: Edge, corners: Mapping[str, _Point]) -> Line:
    (x1, y1), (x2, y2) = corners[edge.source], corners[edge.target]
    start, end = x1 + _WIDTH / 2, x2 + _WIDTH / 2
    if y1 == y2:
        path = _beside(start, end, y1)
    elif y1 < y2:
        path = _curve(start, y1 + _HEIGHT, end, y2)
    else:
        path = _curve(start, y1, end, y2 + _HEIGHT)
    return Line(edge, path, round(1 + log2(max(edge.weight, 1)) / 3, 2))


def _beside(start: float, end: float, top: float) -> str:
    """An arc between neighbours: to the right over the boxes, to the left below them, so that both ways can be seen."""
    edge, bend = (top, top - 30) if start < end else (top + _HEIGHT, top + _HEIGHT + 30)
    return f"M{start:.0f} {edge:.0f}C{start:.0f} {bend:.0f} {end:.0f} {bend:.0f} {end:.0f} {edge:.0f}"


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (y1 + y2) / 2
    return f"M{x1:.0f} {y1:.0f}C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"


def _common_prefix(names: Iterable[str]) -> str:
    """The first part that all names share, with its dot: it would only repeat on every box."""
    firsts = {name.partition(".")[0] for name in names}
    return f"{firsts.pop()}." if len(firsts) == 1 else ""


def _label(name: str, prefix: str) -> str:
    label = name.removeprefix(prefix)
    return label if len(label) <= _LETTERS else "…" + label[1 - _LETTERS :]
