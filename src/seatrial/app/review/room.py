"""The room: opens sessions for packs, takes each step, and shows what may be seen at each. Surfaces use this alone."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from random import Random

import msgspec

from seatrial.app import signoffs, why
from seatrial.app.provenance import provenance
from seatrial.app.questions import Question, choose, repeats
from seatrial.app.review import asked, pace, references, steps, vigilance
from seatrial.app.review.material import Material
from seatrial.app.review.operators import operators
from seatrial.app.review.packs import Pack, Unit, packs
from seatrial.app.review.planting import Planted, Span, View, plant
from seatrial.app.review.session import Judgement, Line, Prediction, Session
from seatrial.app.review.steps import ReviewError
from seatrial.app.review.store import Store
from seatrial.model.provenance import Origin, Provenance
from seatrial.model.signoff import Kind, Mark, SignOff, Window
from seatrial.model.standing import Entry
from seatrial.model.verdict import Judged

_Step = Callable[[Session], Session]


class Given(msgspec.Struct, frozen=True):
    """An answer as it was typed: the words, and the lines in the form `12`, `shop/orders.py:12` or `orders.py:12`."""

    text: str
    lines: str


class Disclosed(msgspec.Struct, frozen=True):
    """A canary when it is told of: where it was, how it looked, and whether it was caught."""

    path: str
    line: int
    slip: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    caught: bool


class Revealed(msgspec.Struct, frozen=True):
    """What is shown after the predictions: findings in the pack's lines, and what others signed of its units."""

    findings: tuple[Judged, ...]
    others: tuple[tuple[Entry, SignOff], ...]


