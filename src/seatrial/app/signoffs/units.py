"""The units of the code that sign-offs are held against, and what each of them needs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from seatrial.app import provenance
from seatrial.app.fingerprinted import fingerprinted
from seatrial.app.reading import read
from seatrial.app.roles import classifier
from seatrial.app.settings import SignOffSettings
from seatrial.app.signoffs.authors import by_unit
from seatrial.app.signoffs.files import files
from seatrial.model.finding import Finding, Quality, Severity
from seatrial.model.globs import matcher
from seatrial.model.mandate import Ask, Requirement
from seatrial.model.provenance import Origin
from seatrial.model.source import Gap, Role
from seatrial.model.standing import Fault
from seatrial.model.symbols import Symbol
from seatrial.model.verdict import State, Verdict

_CRITERIA = {
    Quality.ARCHITECTURE: "ecosystem-fit",
    Quality.REDUNDANCY: "ecosystem-fit",
    Quality.DEPENDENCIES: "ecosystem-fit",
    Quality.SECURITY: "security-protocols",
    Quality.SCALE: "scales",
    Quality.CONCURRENCY: "scales",
    Quality.RESOURCES: "operable",
    Quality.HONESTY: "ecosystem-fit",
}
_CIRCULAR = "no-circular-logic"
_NEEDLESS = frozenset({Role.TEST, Role.EXAMPLE})
_BY_AI = frozenset({Origin.AI, Origin.MIXED})


class Code(msgspec.Struct, frozen=True):
    """Units by path, and files that need a sign-off and could not be read."""

    asks: Mapping[str, list[Ask]]
    faults: tuple[Fault, ...]


def units(root: Path, policy: SignOffSettings, exclude: tuple[str, ...] = ()) -> Code:
    """All units that the policy speaks of. `exclude` is as in the settings."""
    found = files(root, exclude)
    needs = _needs([one.path for one in found], policy)
    wanted = [(one, need) for one in found if (need := needs(one.path)) and need.min_reviewers]
    contents = {one.path: read(root, one.entry) for one, _ in wanted}
    faults = tuple(_unread(path, data) for path, data in contents.items() if isinstance(data, Gap))
    made = fingerprinted({path: data for path, data in contents.items() if isinstance(data, bytes)})
    asks = {one.path: list(_asks(made[one.path], need)) for one, need in wanted if one.path in made}
    return Code(asks, faults)


def own_lines(found: tuple[Symbol, ...]) -> list[int]:
    """How many lines each symbol spans, without those of symbols inside of it; near enough for an estimate."""
    lines = [one.end_line - one.line + 1 for one in found]
    around: list[int] = []
    for index in sorted(range(len(found)), key=lambda at: (found[at].line, -found[at].end_line)):
        while around and found[around[-1]].end_line < found[index].end_line:
            around.pop()
        if around:
            lines[around[-1]] -= found[index].end_line - found[index].line + 1
        around.append(index)
    return [max(1, count) for count in lines]


def marked(asks: Iterable[Ask], root: Path, *, always: bool, base: str = "") -> list[Ask]:
    """The units with what marks tell of who wrote them; history is read only if it matters, or `always`.

    `base` is the commit whose declarations count: a change cannot take away what an AI is known to have made.
    """
    asks = list(asks)
    by_human = {ask.path for ask in asks if ask.requirement.unknown == "human"}
    wanted = {ask.path for ask in asks} if always else by_human
    if not wanted:
        return asks
    origins = {(one.path, one.name): one.origin for one in provenance.provenance(root, sorted(wanted), base)}
    return [_marked(ask, origins.get(ask.place)) for ask in asks]


def with_authors(asks: Iterable[Ask], root: Path, since: str) -> list[Ask]:
    """The units with the addresses of those who changed them in the commits since `since` (a full object id)."""
    asks = list(asks)
    changed = by_unit(root, since, {ask.path for ask in asks})
    return [msgspec.structs.replace(ask, authors=frozenset(changed.get(ask.place, ()))) for ask in asks]


def grave(verdict: Verdict) -> tuple[Finding, ...]:
    """The findings of a verdict that nobody can have signed the code with, unless the sign-off names them.

    Those with severity `error`, and warnings about architecture: they say whether what moved still fits.
    """
    against = (one.finding for one in verdict.judged if one.state in {State.NEW, State.LAPSED})
    least = {Quality.ARCHITECTURE: {Severity.ERROR, Severity.WARNING}}
    return tuple(one for one in against if one.severity in least.get(one.quality, {Severity.ERROR}))


def with_findings(asks: Iterable[Ask], findings: Iterable[Finding]) -> list[Ask]:
    """The units with the findings that speak against what was signed of them."""
    against: dict[tuple[str, str], list[tuple[str, str]]] = {}
    asks = list(asks)
    places = _Places(asks)
    for finding in findings:
        criterion = _CIRCULAR if finding.rule == "import-cycle" else _CRITERIA.get(finding.quality)
        if criterion and (place := places.of(finding)):
            against.setdefault(place, []).append((finding.fingerprint, criterion))
    return [msgspec.structs.replace(ask, against=tuple(sorted(against.get(ask.place, ())))) for ask in asks]


class _Places:
    """Which unit a finding lies in: the one of its symbol, else the smallest around its line."""

    def __init__(self, asks: list[Ask]) -> None:
        self._asks: dict[str, list[Ask]] = {}
        for ask in asks:
            self._asks.setdefault(ask.path, []).append(ask)

    def of(self, finding: Finding) -> tuple[str, str] | None:
        here = self._asks.get(finding.place.path, ())
        named = [ask.place for ask in here if ask.name == finding.symbol]
        before = [ask for ask in here if ask.line <= finding.place.line]
        nearest = max(before, key=lambda ask: ask.line, default=None)
        return named[0] if named else nearest.place if nearest else None


def _needs(paths: list[str], policy: SignOffSettings) -> Callable[[str], Requirement | None]:
    role = classifier(paths)
    if not policy.paths:
        every = Requirement()
        return lambda path: every if path.endswith(".py") and role(path) not in _NEEDLESS else None
    patterns = [(matcher((pattern,)), requirement) for pattern, requirement in policy.paths.items()]
    return lambda path: next((needed for fits, needed in reversed(patterns) if fits(path)), None)


def _asks(found: tuple[Symbol, ...], requirement: Requirement) -> Iterator[Ask]:
    for one, lines in zip(found, own_lines(found), strict=True):
        yield Ask(
            path=one.path,
            name=one.name,
            digest=one.digest,
            requirement=requirement,
            line=one.line,
            lines=lines,
            signature=one.signature,
            pragmas=one.pragmas,
        )


def _marked(ask: Ask, origin: Origin | None) -> Ask:
    by_ai = origin in _BY_AI
    needed = by_ai or ask.requirement.unknown != "human"
    return msgspec.structs.replace(ask, marked_ai=by_ai, needed=ask.needed and needed)


def _unread(path: str, gap: Gap) -> Fault:
    return Fault(f"{path} needs a sign-off and {gap.reason}", f"make {path} readable", path)
