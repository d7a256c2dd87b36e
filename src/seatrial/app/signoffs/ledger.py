"""Puts it all together: people and policy of the base, code and records of the change."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec.structs import replace

from seatrial import gate
from seatrial.app import git, workspace
from seatrial.app.belonging import asking_above
from seatrial.app.decide import records as decision_records
from seatrial.app.signoffs import governing, submodules
from seatrial.app.signoffs.state import State, of_commit, on_disk
from seatrial.app.signoffs.units import marked, units, with_authors, with_findings
from seatrial.decisions.signoffs import keys, records, roles
from seatrial.errors import ConfigError
from seatrial.model.finding import Finding
from seatrial.model.mandate import BUILT_IN, Ask, Law, Mandate
from seatrial.model.record import Status
from seatrial.model.signoff import Kind, SignOff
from seatrial.model.standing import Fault, Standing
from seatrial.model.text import printable


class Seen(msgspec.Struct, frozen=True):
    """What is known beside the repository: findings that speak against what was signed, and the time."""

    findings: tuple[Finding, ...] = ()
    now: datetime | None = None


class _Place(msgspec.Struct, frozen=True):
    """The states that are held against one another: what judges (`tip`), what it began from, and what is judged."""

    root: Path
    tip: State
    head: State
    start: State | None
    commit: str
    """The commit whose line of history tells when records came; empty without git."""
    start_commit: str


def standing(root: Path, base: str = "", seen: Seen | None = None) -> Standing:
    """How every unit stands; `base` is the revision whose policy, people and exemptions count (empty: the tree's own).

    Raises:
        SourceError: there is no such folder or revision.
        ConfigError: the review policy cannot be used, or `cryptography` is missing.
        DecisionError: roles, signers, exemptions or revoked keys cannot be read.
    """
    workspace.require(root)
    place = _place(root, base)
    if not place.tip.has_mandate:
        return Standing()
    keys.require()
    return _judged(place, seen or Seen())


class Accepted(msgspec.Struct, frozen=True):
    """What people have signed that they accept, as `id@bodyHash`; and whether sign-offs are asked for at all."""

    mandate: bool = False
    decisions: tuple[str, ...] = ()


def accepted(root: Path, base: str = "") -> Accepted:
    """The decision records that somebody with a role here has signed. Reads no code. Raises as `standing`."""
    place = _place(root, base)
    if not place.tip.has_mandate:
        return Accepted()
    full = [signoff for signoff in _counted(place) if signoff.kind is Kind.FULL]
    signed = {f"{one.name}@{one.digest}" for signoff in full for one in signoff.subjects}
    return Accepted(mandate=True, decisions=tuple(sorted(signed & {one for said in full for one in said.decisions})))


def attested(root: Path) -> dict[str, str]:
    """Digests of the symbols that somebody signed to have written, each with that person. Raises as `standing`."""
    place = _place(root, "")
    if not place.tip.has_mandate:
        return {}
    own = [signoff for signoff in _counted(place) if signoff.kind is Kind.HUMAN_AUTHORED]
    return {one.digest: signoff.reviewer for signoff in own for one in signoff.subjects}


def bundle(root: Path) -> str:
    """Every record's envelope on a line of its own, by path: an in-toto attestation bundle (JSON Lines of DSSE).

    Nothing is checked, left out or changed: whoever gets it verifies it. Raises `DecisionError`.
    """
    found = sorted(on_disk(root).records.items())
    lines = [" ".join(data.decode("utf-8", "replace").split("\n")).strip() for _, data in found]
    return "".join(f"{line}\n" for line in lines)


def _counted(place: _Place) -> list[SignOff]:
    """The sign-offs that count, whatever code they speak of."""
    keys.require()
    now = datetime.now(UTC)
    found = tuple(one.record for one in _checked(place, now) if one.record)
    problems = gate.problems(Law(mandate=mandate(place.tip), records=found, now=now))
    return [one.signoff for one in found if not problems[one.id]]


def mandate(state: State) -> Mandate:
    """People and criteria of a state. Raises `ConfigError`, `DecisionError`."""
    policy = state.settings.sign_offs
    criteria = {**BUILT_IN, **policy.criteria}
    named = {one for need in policy.paths.values() for one in need.criteria}
    named |= {one for info in policy.criteria.values() for one in info.implies}
    if unknown := sorted(named - criteria.keys()):
        there = ", ".join(sorted(criteria))
        raise ConfigError(f"sign-offs ask for `{unknown[0]}`, which is no criterion; there are: {there}")
    digest = sha256(msgspec.json.encode((state.text(roles.NAME), policy), order="deterministic")).hexdigest()
    return Mandate(people=roles.parse(state.text(roles.NAME)), criteria=criteria, policy=digest[:16])


def _place(root: Path, base: str) -> _Place:
    head = on_disk(root)
    if not base:
        _require_top(root, head, "")
        return _Place(root, head, head, None, _head(root), "")
    tip, start = git.commit_of(root, base), git.merge_base(root, base)
    place = _Place(root, of_commit(root, tip), head, of_commit(root, start), tip, start)
    _require_top(root, place.tip, tip)
    return place


def _require_top(root: Path, state: State, commit: str) -> None:
    """A folder cannot be judged apart from the tree whose people must sign it. Raises `ConfigError`."""
    if state.has_mandate:
        return
    with git.needing(commit):
        top = asking_above(root, commit)
    if top:
        raise ConfigError(printable(f"{root} lies in {top}, where sign-offs are asked for: name that folder instead."))


def _judged(place: _Place, seen: Seen) -> Standing:
    now = seen.now or datetime.now(UTC)
    checked = list(_checked(place, now))
    found = tuple(one.record for one in checked if one.record)
    code = units(place.root, place.tip.settings.sign_offs, place.tip.settings.exclude)
    exempt = governing.exempt(place.start, place.tip, place.head)
    law = Law(
        mandate=mandate(place.tip),
        records=found,
        now=now,
        exemptions=(*exempt, *governing.in_parts(exempt, code.asks, place.root)),
        superseded=_superseded(place.root),
    )
    attested = any(record.signoff.kind is Kind.HUMAN_AUTHORED for record in found)
    asks = marked(
        (ask for file in code.asks.values() for ask in file), place.root, always=attested, base=place.start_commit
    )
    judged, problems = gate.stand([*_held(asks, place, seen), *_governing(place)], law)
    faults = (*_faults(place, checked), *code.faults)
    ledger = tuple(replace(one.entry, problem=one.entry.problem or problems.get(one.entry.id, "")) for one in checked)
    return replace(judged, ledger=ledger, faults=faults)


def _held(asks: list[Ask], place: _Place, seen: Seen) -> list[Ask]:
    if place.start_commit:
        asks = with_authors(asks, place.root, place.start_commit)
    return with_findings(asks, seen.findings)


def _governing(place: _Place) -> list[Ask]:
    return list(governing.asks(place.start, place.head, place.root)) if place.start else []


def _checked(place: _Place, now: datetime) -> Iterator[records.Checked]:
    """Every record of the change and of the base, each once."""
    trust = place.tip.trust
    trust = trust._replace(revoked=trust.revoked.and_(place.head.revoked))
    came = _appearances(place)
    known: set[str] = set()
    for path, data in sorted({**place.tip.records, **place.head.records}.items()):
        since = datetime.fromtimestamp(came[path], UTC) if path in came else None
        checked = records.check(path, data, trust, since, now)
        if checked.entry.id not in known:
            known.add(checked.entry.id)
            yield checked


def _appearances(place: _Place) -> Mapping[str, int]:
    """When records came to the base; one that differs from the base's has not come yet."""
    if not place.commit:
        return {}
    try:
        came = git.appearances(place.root, place.commit, records.FOLDER)
    except git.GitError:
        return {}
    there, here = place.tip.records, place.head.records
    return {path: time for path, time in came.items() if here.get(path, there.get(path)) == there.get(path)}


def _faults(place: _Place, checked: list[records.Checked]) -> Iterator[Fault]:
    if place.start is None:
        return
    yield from governing.faults(place.start, place.head)
    with git.needing(place.start_commit):
        yield from submodules.unread(place.root, place.start_commit, place.tip.settings.exclude)
    for one in checked:
        if one.record is None and one.entry.path not in place.tip.files:
            way = f"delete {one.entry.path}, and sign again"
            yield Fault(f"the sign-off {one.entry.path} does not hold: {one.entry.problem}", way, one.entry.path)


def _superseded(root: Path) -> frozenset[str]:
    lapsed = {Status.SUPERSEDED, Status.DEPRECATED}
    return frozenset(one.id for one in decision_records(root) if one.status in lapsed or one.superseded_by)


def _head(root: Path) -> str:
    try:
        return git.head(root)[0]
    except git.GitError:
        return ""
