"""What holds of sign-offs whatever is signed, changed, revoked, merged and forgotten: less never opens the gate."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from seatrial.gate import stand
from seatrial.model.mandate import BUILT_IN, Ask, Exemption, Law, Mandate, Person, Record, Requirement
from seatrial.model.signoff import Criterion, Kind, Mark, SignOff, Subject, Vigilance, Window
from seatrial.model.standing import SHUT, UnitState

START = datetime(2026, 11, 22, tzinfo=UTC)
PEOPLE = ("ada", "bob", "eve")
PATHS = ("a.py", "b.py")
NAMES = ("f", "g", "<imports>")
DIGESTS = ("d" * 16, "e" * 16)
NEEDS = Requirement(criteria=("legacy-safe", "scales"))
MANDATE = Mandate(people={who: Person(roles=("architect",)) for who in PEOPLE}, criteria=BUILT_IN)

subjects = st.builds(
    Subject,
    st.sampled_from(["a.py", "a.py", "b.py"]),
    st.sampled_from(["f", "<imports>"]),
    st.sampled_from(DIGESTS),
    st.sampled_from(["", "", "s1"]),
    st.sampled_from(["", "", "p1"]),
    st.integers(1, 30),
)
BOTH = tuple(Criterion(one, Mark.PASS) for one in ("legacy-safe", "scales"))
criteria = st.sampled_from([BOTH, BOTH, BOTH[:1], BOTH[1:], (Criterion("architect-approved", Mark.PASS), BOTH[1])])
asks = st.lists(
    subjects.map(
        lambda s: Ask(
            path=s.path,
            name=s.name,
            digest=s.digest,
            signature=s.signature,
            pragmas=s.pragmas,
            lines=s.lines,
            requirement=NEEDS,
        )
    ),
    max_size=2,
    unique_by=lambda ask: ask.place,
)
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""However busy the machine is."""
IDS = ("r1", "r2", "r3", "r4")


@st.composite
def records(draw: st.DrawFn, ids: tuple[str, ...] = IDS) -> tuple[Record, ...]:
    return tuple(draw(record(one)) for one in draw(st.sets(st.sampled_from(ids), min_size=1)))


@st.composite
def record(draw: st.DrawFn, id_: str) -> Record:
    wrote = draw(st.sampled_from([(), (), ("ada",)]))
    signoff = SignOff(
        subjects=tuple(draw(st.lists(subjects, min_size=1, max_size=5))),
        kind=draw(st.sampled_from([Kind.FULL, Kind.FULL, Kind.DELTA, Kind.HUMAN_AUTHORED, Kind.EMERGENCY])),
        base=draw(st.sampled_from(IDS)),
        reviewer=draw(st.sampled_from(PEOPLE)),
        role="architect",
        criteria=draw(criteria),
        authors=wrote,
        vigilance=Vigilance("v", draw(st.sampled_from(Window))),
    )
    return Record(
        id=id_, signoff=signoff, at=START - timedelta(days=draw(st.sampled_from([0, 1, 40, 400]))), key=signoff.reviewer
    )


exemptions = st.lists(
    subjects.map(lambda s: Exemption(s.path, s.name, s.digest, "old", "ada", START.date())), max_size=2
).map(tuple)
laws = st.builds(
    lambda found, exempt: Law(mandate=MANDATE, records=found, now=START, exemptions=exempt), records(), exemptions
)


def is_open(units: list[Ask], law: Law) -> bool:
    return not any(one.state in SHUT for one in stand(units, law)[0].units)


@calm
@given(asks, laws, asks)
def test_one_more_unit_never_opens_it(units: list[Ask], law: Law, more: list[Ask]) -> None:
    known = {ask.place for ask in units}
    added = [ask for ask in more if ask.place not in known and ask.path not in {one.path for one in units}]
    moved = {(ask.name, ask.digest) for ask in added} & {(one.name, one.digest) for one in units}
    if not moved:  # code that lies in two places may have moved to either
        assert not is_open([*units, *added], law) or is_open(units, law)


@calm
@given(asks, laws, record("r0"))
def test_one_record_fewer_never_opens_it(units: list[Ask], law: Law, more: Record) -> None:
    assume(more.signoff.kind is not Kind.EMERGENCY)  # which starts the clock for those that come after it
    assert not is_open(units, law) or is_open(units, replace(law, records=(*law.records, more)))


@calm
@given(asks, laws, st.sampled_from(NAMES), st.sampled_from(PEOPLE))
def test_a_no_never_opens_it_and_shuts_it_for_that_code(units: list[Ask], law: Law, name: str, who: str) -> None:
    said = tuple(Subject(ask.path, ask.name, ask.digest) for ask in units if ask.name == name)
    no = SignOff(subjects=said, kind=Kind.VIOLATION, reviewer=who, role="architect")
    revoked = Record(id="no", signoff=no, at=START, problem="its key was revoked")
    assert is_open(units, replace(law, records=(*law.records, revoked))) is (is_open(units, law) and not said)


