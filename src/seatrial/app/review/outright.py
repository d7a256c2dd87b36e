"""Signs what takes no session: that code must not pass, that one wrote it oneself, that it cannot wait for a review."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from seatrial.app import signing
from seatrial.app.review import record
from seatrial.app.review.packs import Pack
from seatrial.app.review.planting import tells
from seatrial.app.review.room import Room
from seatrial.app.review.signature import Signature
from seatrial.app.review.steps import ReviewError
from seatrial.model.mandate import ARCHITECT, ARCHITECT_APPROVED
from seatrial.model.provenance import Origin
from seatrial.model.signoff import Condition, Criterion, Kind, Mark, SignOff, Vigilance, subject

KINDS = (Kind.VIOLATION, Kind.HUMAN_AUTHORED, Kind.EMERGENCY)
_BY_AI = frozenset({Origin.AI.value, Origin.MIXED.value})
_PASSES = timedelta(hours=72)


class Said(msgspec.Struct, frozen=True):
    """What somebody signs of some units of a pack, by their names; `criterion` is what a violation violates."""

    kind: str
    units: tuple[str, ...]
    why: str
    criterion: str = ARCHITECT_APPROVED


def refusal(room: Room, pack: Pack, kind: Kind) -> str:
    """Why this person cannot sign this of the pack; empty if they can."""
    if kind is Kind.EMERGENCY and ARCHITECT not in room.material.roles.get(room.reviewer, ()):
        return f"only an {ARCHITECT} lets code pass"
    if kind is Kind.EMERGENCY and room.is_author(pack):
        return "you changed some of it: somebody else must let it pass"
    if kind is Kind.HUMAN_AUTHORED:
        if marked := [unit.name for unit in pack.units if room.origin(unit.symbol.path, unit.symbol.name) in _BY_AI]:
            return f"{marked[0]} bears the mark of an AI: it needs a review"
        if room.authors(pack) and not room.is_author(pack):
            return f"the commits name others: {', '.join(room.authors(pack))}"
    return ""


def declare(room: Room, pack_id: str, said: Said, by: Signature) -> Path:
    """Signs it. Gives back the new record's file.

    Raises:
        ReviewError: something is missing, the code has changed, or this person cannot say this of it.
        DecisionError: this person may not sign here (see `app.signing`).
    """
    pack = room.pack(pack_id)
    if said.kind not in KINDS or said.criterion not in room.material.criteria:
        raise ReviewError(f"say which it is, and of a criterion that there is: {', '.join(KINDS)}")
    kind = Kind(said.kind)
    chosen = Pack(tuple(unit for unit in pack.units if unit.name in said.units))
    if not chosen.units:
        raise ReviewError("choose at least one unit")
    if not said.why.strip():
        raise ReviewError("say why: it stays in the record")
    if why_not := refusal(room, chosen, kind):
        raise ReviewError(f"not signed: {why_not}")
    root = room.material.wanted.root
    record.unchanged(chosen, root)
    made = _made(room, chosen, kind, said, by)
    _quotes_nothing_planted(room, said.why)
    return signing.sign(root, made, by.key, by.where)


def _made(room: Room, pack: Pack, kind: Kind, said: Said, by: Signature) -> SignOff:
    why, authors = said.why.strip(), room.authors(pack)
    until = (datetime.now(UTC) + _PASSES).date()
    return SignOff(
        subjects=tuple(subject(unit.symbol) for unit in pack.units),
        kind=kind,
        reviewer=by.principal,
        role=ARCHITECT if kind is Kind.EMERGENCY else by.role,
        criteria=_criteria(kind, said.criterion, why),
        authors=tuple(sorted({by.principal, *authors})) if kind is Kind.HUMAN_AUTHORED else authors,
        provenance=record.written_by(pack, room.material),
        conditions=(Condition(why, by.principal, until),) if kind is Kind.EMERGENCY else (),
        vigilance=Vigilance(),
        decisions=record.decisions(pack, room),
        policy=room.material.standing.policy,
        commit=room.material.commit,
    )


def _criteria(kind: Kind, criterion: str, why: str) -> tuple[Criterion, ...]:
    """What is violated; or that nothing was judged, with the reason."""
    if kind is Kind.VIOLATION:
        return (Criterion(criterion, Mark.FAIL, why),)
    return (Criterion(ARCHITECT_APPROVED, Mark.NOT_APPLICABLE, why),) if kind is Kind.HUMAN_AUTHORED else ()


def _quotes_nothing_planted(room: Room, text: str) -> None:
    """Raises `ReviewError` for words that could only come from the view of a session that is under way."""
    for session_id in room.store.under_way(room.reviewer).values():
        session = room.store.session(session_id)
        known = [one for one in session.planted if one.path in room.material.texts] if session else []
        if tells(text, known, room.material.texts):
            raise ReviewError("your words quote a line as a session shows it: end that session first")
