"""Which sign-offs count at all, whatever code they speak of."""

from collections.abc import Mapping
from datetime import timedelta

from seatrial.model.mandate import ARCHITECT, Law, Mandate, Record
from seatrial.model.signoff import Kind, SignOff

MOST_DELTAS = 5
"""So many deltas may follow one another; then the whole is looked at again."""
_SKEW = timedelta(hours=1)
"""So far may the clocks of two machines be apart."""


def problems(law: Law) -> dict[str, str]:
    """Why a record does not count, by id; empty for those that do."""
    by_id = {record.id: record for record in law.records}
    return {one: _problem(by_id[one], by_id, law, MOST_DELTAS) for one in by_id}


def depth(record: Record, by_id: Mapping[str, Record]) -> int:
    """How many deltas lie between a record and the full review that it rests on, itself included."""
    count = 0
    while record.signoff.kind is Kind.DELTA and count <= MOST_DELTAS and record.signoff.base in by_id:
        record, count = by_id[record.signoff.base], count + 1
    return count


def addresses(reviewer: str, mandate: Mandate) -> frozenset[str]:
    """All names of a person, in small letters."""
    person = mandate.people.get(reviewer)
    return frozenset(name.casefold() for name in (reviewer, *(person.emails if person else ())))


def _problem(record: Record, by_id: Mapping[str, Record], law: Law, deltas: int) -> str:
    signoff = record.signoff
    if wrong := record.problem or _of_person(record, law) or _of_authors(signoff, law.mandate):
        return wrong
    if signoff.reviewed_at and signoff.reviewed_at > law.now + _SKEW:
        return "it says that it was made in the future"
    if signoff.kind is not Kind.DELTA:
        return ""
    if not deltas or depth(record, by_id) > MOST_DELTAS:
        return f"more than {MOST_DELTAS} deltas follow one another: review it in full"
    base = by_id.get(signoff.base)
    if base is None:
        return f"it extends the sign-off {signoff.base or 'that it does not name'}, which is not here"
    if base.signoff.kind not in {Kind.FULL, Kind.DELTA}:
        return f"it extends {base.id}, which is no review"
    below = _problem(base, by_id, law, deltas - 1)
    return f"it extends {base.id}, which does not count: {below}" if below else ""


def _of_person(record: Record, law: Law) -> str:
    signoff = record.signoff
    person = law.mandate.people.get(signoff.reviewer)
    if person is None:
        return f"{signoff.reviewer} has no role here"
    role = ARCHITECT if signoff.kind is Kind.EMERGENCY else signoff.role
    if not person.has(role, record.at.date()):
        return f"{signoff.reviewer} was no {role} on {record.at:%Y-%m-%d}"
    return ""


def _of_authors(signoff: SignOff, mandate: Mandate) -> str:
    wrote = not addresses(signoff.reviewer, mandate).isdisjoint(
        name.casefold() for name in (*signoff.authors, *signoff.operator)
    )
    if signoff.kind is Kind.HUMAN_AUTHORED:
        return "" if wrote else f"{signoff.reviewer} is not among its authors"
    if wrote and signoff.kind is not Kind.VIOLATION:
        return f"{signoff.reviewer} is among its authors, or told the AI what to write"
    return ""