@calm
@given(asks, laws, st.sampled_from(PEOPLE))
def test_a_revoked_key_never_opens_it(units: list[Ask], law: Law, who: str) -> None:
    void = tuple(replace(one, problem="revoked") if one.signoff.reviewer == who else one for one in law.records)
    assert not is_open(units, replace(law, records=void)) or is_open(units, law)


@calm
@given(asks, laws, st.sampled_from(PEOPLE))
def test_a_lost_role_never_opens_it(units: list[Ask], law: Law, who: str) -> None:
    fewer = replace(law.mandate, people={name: one for name, one in law.mandate.people.items() if name != who})
    assert not is_open(units, replace(law, mandate=fewer)) or is_open(units, law)


@calm
@given(asks, laws, st.integers(0, 500))
def test_time_never_opens_it(units: list[Ask], law: Law, days: int) -> None:
    assert not is_open(units, replace(law, now=law.now + timedelta(days=days))) or is_open(units, law)


@calm
@given(asks, laws, exemptions)
def test_one_exemption_fewer_never_opens_it(units: list[Ask], law: Law, more: tuple[Exemption, ...]) -> None:
    assert not is_open(units, law) or is_open(units, replace(law, exemptions=(*law.exemptions, *more)))


@calm
@given(asks, laws, st.sampled_from(["legacy-safe", "scales", "operable"]))
def test_a_finding_never_opens_it(units: list[Ask], law: Law, criterion: str) -> None:
    against = [replace(ask, against=(("f1", criterion),)) for ask in units]
    assert not is_open(against, law) or is_open(units, law)


@calm
@given(asks, laws, st.sampled_from(PEOPLE))
def test_whoever_wrote_it_never_opens_it(units: list[Ask], law: Law, who: str) -> None:
    written = [replace(ask, authors=frozenset({who})) for ask in units]
    assert not is_open(written, law) or is_open(units, law)


def test_a_revoked_emergency_still_counts_its_hours() -> None:
    code = Subject("a.py", "f", "d" * 16)

    def emergency(who: str, hours: int, problem: str = "") -> Record:
        signoff = SignOff(subjects=(code,), kind=Kind.EMERGENCY, reviewer=who, role="architect")
        return Record(id=who, signoff=signoff, at=START - timedelta(hours=hours), problem=problem)

    ask = [Ask(path="a.py", name="f", digest=code.digest, requirement=NEEDS)]
    for first in (emergency("ada", 80), emergency("ada", 80, "its key was revoked")):
        law = Law(mandate=MANDATE, records=(first, emergency("bob", 10)), now=START)
        assert not is_open(ask, law)


STRICTER: tuple[Callable[[Requirement], Requirement], ...] = (
    lambda need: replace(need, min_reviewers=2),
    lambda need: replace(need, require_hardware=True),
    lambda need: replace(need, expires=30),
    lambda need: replace(need, criteria=(*need.criteria, "operable")),
    lambda need: replace(need, role="security"),
)


@calm
@given(asks, laws, st.sampled_from(STRICTER))
def test_a_stricter_policy_never_opens_it(
    units: list[Ask], law: Law, stricter: Callable[[Requirement], Requirement]
) -> None:
    asked = [replace(ask, requirement=stricter(ask.requirement)) for ask in units]
    assert not is_open(asked, law) or is_open(units, law)


@calm
@given(asks, laws, st.randoms(use_true_random=False))
def test_order_does_not_matter(units: list[Ask], law: Law, random: Any) -> None:
    mixed = replace(law, records=tuple(random.sample(law.records, len(law.records))))
    assert stand(random.sample(units, len(units)), mixed) == stand(units, law)


@calm
@given(asks, laws)
def test_what_is_shut_says_why_and_who_can_open_it(units: list[Ask], law: Law) -> None:
    found, _ = stand(units, law)
    for one in found.units:
        if one.state in SHUT:
            assert one.why
            assert one.state is UnitState.FAILED or one.missing
            assert one.reviewers >= 1 or one.state is UnitState.FAILED
    assert bool(found.way.units) is any(one.state in SHUT for one in found.units)


