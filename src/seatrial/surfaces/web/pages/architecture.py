"""The architecture map: which package imports which, which imports close a circle; layers, and what was decided."""

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from seatrial.app import decide
from seatrial.model.record import Record, RuleKind, Status
from seatrial.model.verdict import Edge
from seatrial.reports.html import _map  # the same map as in the report
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page

Layers = tuple[str | tuple[str, ...], ...]
_CONTRACTS = frozenset({RuleKind.LAYERS, RuleKind.IMPORT_FORBIDDEN})


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/map`."""
    material = desk.room.material
    edges = material.report.map
    records = decide.records(material.wanted.root)
    data = {
        "imports": [
            {"source": edge.source, "target": edge.target, "imports": edge.weight, "in_circle": edge.in_cycle}
            for edge in edges
        ],
        "layers": [list(_beside(names)) for names in material.layers],
        "against": list(_against(edges, material.layers)),
        "contracts": [found for record in records for found in _contracts(record)],
    }
    return Page("map", "Architecture", data, {"map": _map.draw(edges)})


def _beside(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def _against(edges: tuple[Edge, ...], layers: Layers) -> Iterator[dict[str, Any]]:
    """The imports from a lower layer into a higher one, by package."""
    levels = [(name, level) for level, names in enumerate(layers) for name in _beside(names)]
    for edge in edges:
        source, target = _level(edge.source, levels), _level(edge.target, levels)
        if source is not None and target is not None and source > target:
            yield {"source": edge.source, "target": edge.target, "imports": edge.weight}


def _level(package: str, levels: list[tuple[str, int]]) -> int | None:
    around = [(len(name), level) for name, level in levels if f"{package}.".startswith(f"{name}.")]
    return max(around)[1] if around else None


def _contracts(record: Record) -> Iterator[dict[str, Any]]:
    """What the rules of a record in force ask of imports."""
    if record.status is not Status.ACCEPTED or record.superseded_by:
        return
    for rule in record.rules:
        if rule.kind in _CONTRACTS:
            modules = [", ".join(_beside(names)) for names in rule.layers] or list(rule.imports)
            where = list(rule.paths or record.scope.paths)
            yield {"record": record.id, "rule": rule.id, "kind": rule.kind.value, "modules": modules, "where": where}
