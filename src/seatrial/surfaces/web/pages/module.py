"""One module: how each symbol stands, who wrote it, and what was signed of it."""

from collections import Counter
from typing import Any

from starlette.requests import Request

from seatrial.model.provenance import Origin, Provenance
from seatrial.model.signoff import SignOff
from seatrial.surfaces.web.desk import Desk, NoPageError
from seatrial.surfaces.web.render import Page

_WIDTH = 1000
"""Units of the provenance bar."""


def show(desk: Desk, request: Request) -> Page:
    """The page of one file."""
    path, room = request.path_params["path"], desk.room
    symbols = _symbols(desk, path)
    if not symbols:
        raise NoPageError(f"nothing of {path} is under review. The queue lists what is.")
    chain = [_entry(desk, entry) for entry in room.material.standing.ledger if _is_about(entry, path)]
    lines = _lines(desk, path)
    data = {
        "path": path,
        "symbols": symbols,
        "provenance": lines,
        "chain": chain,
        "packs": [pack.id for pack in room.packs if path in pack.paths],
    }
    return Page("module", path, data, {"bar": _bar(lines)})


def _symbols(desk: Desk, path: str) -> list[dict[str, Any]]:
    room = desk.room
    known = [unit for unit in room.material.standing.units if unit.path == path]
    found: dict[str, dict[str, Any]] = {
        one.name: {
            "name": one.name,
            "line": one.line,
            "lines": one.lines,
            "state": one.state.value,
            "why": one.why,
            "missing": list(one.missing),
        }
        for one in known
    }
    for unit in room.material.units:
        if unit.symbol.path == path and unit.symbol.name not in found:
            found[unit.symbol.name] = {
                "name": unit.symbol.name,
                "line": unit.symbol.line,
                "lines": unit.size,
                "state": unit.state,
                "why": unit.why,
                "missing": [],
            }
    rows = sorted(found.values(), key=lambda row: (row["line"], row["name"]))
    wrote = room.wrote(path)
    return [row | {"origin": _origin(wrote.get(row["name"]))} for row in rows]


def _origin(found: Provenance | None) -> str:
    return (found.origin if found else Origin.UNKNOWN).value


def _lines(desk: Desk, path: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in desk.room.wrote(path).values():
        total.update({origin.value: count for origin, count in one.lines.items()})
    return dict(total)


def _bar(lines: dict[str, int]) -> list[tuple[str, float, float, int]]:
    """(origin, where its stretch begins, how wide it is, lines)."""
    total, at, found = sum(lines.values()), 0.0, []
    for origin, count in sorted(lines.items()):
        width = _WIDTH * count / total
        found.append((origin, round(at, 1), round(width, 1), count))
        at += width
    return found


def _is_about(entry: Any, path: str) -> bool:
    return entry.signoff is not None and any(one.path == path for one in entry.signoff.subjects)


def _entry(desk: Desk, entry: Any) -> dict[str, Any]:
    signoff = entry.signoff
    told = is_told(desk, signoff)
    return {
        "id": entry.id,
        "kind": signoff.kind.value,
        "base": signoff.base,
        "reviewer": signoff.reviewer,
        "role": signoff.role,
        "at": str(signoff.reviewed_at or ""),
        "problem": entry.problem,
        "units": [one.name for one in signoff.subjects],
        "criteria": [{"id": one.id, "verdict": one.verdict.value} for one in signoff.criteria] if told else [],
        "is_told": told,
    }


def is_told(desk: Desk, signoff: SignOff) -> bool:
    """Whether what a sign-off says may be shown: its subjects wait for no prediction of this person."""
    is_open, units = desk.room.openness(), {unit.name: unit for unit in desk.room.material.units}
    lines = ((one.path, units[one.unit].symbol.line) for one in signoff.subjects if one.unit in units)
    return all(is_open(*place) for place in lines)
