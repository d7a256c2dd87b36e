"""Finds the sign-offs and exemptions that speak of a unit, also when it has moved to another file since."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from seatrial.model.mandate import Ask, Exemption, Record
from seatrial.model.signoff import Subject

_DIGITS = 16
_Place = tuple[str, str]


class Said(NamedTuple):
    """That a record speaks of a unit as it was in `subject`."""

    record: Record
    subject: Subject


class Archive:
    """What was said about which unit.

    A unit has moved when the place that was spoken of holds it no longer: each place that lost it vouches for one new
    place, so that a copy is not taken for a move.
    """

    def __init__(self, asks: Iterable[Ask], records: Iterable[Record], exemptions: Iterable[Exemption]) -> None:
        self.current: Mapping[_Place, Ask] = {ask.place: ask for ask in asks}
        self._said: dict[_Place, list[Said]] = {}
        self._exempt: dict[_Place, list[Exemption]] = {}
        for record in records:
            for subject in record.signoff.subjects:
                self._said.setdefault((subject.path, subject.name), []).append(Said(record, subject))
        for exemption in exemptions:
            self._exempt.setdefault((exemption.path, exemption.name), []).append(exemption)
        self._lost = self._places_lost()
        self._gained = self._places_gained()

    def said(self, ask: Ask) -> list[Said]:
        """All that was said of a unit where it lies, and of the same code where it lay before."""
        found = list(self._said.get(ask.place, ()))
        for path in self._former(ask):
            found += [one for one in self._said.get((path, ask.name), ()) if one.subject.digest == ask.digest]
        return found

    def exempt(self, ask: Ask) -> list[Exemption]:
        """The exemptions for a unit as it stands, here or where it lay before."""
        found = list(self._exempt.get(ask.place, ()))
        for path in self._former(ask):
            found += self._exempt.get((path, ask.name), ())
        return [one for one in found if one.digest == ask.digest[:_DIGITS]]

    def was_exempt(self, ask: Ask) -> bool:
        """Whether the unit was exempt in another form."""
        return ask.place in self._exempt

    def _former(self, ask: Ask) -> list[str]:
        code = (ask.digest[:_DIGITS], ask.name)
        return sorted(self._lost.get(code, ())) if ask.path in self._gained.get(code, ()) else []

    def _codes(self, place: _Place) -> set[tuple[str, str]]:
        """The code that was spoken of at a place, as pairs of digest and name."""
        digests = {one.subject.digest for one in self._said.get(place, ())}
        digests |= {one.digest for one in self._exempt.get(place, ())}
        return {(digest[:_DIGITS], place[1]) for digest in digests}

    def _places_lost(self) -> dict[tuple[str, str], set[str]]:
        lost: dict[tuple[str, str], set[str]] = {}
        for place in {**self._said, **self._exempt}:
            ask = self.current.get(place)
            for code in self._codes(place):
                if ask is None or ask.digest[:_DIGITS] != code[0]:
                    lost.setdefault(code, set()).add(place[0])
        return lost

    def _places_gained(self) -> dict[tuple[str, str], set[str]]:
        """Where code that some place lost may be looked for: as many new places as lost it, and where it is known."""
        new: dict[tuple[str, str], list[str]] = {}
        gained: dict[tuple[str, str], set[str]] = {}
        for ask in self.current.values():
            code = (ask.digest[:_DIGITS], ask.name)
            if code not in self._lost:
                continue
            if code in self._codes(ask.place):
                gained.setdefault(code, set()).add(ask.path)
            else:
                new.setdefault(code, []).append(ask.path)
        for code, paths in new.items():
            gained.setdefault(code, set()).update(sorted(paths)[: len(self._lost[code])])
        return gained
