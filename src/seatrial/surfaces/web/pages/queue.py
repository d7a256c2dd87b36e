"""The queue: packs by risk, and one pack before it is opened."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from seatrial.app.review import pace, together
from seatrial.app.review.packs import Pack
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/queue`."""
    room = desk.room
    done, under_way, unclear = room.done, room.store.under_way(room.reviewer), room.store.not_understood()
    ended = together.waiting(room)
    rows = [
        _row(pack)
        | {"under_way": under_way.get(pack.id, ""), "unclear": unclear.get(pack.id, ""), "ended": pack.id in ended}
        for pack in room.packs
        if pack.id not in done
    ]
    units = sum(len(pack.units) for pack in room.packs)
    gaps = [f"{gap.path}: {gap.reason}" for gap in room.material.gaps]
    return Page("queue", "Queue", {"packs": rows, "units": units, "done": len(done), "gaps": gaps})


def pack(desk: Desk, request: Request) -> Page:
    """The page of one pack: what is in it, and the way into the room."""
    room = desk.room
    found = room.pack(request.path_params["pack"])
    session = room.store.under_way(room.reviewer).get(found.id, "")
    data = _row(found) | {
        "under_way": session,
        "criteria": list(room.criteria(found)),
        "parts": _parts(desk, found),
        "canaries": room.canaries,
        "is_author": room.is_author(found),
        "window": room.window().value,
        "members": [_member(desk, unit) for unit in found.units],
    }
    return Page("pack", f"Pack {found.id}", data)


def open_session(desk: Desk, names: Mapping[str, str], fields: Mapping[str, list[str]]) -> str:  # noqa: ARG001 - as above
    """Opens the session of a pack, or goes on with it."""
    return f"/session/{desk.room.open(names['pack']).id}"


def _parts(desk: Desk, pack: Pack) -> list[dict[str, Any]]:
    """The parts of a unit that is too long for one session; none of any other."""
    ended = together.waiting(desk.room) if pack.part else frozenset()
    return [
        {"number": one.part.number, "id": one.id, "here": one.id == pack.id, "ended": one.id in ended}
        for one in desk.room.parts(pack)
        if one.part
    ]


def _row(pack: Pack) -> dict[str, Any]:
    seconds = pace.floor(pack.size, len(pack.units))
    return {
        "id": pack.id,
        "lines": pack.size,
        "minutes": -(-seconds // 60),
        "risk": pack.risk,
        "kind": "delta" if pack.units[0].base else "full",
        "slice": pack.slice,
        "units": [unit.name for unit in pack.units],
        "paths": list(pack.paths),
    }


def _member(desk: Desk, unit: Any) -> dict[str, Any]:
    symbol = unit.symbol
    return {
        "path": symbol.path,
        "name": symbol.name,
        "line": symbol.line,
        "lines": unit.size,
        "state": unit.state,
        "why": unit.why,
        "origin": desk.room.origin(symbol.path, symbol.name),
    }
