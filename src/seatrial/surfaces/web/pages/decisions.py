"""The decision log: what was decided, what was turned down and why, and where it is coming back."""

from typing import Any

from starlette.requests import Request

from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/decisions`."""
    return Page("decisions", "Decisions", {"records": [_record(one) for one in desk.room.material.records]})


def _record(record: Any) -> dict[str, Any]:
    return {
        "id": record.id,
        "title": record.title,
        "status": record.status.value,
        "date": str(record.decided or ""),
        "path": record.path,
        "superseded_by": record.superseded_by,
        "scope": [*record.scope.paths, *record.scope.symbols],
        "rejected": [{"option": r.option, "because": r.because, "revisit": r.revisit_when} for r in record.rejected],
        "rules": [{"id": rule.id, "kind": rule.kind.value} for rule in record.rules],
        "review_by": str(record.review_by or ""),
    }
