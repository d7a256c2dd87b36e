"""The settings as they hold here: who may sign, what is asked of them, how the room behaves."""

from typing import Any

from starlette.requests import Request

from seatrial.app.review import pace, packs, planting, vigilance
from seatrial.model.mandate import Requirement
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/settings`: a preview; they are changed in the repository."""
    room = desk.room
    criteria = dict.fromkeys(one for pack in room.packs for one in room.criteria(pack))
    data = {
        "reviewer": room.reviewer,
        "key": str(desk.signature.key) if desk.signature else "",
        "role": desk.signature.role if desk.signature else "",
        "mandate": room.material.standing.mandate,
        "policy": room.material.standing.policy,
        "criteria": [{"id": one, "text": room.meaning(one)} for one in criteria],
        "canaries": room.canaries,
        "paths": [_asked(pattern, one) for pattern, one in room.material.policy.items()],
        "people": [{"who": who, "roles": list(roles)} for who, roles in sorted(room.material.roles.items())],
        "numbers": [
            ["lines of a pack, about", packs.AIM],
            ["lines of a pack, at most", packs.MOST],
            ["lines an hour, at most, for the floor", pace.LINES_PER_HOUR],
            ["seconds for each changed unit, at least", pace.SECONDS_PER_UNIT],
            ["lines a day before the room warns", pace.LINES_PER_DAY],
            ["lines for one planted defect", planting.EACH],
            ["planted defects in a session, at most", planting.MOST],
            ["caught, of the last eight", vigilance.CAUGHT],
        ],
    }
    return Page("settings", "Settings", data)


def _asked(pattern: str, one: Requirement) -> dict[str, Any]:
    return {
        "pattern": pattern,
        "criteria": list(one.criteria),
        "role": one.role,
        "people": one.min_reviewers,
        "hardware": one.require_hardware,
        "passes": one.passes,
        "days": one.expires,
    }