class Life(RuleBasedStateMachine):
    """People sign, change, revoke, forget, move and merge; a simple memory of who saw which code judges the gate."""

    @initialize(exempt=st.sets(st.sampled_from(NAMES)))
    def begin(self, exempt: set[str]) -> None:
        self.now = START
        self.code = dict.fromkeys(NAMES, "d" * 16)
        self.path = "a.py"
        self.records: list[Record] = []
        self.revoked: set[str] = set()
        self.saw: list[tuple[str, str, str, datetime]] = []
        self.nos: set[tuple[str, str]] = set()
        self.wrote: set[tuple[str, str, str]] = set()
        self.hurried: dict[tuple[str, str], datetime] = {}
        self.helpers: set[tuple[str, str, str]] = set()
        until = START.date() + timedelta(days=100)
        self.exempt = tuple(Exemption("a.py", name, self.code[name], "old", "ada", until) for name in sorted(exempt))

    def _sign(self, kind: Kind, who: str, names: set[str], base: str = "", mark: Mark = Mark.PASS) -> None:
        said = tuple(Subject(self.path, name, self.code[name], lines=10) for name in sorted(names))
        given_ = tuple(Criterion(one, mark) for one in NEEDS.criteria)
        wrote = (who,) if kind is Kind.HUMAN_AUTHORED else ()
        signoff = SignOff(
            subjects=said, kind=kind, base=base, reviewer=who, role="architect", criteria=given_, authors=wrote
        )
        self.records.append(Record(id=f"r{len(self.records)}", signoff=signoff, at=self.now, key=who))

    @rule(who=st.sampled_from(PEOPLE), names=st.sets(st.sampled_from(NAMES), min_size=1))
    def sign(self, who: str, names: set[str]) -> None:
        self._sign(Kind.FULL, who, names)
        self.saw += [(who, name, self.code[name], self.now) for name in names]

    @precondition(lambda self: self.records)
    @rule(who=st.sampled_from(PEOPLE), names=st.sets(st.sampled_from(NAMES), min_size=1), data=st.data())
    def extend(self, who: str, names: set[str], data: st.DataObject) -> None:
        base = data.draw(st.sampled_from(self.records))
        self._sign(Kind.DELTA, who, names, base.id)
        old = {(one.name, one.digest) for one in base.signoff.subjects}
        changed = [name for name in names if (name, self.code[name]) not in old]
        self.saw += [(who, name, self.code[name], self.now) for name in changed]

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(NAMES))
    def attest(self, who: str, name: str) -> None:
        self._sign(Kind.HUMAN_AUTHORED, who, {name})
        self.wrote.add((who, name, self.code[name]))

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(NAMES))
    def hurry(self, who: str, name: str) -> None:
        self._sign(Kind.EMERGENCY, who, {name})
        self.hurried.setdefault((name, self.code[name]), self.now)
        self.helpers.add((who, name, self.code[name]))

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(NAMES))
    def refuse(self, who: str, name: str) -> None:
        self._sign(Kind.VIOLATION, who, {name}, mark=Mark.FAIL)
        self.nos.add((name, self.code[name]))

    @rule(name=st.sampled_from(NAMES), digest=st.sampled_from([one * 16 for one in "defg"]))
    def change(self, name: str, digest: str) -> None:
        self.code[name] = digest

    @rule(path=st.sampled_from(PATHS))
    def move(self, path: str) -> None:
        self.path = path

    @rule(who=st.sampled_from(PEOPLE))
    def revoke(self, who: str) -> None:
        self.revoked.add(who)

    @rule(days=st.integers(1, 200))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def merge(self) -> None:
        """Records come to the base: nothing that they say changes by that."""
        self.records = list(reversed(self.records))

    def _units(self) -> list[Ask]:
        return [
            Ask(path=self.path, name=name, digest=digest, lines=10, requirement=NEEDS)
            for name, digest in self.code.items()
        ]

    def _law(self, records: list[Record]) -> Law:
        void = (replace(one, problem="revoked") if one.signoff.reviewer in self.revoked else one for one in records)
        return Law(mandate=MANDATE, records=tuple(void), now=self.now, exemptions=self.exempt)

    def _justified(self, name: str, digest: str) -> bool:
        """Whether the memory knows why this unit may pass."""
        if (name, digest) in self.nos:
            return False
        year = self.now - timedelta(days=NEEDS.expires)
        seen = any(
            (name, digest) == (what, how) and who not in self.revoked and when >= year
            for who, what, how, when in self.saw
        )
        imports = name == "<imports>" and any(what == name for _, what, _, _ in self.saw)
        exempt = any((name, digest) == (e.name, e.digest) and e.expires >= self.now.date() for e in self.exempt)
        valid = {one for one in (*self.wrote, *self._in_time()) if one[0] not in self.revoked}
        return seen or imports or exempt or any((name, digest) == one[1:] for one in valid)

    def _in_time(self) -> list[tuple[str, str, str]]:
        """Emergencies for code whose first one is not over."""
        day3 = self.now - timedelta(hours=72)
        return [one for one in self.helpers if self.hurried[one[1:]] >= day3]

    @invariant()
    def it_is_open_only_for_code_that_somebody_saw(self) -> None:
        for one in stand(self._units(), self._law(self.records))[0].units:
            assert one.state in SHUT or self._justified(one.name, self.code[one.name])

    @invariant()
    def it_never_opens_with_less(self) -> None:
        if is_open(self._units(), self._law(self.records)):
            return
        for left_out in self.records:
            if left_out.signoff.kind not in {Kind.VIOLATION, Kind.EMERGENCY}:
                fewer = [one for one in self.records if one is not left_out]
                assert not is_open(self._units(), self._law(fewer))


Life.TestCase.settings = settings(
    max_examples=40, stateful_step_count=10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestLife = Life.TestCase