class Room:
    """One person's reviews of one tree."""

    def __init__(self, material: Material, store: Store, reviewer: str) -> None:
        self.material = material
        self.reviewer = reviewer
        self.store = store
        self.canaries = material.canaries
        self.chance: Random = secrets.SystemRandom()
        self.packs = packs(material.units, reviewer)
        self._known: dict[str, why.Answer] = {}
        self._wrote: dict[str, Mapping[str, Provenance]] = {}

    @cached_property
    def _by_id(self) -> dict[str, Pack]:
        return {pack.id: pack for pack in self.packs}

    @property
    def done(self) -> frozenset[str]:
        """The ids of the packs that this person has signed as they are."""
        return frozenset(self.store.signed(self.reviewer)) & self._by_id.keys()

    @property
    def left(self) -> list[Pack]:
        """The packs that this person has not signed, in their order."""
        done = self.done
        return [pack for pack in self.packs if pack.id not in done]

    def origin(self, path: str, name: str) -> str:
        """Who wrote a symbol, as far as marks tell."""
        found = self.material.origins.get((path, name))
        return (found.origin if found else Origin.UNKNOWN).value

    def wrote(self, path: str) -> Mapping[str, Provenance]:
        """Who wrote each symbol of a file, also of one that is in no pack. Raises `SourceError`, `DecisionError`."""
        if path not in self._wrote:
            known = [one for (of, _), one in self.material.origins.items() if of == path]
            found = known or provenance(self.material.wanted.root, (path,))
            self._wrote[path] = {one.name: one for one in found}
        return self._wrote[path]

    def meaning(self, criterion: str) -> str:
        """What a criterion asks, in a sentence."""
        info = self.material.criteria.get(criterion)
        return info.text if info else ""

    def known(self, path: str) -> why.Answer:
        """The decisions and whys that speak of a file."""
        if path not in self._known:
            self._known[path] = why.why(self.material.wanted.root, path)
        return self._known[path]

    def pack(self, pack_id: str) -> Pack:
        """A pack by its id. Raises `ReviewError`."""
        try:
            return self._by_id[pack_id]
        except KeyError:
            raise ReviewError("there is no such pack any more: its code has changed. Go back to the queue.") from None

    def open(self, pack_id: str) -> Session:
        """The session for a pack: the one that is under way, or a new one. Raises `ReviewError`."""
        pack = self.pack(pack_id)
        known = self.store.session(self.store.under_way(self.reviewer).get(pack.id, ""))
        if known and self.is_current(known):
            return known
        if other := self._through_another_lens(pack):
            raise ReviewError(f"one lens at a time: finish this code as to {other.pack.lens} first")
        planted = self._planted(pack)
        session = Session(
            id=secrets.token_hex(8),
            reviewer=self.reviewer,
            pack=pack,
            kind=Kind.DELTA if pack.units[0].base else Kind.FULL,
            criteria=self.criteria(pack),
            questions=self._questions(pack, planted),
            opened=datetime.now(UTC),
            texts=self._digests(pack),
            planted=planted,
        )
        self.store.save(session)
        return session

    def session(self, session_id: str) -> Session:
        """A session of this person by its id. Raises `ReviewError`."""
        session = self.store.session(session_id)
        if session is None or session.reviewer != self.reviewer:
            raise ReviewError("there is no such session. Go back to the queue.")
        if not self.is_current(session):
            raise ReviewError("a file of this session has changed since it was opened. Begin again from the queue.")
        return session

    def views(self, session: Session) -> Mapping[str, View]:
        """The files of a session as the reviewer sees them; as they are, once what was planted is disclosed."""
        planted = () if session.disclosed else session.planted
        return {path: View(path, self._text(path), planted) for path in session.pack.paths}

    def questions(self, session: Session) -> tuple[Question, ...]:
        """The questions, with the line numbers of the view."""
        views = self.views(session)
        return tuple(references.shown(question, views) for question in session.questions)

    def watch(
        self, session_id: str, seconds: float, units: Sequence[str] = (), longest: float = pace.LONGEST_BEAT
    ) -> Session:
        """Counts active time that a surface claims; at most `longest` seconds of it at once."""
        return self._step(session_id, lambda one: steps.watch(one, seconds, datetime.now(UTC), units, longest))

    def predict(self, session_id: str, given: Sequence[Given]) -> Session:
        """Commits the predictions."""
        session = self.session(session_id)
        earlier = self.store.answers(self.reviewer, but=session_id)
        predictions = [
            Prediction(one.text.strip(), references.lines(one.lines, session.pack.paths), repeats(one.text, earlier))
            for one in given
        ]
        views = self.views(session)
        return self._step(session_id, lambda one: steps.predict(one, predictions, views, datetime.now(UTC)))

    def remark(self, session_id: str, path: str, number: int, text: str) -> Session:
        """Notes a defect at a line of the view."""
        views = self.views(self.session(session_id))
        return self._step(session_id, lambda one: steps.remark(one, Line(path, number), text, views))

    def conclude(self, session_id: str, number: int, outcome: str) -> Session:
        """What came out of a prediction."""
        return self._step(session_id, lambda one: steps.conclude(one, number, outcome))

    def judge(self, session_id: str, criterion: str, mark: str, note: str, owner: str = "", due: str = "") -> Session:
        """The verdict on one criterion; what is conditional names who sees to it, and until which day (ISO 8601)."""
        if mark not in set(Mark):
            raise ReviewError(f"say how `{criterion}` stands: {', '.join(Mark)}")
        owed = steps.condition(note, owner, due, datetime.now(UTC).date()) if mark == Mark.CONDITIONAL else None
        return self._step(session_id, lambda one: steps.judge(one, Judgement(criterion, Mark(mark), note, owed)))

    def rate(self, session_id: str, thoroughness: str, understanding: str, models: str = "") -> Session:
        """How thoroughly they looked, how well they understood, and which models helped them (separated by commas)."""
        named = [name for one in models.split(",") if (name := one.strip())]
        return self._step(session_id, lambda one: steps.rate(one, thoroughness, understanding, named))

    def give_up(self, session_id: str, what: str) -> Session:
        """Ends the session with "I do not understand this": no canary of it counts."""
        return self._step(session_id, lambda one: steps.give_up(one, what, datetime.now(UTC)))

    def end(self, session_id: str) -> Session:
        """Ends the looking, and keeps what was caught in the person's own store."""
        before = self.session(session_id)
        views = self.planted_views(before)
        session = self._step(session_id, lambda one: steps.end(one, datetime.now(UTC)))
        found = steps.caught(session, views)
        self.store.keep_canaries(session, [(one.mutant.slip.value, was_caught) for one, was_caught in found])
        return session

    def restate(self, session_id: str, number: int, text: str) -> Session:
        """Says anew an answer that rested on a planted line."""
        return self._step(session_id, lambda one: steps.restate(one, number, text))

    def disclosed(self, session: Session) -> tuple[Disclosed, ...]:
        """The canaries of a session that has ended; none before."""
        if not session.disclosed:
            return ()
        found = steps.caught(session, self.planted_views(session))
        return tuple(_disclosed(one, was_caught=was_caught) for one, was_caught in found)

    def missing(self, session: Session) -> tuple[str, ...]:
        """What must still be done: before the looking can end, or after that before it can be signed."""
        return steps.unsigned(session, self.planted_views(session)) if session.disclosed else steps.unjudged(session)

    def misled(self, session: Session) -> tuple[int, ...]:
        """The numbers of the answers to say anew; none before the disclosure."""
        return steps.misled(session, self.planted_views(session)) if session.disclosed else ()

    def may_keep(self, session: Session) -> bool:
        """Whether answers can be kept as whys or decisions: where something may be planted, only once it is told."""
        return session.revealed is not None and bool(session.disclosed or not self.canaries)

    def revealed(self, session: Session) -> Revealed | None:
        """What was found and what others signed; None before the predictions are committed."""
        if not session.revealed:
            return None
        units = session.pack.units
        findings = [
            judged
            for path in session.pack.paths
            for judged in self.material.findings(path)
            if any(unit.symbol.path == path and unit.covers(judged.finding.place.line) for unit in units)
        ]
        names = {unit.name for unit in session.pack.units}
        others = [
            (entry, signoff)
            for entry in self.material.standing.ledger
            if (signoff := entry.signoff) and names & {subject.unit for subject in signoff.subjects}
        ]
        return Revealed(tuple(findings), tuple(others))

    def openness(self) -> Callable[[str, int], bool]:
        """Tells for a line whether what is known of it may be shown: nothing of it waits for this person's prediction.

        Holds for the moment: ask for it once a page.
        """
        hidden: dict[str, list[Unit]] = {}
        for unit in self._hidden():
            hidden.setdefault(unit.symbol.path, []).append(unit)
        return lambda path, line: not any(unit.covers(line) for unit in hidden.get(path, ()))

    def criteria(self, pack: Pack) -> tuple[str, ...]:
        """The criteria to judge."""
        return asked.criteria(pack, self.material.standing, self.material.criteria)

    def parts(self, pack: Pack) -> list[Pack]:
        """The packs that are signed together with this one, itself among them, in the order of their parts."""
        same = [one for one in self.packs if one.whole == pack.whole]
        return sorted(same, key=lambda one: one.part.number if one.part else 0)

    def authors(self, pack: Pack) -> tuple[str, ...]:
        """The addresses of those who changed its units since the base; they cannot review it."""
        wanted = self.material.wanted
        places = [(unit.symbol.path, unit.symbol.name) for unit in pack.units]
        return signoffs.authors(wanted.root, wanted.changed_since, places) if wanted.changed_since else ()

    def operators(self, pack: Pack) -> tuple[str, ...]:
        """The addresses of those who told a model to write it; they cannot review it either."""
        return operators(pack, self.material, self.authors(pack))

    def is_author(self, pack: Pack) -> bool:
        """Whether the person at this machine changed something of it themselves, or had it written."""
        own = {self.reviewer, *self.material.addresses.get(self.reviewer, ())}
        return bool({one.casefold() for one in own} & {*self.authors(pack), *self.operators(pack)})

    def floor(self, session: Session) -> int:
        """The least active seconds."""
        return pace.floor(session.pack.size, len(session.pack.units))

    def advice(self, session: Session) -> str:
        """What to tell someone who has looked for so long."""
        return pace.advice(session.seconds, self.store.lines_today(self.reviewer, datetime.now(UTC)))

    def window(self) -> Window:
        """The person's vigilance window: the only word on it that may leave this machine."""
        return vigilance.window(self.store.results(self.reviewer), self.store.calibrated(self.reviewer))

    def _hidden(self) -> list[Unit]:
        revealed = {
            pack_id
            for pack_id, session_id in self.store.under_way(self.reviewer).items()
            if (session := self.store.session(session_id)) and session.revealed
        }
        seen = revealed | self.done
        return [unit for pack in self.packs if pack.id not in seen for unit in pack.units]

    def _step(self, session_id: str, step: _Step) -> Session:
        session = step(self.session(session_id))
        self.store.save(session)
        return session

    def planted_views(self, session: Session) -> Mapping[str, View]:
        """The files as they were numbered while the reviewer looked: for what they pointed at then."""
        return {path: View(path, self._text(path), session.planted) for path in session.pack.paths}

    def _text(self, path: str) -> str:
        return self.material.texts[path]

    def _digests(self, pack: Pack) -> dict[str, str]:
        texts = self.material.texts
        return {path: sha256(texts[path].encode()).hexdigest() for path in pack.paths if path in texts}

    def is_current(self, session: Session) -> bool:
        """Whether the files of a session are as they were when it was opened."""
        return self._digests(session.pack) == session.texts

    def _planted(self, pack: Pack) -> tuple[Planted, ...]:
        if not self.canaries:
            return ()
        spans = [Span(unit.symbol.path, *stretch) for unit in pack.units for stretch in unit.stretches]
        return plant(spans, self.material.texts, pack.size, self.chance)

    def _questions(self, pack: Pack, planted: Sequence[Planted]) -> tuple[Question, ...]:
        facts = asked.facts(pack, self.material.facts, planted)
        return choose(facts, self.store.asked(self.reviewer), self.reviewer)

    def _through_another_lens(self, pack: Pack) -> Session | None:
        """A session that looks at the same code through another lens and has not come to its end."""
        names = {unit.name for unit in pack.units}
        others = (self.store.session(one) for one in self.store.under_way(self.reviewer).values())
        same = (one for one in others if one and names & {unit.name for unit in one.pack.units})
        return next((one for one in same if one.pack.lens != pack.lens and self.is_current(one)), None)


def _disclosed(one: Planted, *, was_caught: bool) -> Disclosed:
    mutant = one.mutant
    return Disclosed(one.path, mutant.line, mutant.slip.value, mutant.before, mutant.after, was_caught)
