"""The decision log: what was decided, what was turned down and why, and where it is coming back."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from seatrial.app import acceptance, decide
from seatrial.app.review.steps import ReviewError
from seatrial.model.record import Record, Status
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/decisions`."""
    records = decide.records(desk.room.material.wanted.root)
    return Page(
        "decisions",
        "Decisions",
        {"records": [_record(one) for one in records], "may_accept": desk.signature is not None},
    )


def accept(desk: Desk, names: Mapping[str, str], fields: Mapping[str, list[str]]) -> str:  # noqa: ARG001 - see `STEPS`
    """Accepts a proposed record: the person's signature over what it says."""
    signature = desk.signature
    if signature is None:
        raise ReviewError("nothing can be accepted here: run `seatrial review` with a key (`--key`)")
    signer = acceptance.Signer(signature.key, signature.principal, signature.role, signature.where)
    record = acceptance.accept(desk.room.material.wanted.root, names["record"], signer)
    return f"/decisions#{record.id}"


def _record(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "title": record.title,
        "status": record.status.value,
        "can_be_accepted": record.status is Status.PROPOSED and not record.plain,
        "date": str(record.decided or ""),
        "path": record.path,
        "superseded_by": record.superseded_by,
        "scope": [*record.scope.paths, *record.scope.symbols],
        "rejected": [{"option": r.option, "because": r.because, "revisit": r.revisit_when} for r in record.rejected],
        "rules": [{"id": rule.id, "kind": rule.kind.value} for rule in record.rules],
        "review_by": str(record.review_by or ""),
    }
