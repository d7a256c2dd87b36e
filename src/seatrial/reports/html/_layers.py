"""The packages of a map in rows: importers above what they import, as far as circles allow it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from seatrial.model.verdict import Edge

_DEEPEST, _WIDEST = 9, 5
"""More layers do not fit a screen, more packages in a row do not fit its width."""


def fold(edges: Iterable[Edge], most: int) -> tuple[list[Edge], int]:
    """The imports between at most so many packages, and how many packages were left out.

    Packages are named by as many parts of their names as leave few enough of them: `shop.api.v1` becomes `shop.api`. If
    the shortest names are still too many, those with the fewest imports are left out.
    """
    edges = list(edges)
    longest = max((name.count(".") + 1 for name in _names(edges)), default=1)
    for parts in range(longest, 0, -1):
        folded = _folded(edges, parts)
        if len(_names(folded)) <= most or parts <= _shared(edges) + 1:
            return _busiest(folded, most)
    return [], 0


def order(edges: Sequence[Edge]) -> list[str]:
    """The packages from the top down, so that few imports point upwards.

    Source: Eades, Lin and Smyth, "A fast and effective heuristic for the feedback arc set problem" (1993); weighted.
    """
    left, top, bottom = _names(edges), list[str](), list[str]()
    while left:
        out, into = _weights(edges, left)
        if lowest := [name for name in sorted(left) if not out[name]]:
            bottom = lowest + bottom
            left -= set(lowest)
        else:
            highest = min(left, key=lambda name: (bool(into[name]), into[name] - out[name], name))
            top.append(highest)
            left.remove(highest)
    return top + bottom


def rows(edges: Sequence[Edge], down: Sequence[str]) -> list[list[str]]:
    """The packages of `order` in rows, each package near the middle of those above it that import it."""
    layers = _layers(edges, down)
    if len(layers) > _DEEPEST:
        layers = [list(down)]
    broken = [layer[n : n + _WIDEST] for layer in layers for n in range(0, len(layer), _WIDEST)]
    return _centred(broken, edges)


def _names(edges: Iterable[Edge]) -> set[str]:
    return {name for edge in edges for name in (edge.source, edge.target)}


def _shared(edges: Iterable[Edge]) -> int:
    """How many first parts all names share."""
    split = [name.split(".") for name in _names(edges)]
    return sum(len(set(level)) == 1 for level in zip(*split, strict=False))


def _folded(edges: Iterable[Edge], parts: int) -> list[Edge]:
    weights: Counter[tuple[str, str]] = Counter()
    looped: set[tuple[str, str]] = set()
    for edge in edges:
        ends = (_cut(edge.source, parts), _cut(edge.target, parts))
        weights[ends] += edge.weight
        looped |= {ends} if edge.in_cycle else set()
    return [Edge(*ends, weights[ends], ends in looped) for ends in sorted(weights) if ends[0] != ends[1]]


def _cut(name: str, parts: int) -> str:
    return ".".join(name.split(".")[:parts])


def _busiest(edges: list[Edge], most: int) -> tuple[list[Edge], int]:
    weight: Counter[str] = Counter()
    for edge in edges:
        weight.update({edge.source: edge.weight, edge.target: edge.weight})
    kept = set(sorted(weight, key=lambda name: (-weight[name], name))[:most])
    return [e for e in edges if e.source in kept and e.target in kept], len(weight) - len(kept)


def _weights(edges: Iterable[Edge], among: set[str]) -> tuple[Counter[str], Counter[str]]:
    """How much each package imports and is imported, looking only at some packages."""
    out: Counter[str] = Counter()
    into: Counter[str] = Counter()
    for edge in edges:
        if edge.source in among and edge.target in among:
            out[edge.source] += edge.weight
            into[edge.target] += edge.weight
    return out, into


def _layers(edges: Sequence[Edge], down: Sequence[str]) -> list[list[str]]:
    """Each package one below the lowest that imports it; imports that point upwards do not count."""
    place = {name: number for number, name in enumerate(down)}
    importers: dict[str, list[str]] = {}
    for edge in edges:
        if place[edge.source] < place[edge.target]:
            importers.setdefault(edge.target, []).append(edge.source)
    depth: dict[str, int] = {}
    for name in down:
        depth[name] = max((depth[above] + 1 for above in importers.get(name, [])), default=0)
    return [[name for name in down if depth[name] == level] for level in sorted(set(depth.values()))]


def _centred(layers: list[list[str]], edges: Iterable[Edge]) -> list[list[str]]:
    importers: dict[str, list[str]] = {}
    for edge in edges:
        importers.setdefault(edge.target, []).append(edge.source)
    place: dict[str, float] = {}
    for row in layers:
        row.sort(key=lambda name: (_middle(importers.get(name, []), place), name))
        place.update({name: number - len(row) / 2 for number, name in enumerate(row)})
    return layers


def _middle(names: Iterable[str], place: Mapping[str, float]) -> float:
    known = [place[name] for name in names if name in place]
    return sum(known) / len(known) if known else 0.0
