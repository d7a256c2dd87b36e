"""What a person signs of a pack without a review: a no, that it cannot wait, that they wrote it."""

from collections.abc import Mapping

from starlette.requests import Request

from seatrial.app.review import outright
from seatrial.app.review.steps import ReviewError
from seatrial.model.mandate import ARCHITECT_APPROVED
from seatrial.model.signoff import Kind
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page

_MEANS = {
    "violation": ("It must not pass", "Nothing but other code opens the gate for it again."),
    "human-authored": ("I wrote it myself", "No review is needed. Not for what bears the mark of an AI."),
    "emergency": ("It cannot wait", "It passes for 72 hours, counted from the first time. Every report says so."),
}


def show(desk: Desk, request: Request) -> Page:
    """The page `/pack/{pack}/otherwise`."""
    room = desk.room
    pack = room.pack(request.path_params["pack"])
    kinds = [
        {"id": kind.value, "title": _MEANS[kind][0], "means": _MEANS[kind][1], "refused": _refused(desk, pack.id, kind)}
        for kind in outright.KINDS
    ]
    criteria = dict.fromkeys((ARCHITECT_APPROVED, *room.criteria(pack)))
    data = {
        "pack": pack.id,
        "paths": list(pack.paths),
        "units": [unit.name for unit in pack.units],
        "kinds": kinds,
        "criteria": list(criteria),
    }
    return Page("otherwise", f"Sign pack {pack.id} otherwise", data, {"signed": request.query_params.get("signed", "")})


def sign(desk: Desk, names: Mapping[str, str], fields: Mapping[str, list[str]]) -> str:
    """Signs what was chosen."""
    if desk.signature is None:
        raise ReviewError("nothing can be signed here: run `seatrial review` with a key (`--key`)")
    kind, why, criterion = (fields.get(name, [""])[0] for name in ("kind", "why", "criterion"))
    said = outright.Said(kind, tuple(fields.get("unit", ())), why, criterion or ARCHITECT_APPROVED)
    path = outright.declare(desk.room, names["pack"], said, desk.signature)
    return f"/pack/{names['pack']}/otherwise?signed={path.name}#signed"


def _refused(desk: Desk, pack: str, kind: Kind) -> str:
    if desk.signature is None:
        return "no key here may sign: run `seatrial review --key ~/.ssh/…`"
    return outright.refusal(desk.room, desk.room.pack(pack), kind)
