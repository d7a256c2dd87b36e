"""The ledger: every sign-off, whether it counts, and what it says."""

from typing import Any

from starlette.requests import Request

from seatrial.surfaces.web.desk import Desk, NoPageError
from seatrial.surfaces.web.pages.module import is_told
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/ledger`."""
    rows = [_row(entry) for entry in reversed(desk.room.material.standing.ledger)]
    return Page("ledger", "Ledger", {"entries": rows})


def record(desk: Desk, request: Request) -> Page:
    """The page of one sign-off."""
    wanted = request.path_params["record"]
    entry = next((one for one in desk.room.material.standing.ledger if one.id == wanted), None)
    if entry is None or entry.signoff is None:
        raise NoPageError(f"there is no sign-off {wanted} that can be read. The ledger lists those that there are.")
    signoff = entry.signoff
    told = is_told(desk, signoff)
    data = _row(entry) | {
        "is_told": told,
        "subjects": [{"unit": one.unit, "digest": one.digest} for one in signoff.subjects],
        "criteria": [
            {"id": one.id, "verdict": one.verdict.value, "note": one.note, "evidence": list(one.evidence)}
            for one in signoff.criteria
            if told
        ],
        "interrogation": [
            {"lens": one.lens, "question": one.question, "prediction": one.prediction, "outcome": one.outcome}
            for one in signoff.interrogation
            if told
        ],
        "effort": {"active_seconds": signoff.effort.active_seconds, "lines": signoff.effort.loc},
        "window": signoff.vigilance.window.value,
    }
    return Page("record", f"Sign-off {wanted}", data)


def _row(entry: Any) -> dict[str, Any]:
    signoff = entry.signoff
    return {
        "id": entry.id,
        "path": entry.path,
        "kind": signoff.kind.value if signoff else "",
        "reviewer": signoff.reviewer if signoff else "",
        "role": signoff.role if signoff else "",
        "at": str(signoff.reviewed_at or "") if signoff else "",
        "units": len(signoff.subjects) if signoff else 0,
        "key": entry.key,
        "appeared": entry.appeared,
        "problem": entry.problem,
    }
