"""How each unit stands: what all sign-offs together still vouch for, held against what it needs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from seatrial.gate.archive import Archive, Said
from seatrial.gate.counting import MOST_DELTAS, depth, problems
from seatrial.gate.criteria import LEGACY, leaves
from seatrial.gate.ground import Ground
from seatrial.gate.vouching import Loss, Vouch, ends, failed, vouch
from seatrial.model.mandate import Ask, Law, Record
from seatrial.model.signoff import Kind, Window
from seatrial.model.standing import UnitStanding, UnitState

EMERGENCY = timedelta(hours=72)
_REVIEWS = frozenset({Kind.FULL, Kind.DELTA})
_DEBT = 0.5
"""When deltas hold more of a module's lines than this, it is looked at as a whole again."""


class Units:
    """Judges all units of a tree."""

    def __init__(self, asks: Iterable[Ask], law: Law) -> None:
        self._asks = sorted(asks, key=lambda ask: (ask.path, ask.line, ask.name))
        self._law = law
        known = sorted(law.records, key=lambda record: record.id)
        self._by_id = {record.id: record for record in known}
        self._archive = Archive(self._asks, known, law.exemptions)
        self.problems = problems(law)
        """Why a record does not count, by id; empty for those that do."""
        self._ground = Ground(self._by_id)
        self._vouched: dict[tuple[str, str], list[Vouch]] = {}
        self._seen: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def standings(self) -> Iterator[UnitStanding]:
        """How every unit that needs a sign-off stands."""
        for ask in self._asks:
            if ask.needed:
                yield self._standing(ask)

    def ending(self, within: timedelta) -> Iterator[str]:
        """Warnings of sign-offs that end soon and on which some unit rests, one for each record."""
        rest: dict[str, list[Ask]] = {}
        for ask in self._asks:
            for one in self._vouches(ask) if ask.needed else ():
                if one.left and one.said.record.at + ends(ask) < self._law.now + within:
                    rest.setdefault(one.said.record.id, []).append(ask)
        for record, asks in sorted(rest.items()):
            end = min(self._by_id[record].at + timedelta(days=ask.requirement.expires) for ask in asks)
            more = f" and {len(asks) - 1} more" * (len(asks) > 1)
            yield f"sign-off {record} ends on {end:%Y-%m-%d}: {asks[0].path}#{asks[0].name}{more}"

    def _standing(self, ask: Ask) -> UnitStanding:
        vouches = self._vouches(ask)
        missing = self._missing(ask, vouches)
        state, why = self._passes(ask) or self._by_reviews(ask, vouches, missing)
        settled = self._settled_by(ask, vouches, missing) if state is UnitState.STALE else ""
        open_ = missing if state in {UnitState.STALE, UnitState.NEVER, UnitState.FAILED} else ()
        kind, base = self._ask_for(ask) if open_ else (Kind.FULL, "")
        return UnitStanding(
            path=ask.path,
            name=ask.name,
            line=ask.line,
            lines=ask.lines,
            state=state,
            why=why,
            missing=tuple(sorted(open_)),
            role=ask.requirement.role,
            reviewers=self._still(ask, vouches, open_),
            ask=kind,
            base=base,
            settled_by=settled,
            records=tuple(sorted({one.said.record.id for one in vouches if one.left})),
            hardware=ask.requirement.require_hardware,
            passes=ask.requirement.passes,
        )

    def _by_reviews(self, ask: Ask, vouches: Sequence[Vouch], missing: frozenset[str]) -> tuple[UnitState, str]:
        if not missing:
            return UnitState.SIGNED, ""
        said = bool(self._archive.said(ask)) or self._archive.was_exempt(ask)
        return UnitState.STALE if said else UnitState.NEVER, self._why(ask, vouches, missing)

    def _passes(self, ask: Ask) -> tuple[UnitState, str] | None:
        """The state of a unit on which more was said than reviews."""
        said = self._archive.said(ask)
        if no := next((one for one in said if self._says_no(ask, one)), None):
            notes = [criterion.note for criterion in no.record.signoff.criteria if failed(criterion)]
            return UnitState.FAILED, f"{no.record.signoff.reviewer} signed that it must not pass: {'; '.join(notes)}"
        if ask.governing:
            return None
        if any(one.expires >= self._law.now.date() for one in self._archive.exempt(ask)):
            return UnitState.EXEMPT, ""
        if (wrote := self._attested(ask)) is not None:
            return UnitState.SIGNED, f"{wrote.signoff.reviewer} attests to have written it"
        if not self._missing(ask, self._vouches(ask)):
            return None
        return self._emergency(ask, said)

    def _says_no(self, ask: Ask, said: Said) -> bool:
        """A no outlasts its key, its role and its year: only other code is free of it."""
        signoff = said.record.signoff
        no = signoff.kind is Kind.VIOLATION or any(map(failed, signoff.criteria))
        return no and said.subject.digest == ask.digest

    def _attested(self, ask: Ask) -> Record | None:
        if ask.marked_ai:
            return None
        return next((one.record for one in self._exactly(ask, Kind.HUMAN_AUTHORED)), None)

    def _emergency(self, ask: Ask, said: list[Said]) -> tuple[UnitState, str] | None:
        """Counted from the first emergency for this code, whatever became of its key: a second buys no more time."""
        counted = list(self._exactly(ask, Kind.EMERGENCY))
        same = (one.record.at for one in said if one.record.signoff.kind is Kind.EMERGENCY and _is_same(ask, one))
        begun = min(same, default=None)
        if not counted or begun is None or begun + EMERGENCY < self._law.now:
            return None
        who = ", ".join(sorted({one.record.signoff.reviewer for one in counted}))
        until = begun + EMERGENCY
        return UnitState.EMERGENCY, f"{who} lets it pass until {until:%Y-%m-%d %H:%M} UTC; sign it by then"

    def _exactly(self, ask: Ask, kind: Kind) -> Iterator[Said]:
        for one in self._archive.said(ask):
            if _is_same(ask, one) and one.record.signoff.kind is kind and not self.problems[one.record.id]:
                yield one

    def _reviews(self, ask: Ask) -> list[Said]:
        said = self._archive.said(ask)
        return [one for one in said if one.record.signoff.kind in _REVIEWS and not self.problems[one.record.id]]

    def _vouches(self, ask: Ask) -> list[Vouch]:
        if ask.place not in self._vouched:
            found = [vouch(ask, one, self._law) for one in self._reviews(ask)]
            found = [self._on_its_ground(ask, self._without_debt(ask, one)) for one in found]
            self._vouched[ask.place] = [self._with_module(ask, one) for one in found]
        return self._vouched[ask.place]

    def _without_debt(self, ask: Ask, one: Vouch) -> Vouch:
        if one.said.record.signoff.kind is not Kind.DELTA or not self._in_debt(ask.path, 0):
            return one
        loss = Loss("more than half of the module was only looked at in deltas: review it in full", all_of_it=True)
        return Vouch(one.said, frozenset(), (*one.losses, loss))

    def _on_its_ground(self, ask: Ask, one: Vouch) -> Vouch:
        """A delta vouches for what changed since other code of the unit, which as many people must have read."""
        why = self._ground.why_not(ask, one.said, self._reviews(ask))
        return Vouch(one.said, frozenset(), (*one.losses, Loss(why, all_of_it=True))) if why else one

    def _with_module(self, ask: Ask, one: Vouch) -> Vouch:
        """Takes `legacy-safe` from a record that saw other signatures in the module, unless they were signed since."""
        changed = self._changed_signature(ask, one.said) if LEGACY in one.left else ""
        if not changed:
            return one
        loss = Loss(f"the signature of `{changed}` changed since {one.said.record.signoff.reviewer} signed the module")
        return Vouch(one.said, one.left - {LEGACY}, (*one.losses, loss._replace(criteria=frozenset({LEGACY}))))

    def _changed_signature(self, ask: Ask, said: Said) -> str:
        """The first unit beside this one whose signature is another than the record saw, and signed by nobody since."""
        for name, signature in self._signatures(said.record).get(said.subject.path, ()):
            other = self._archive.current.get((ask.path, name))
            if other is None or other is ask or other.signature == signature:
                continue
            if not self._is_legacy_safe(other):
                return name
        return ""

    def _signatures(self, record: Record) -> dict[str, list[tuple[str, str]]]:
        """The names and signatures that a record saw, by path."""
        if record.id not in self._seen:
            by_path = self._seen.setdefault(record.id, {})
            for subject in record.signoff.subjects:
                if subject.signature:
                    by_path.setdefault(subject.path, []).append((subject.name, subject.signature))
        return self._seen[record.id]

    def _is_legacy_safe(self, ask: Ask) -> bool:
        """Whether somebody has vouched for the unit's new signature, or attests to have written it."""
        vouched = (vouch(ask, one, self._law) for one in self._reviews(ask))
        return self._attested(ask) is not None or any(LEGACY in one.left for one in vouched)

    def _needs(self, ask: Ask) -> frozenset[str]:
        return leaves(ask.requirement.criteria, self._law.mandate.criteria)

    def _missing(self, ask: Ask, vouches: Sequence[Vouch]) -> frozenset[str]:
        return frozenset(one for one in self._needs(ask) if self._short(ask, vouches, [one]))

    def _short(self, ask: Ask, vouches: Sequence[Vouch], criteria: Iterable[str]) -> int:
        """How many people still must vouch for the worst of some criteria.

        Somebody who missed too many planted defects counts beside others, but never as one of the needed number.
        """
        most = 0
        for criterion in criteria:
            fit = [one.said.record.signoff for one in vouches if criterion in one.left]
            people = {one.reviewer for one in fit}
            careful = {one.reviewer for one in fit if one.vigilance.window is not Window.NOT_MET}
            least = ask.requirement.min_reviewers
            most = max(most, min(least - len(careful), least + 1 - len(people)))
        return most

    def _still(self, ask: Ask, vouches: Sequence[Vouch], missing: Iterable[str]) -> int:
        return max(0, self._short(ask, vouches, missing))

    def _why(self, ask: Ask, vouches: Sequence[Vouch], missing: frozenset[str]) -> str:
        nearest = max(vouches, key=lambda one: _nearness(ask, one), default=None)
        if nearest is None or nearest.said.subject.digest != ask.digest:
            uncounted = [one for one in self._archive.said(ask) if self.problems[one.record.id]]
            for one in uncounted:
                if nearest is None or one.subject.digest == ask.digest:
                    return f"the sign-off {one.record.id} does not count: {self.problems[one.record.id]}"
        if nearest is None:
            return self._why_none(ask)
        if nearest.losses:
            return "; ".join(dict.fromkeys(loss.why for loss in nearest.losses))
        if not missing & nearest.left:
            return f"nobody vouches for {', '.join(sorted(missing))}"
        still = self._still(ask, vouches, missing)
        return f"{still} more {'person' if still == 1 else 'people'} must sign it"

    def _why_none(self, ask: Ask) -> str:
        if self._archive.exempt(ask):
            return "its exemption has ended"
        if self._archive.was_exempt(ask):
            return "it was exempt, but changed since"
        said = self._archive.said(ask)
        kinds = {one.record.signoff.kind for one in said if _is_same(ask, one)}
        if Kind.HUMAN_AUTHORED in kinds:
            return "it bears the mark of an AI, so that nobody can sign it as their own: it needs a review"
        if Kind.EMERGENCY in kinds:
            return "the hours for which it was let pass are over"
        return "it changed since it was signed" if said else "nobody signed it"

    def _settled_by(self, ask: Ask, vouches: Sequence[Vouch], missing: frozenset[str]) -> str:
        """The unit whose sign-off would settle this one too."""
        if missing != {LEGACY}:
            return ""
        changed = (self._changed_signature(ask, one.said) for one in vouches)
        return next((f"{ask.path}#{name}" for name in changed if name), "")

    def _ask_for(self, ask: Ask) -> tuple[Kind, str]:
        """The smallest review that would do, and the record that it would extend."""
        reviews = self._reviews(ask) or [one for other in self._beside(ask) for one in self._reviews(other)]
        known = [(one.record.at, depth(one.record, self._by_id), one.record.id) for one in reviews]
        _, deltas, latest = max(known, default=(self._law.now, MOST_DELTAS, ""))
        if ask.governing or deltas >= MOST_DELTAS or self._in_debt(ask.path, ask.lines):
            return Kind.FULL, ""
        if not self._ground.holds_delta(ask, latest, self._reviews(ask)):
            return Kind.FULL, ""
        return Kind.DELTA, latest

    def _beside(self, ask: Ask) -> list[Ask]:
        return self._by_path.get(ask.path, [])

    def _in_debt(self, path: str, more: int) -> bool:
        """Whether deltas hold too much of a module, with so many lines more."""
        held, whole = self._deltas[path]
        return held + more > whole * _DEBT and held + more > 0

    @cached_property
    def _by_path(self) -> dict[str, list[Ask]]:
        found: dict[str, list[Ask]] = {}
        for ask in self._asks:
            found.setdefault(ask.path, []).append(ask)
        return found

    @cached_property
    def _deltas(self) -> dict[str, tuple[int, int]]:
        """For each file, how many of its lines rest on deltas alone, and how many it has."""
        return {
            path: (sum(ask.lines for ask in asks if self._rests_on_deltas(ask)), sum(ask.lines for ask in asks))
            for path, asks in self._by_path.items()
        }

    def _rests_on_deltas(self, ask: Ask) -> bool:
        exempt = any(one.expires >= self._law.now.date() for one in self._archive.exempt(ask))
        if not ask.needed or exempt or self._attested(ask) is not None:
            return False
        kinds = {one.record.signoff.kind for one in self._reviews(ask) if one.subject.digest == ask.digest}
        return kinds == {Kind.DELTA}


def _is_same(ask: Ask, said: Said) -> bool:
    """Whether it was said of the unit as it stands."""
    return (said.subject.digest, said.subject.pragmas) == (ask.digest, ask.pragmas)


def _nearness(ask: Ask, one: Vouch) -> tuple[bool, int, datetime, str]:
    """Which sign-off to speak of when several do not suffice: of this code, with most left of it, the latest."""
    return one.said.subject.digest == ask.digest, len(one.left), one.said.record.at, one.said.record.id
