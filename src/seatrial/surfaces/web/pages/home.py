"""The gate's home: the verdict, the cheapest way to green, what is left to do."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from seatrial.app.review import pace
from seatrial.model.standing import SHUT
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page

_MOST = 30
"""Reasons that are shown; the rest is counted."""


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/`."""
    room, report, standing = desk.room, desk.room.material.report, desk.room.material.standing
    told, kept = _reasons(desk)
    shut = [unit for unit in standing.units if unit.state in SHUT]
    is_open = not (report.verdict.reasons or shut or standing.faults)
    data = {
        "verdict": "open" if is_open else "shut",
        "scope": report.scope,
        "date": report.date,
        "mandate": standing.mandate,
        "units_open": len(shut),
        "faults": [{"what": one.what, "way_to_green": one.way_to_green} for one in standing.faults],
        "notices": list(standing.notices),
        "way": {"units": standing.way.units, "lines": standing.way.lines, "minutes": standing.way.minutes},
        "reasons": told[:_MOST],
        "reasons_cut": max(0, len(told) - _MOST),
        "reasons_hidden": kept,
        "backlog": _backlog(desk),
        "next": next((pack.id for pack in room.left), ""),
    }
    return Page("home", "Gate", data)


def reread(desk: Desk, names: Mapping[str, str], fields: Mapping[str, list[str]]) -> str:  # noqa: ARG001 - as above
    """Takes in what has changed in the tree."""
    desk.reread()
    return "/"


def _reasons(desk: Desk) -> tuple[list[dict[str, Any]], int]:
    """The reasons that may be told now, and how many wait until this person has predicted."""
    is_open, told, kept = desk.room.openness(), [], 0
    for reason in desk.room.material.report.verdict.reasons:
        if reason.path and not is_open(reason.path, reason.line):
            kept += 1
        else:
            told.append({"what": reason.what, "way_to_green": reason.way_to_green, "path": reason.path})
    return told, kept


def _backlog(desk: Desk) -> dict[str, int]:
    packs = desk.room.left
    lines, units = sum(pack.size for pack in packs), sum(len(pack.units) for pack in packs)
    seconds = sum(pace.floor(pack.size, len(pack.units)) for pack in packs)
    return {"packs": len(packs), "units": units, "lines": lines, "minutes": -(-seconds // 60)}
