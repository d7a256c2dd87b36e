"""What a delta stands on: the code that it extends was another, and as many people had read it as must read this.

Else the second of two reviewers could extend what the first one signed, and nobody but the first would have read it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from seatrial.gate.archive import Said
from seatrial.model.mandate import Ask, Record
from seatrial.model.signoff import Kind, SignOff, Subject


class Ground:
    """Knows all records by id."""

    def __init__(self, by_id: Mapping[str, Record]) -> None:
        self._by_id = by_id
        self._named: dict[str, dict[str, list[Subject]]] = {}

    def why_not(self, ask: Ask, said: Said, reviews: Iterable[Said]) -> str:
        """Why a record vouches for nothing of a unit; empty for what is no delta. `reviews`: all that count of it."""
        signoff = said.record.signoff
        return self._fault(ask, said.subject.path, signoff.base, list(reviews)) if signoff.kind is Kind.DELTA else ""

    def holds_delta(self, ask: Ask, base: str, reviews: Iterable[Said]) -> bool:
        """Whether a delta on the record `base` could vouch for a unit as it stands."""
        reviews = list(reviews)
        known = any(_is_of(ask, one.subject) for one in reviews)
        return not known and not self._fault(ask, ask.path, base, reviews)

    def _fault(self, ask: Ask, path: str, base: str, reviews: Sequence[Said]) -> str:
        for depth, subjects in enumerate(self._below(ask, path, base)):
            if not depth and any(_is_of(ask, one) for one in subjects):
                return f"it extends {base}, which is of the same code: review it in full"
            digests = {one.digest for one in subjects}
            people = {one.record.signoff.reviewer for one in reviews if one.subject.digest in digests}
            if subjects and len(people) < ask.requirement.min_reviewers:
                return f"it extends code that too few people reviewed ({len(people)}): review it in full"
        return ""

    def _below(self, ask: Ask, path: str, base: str) -> Iterator[list[Subject]]:
        """What each record that a delta rests on said of the unit, there or elsewhere, down to a full review."""
        seen: set[str] = set()
        while base in self._by_id and base not in seen:
            seen.add(base)
            signoff = self._by_id[base].signoff
            named = self._names(base, signoff).get(ask.name, [])
            yield [one for one in named if one.path == path] or named
            base = signoff.base if signoff.kind is Kind.DELTA else ""

    def _names(self, record: str, signoff: SignOff) -> dict[str, list[Subject]]:
        if record not in self._named:
            named = self._named.setdefault(record, {})
            for one in signoff.subjects:
                named.setdefault(one.name, []).append(one)
        return self._named[record]


def _is_of(ask: Ask, subject: Subject) -> bool:
    """Whether a subject is exactly the unit as it stands, in whatever file."""
    now = (ask.name, ask.digest, ask.signature, ask.pragmas)
    return (subject.name, subject.digest, subject.signature, subject.pragmas) == now
