"""Everything that a review rests on, read once: units, texts, facts, findings, decisions, who wrote what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from seatrial import registry
from seatrial.app import base as governing
from seatrial.app import git, provenance, settings, signoffs
from seatrial.app.audit import Request
from seatrial.app.gate import judge
from seatrial.app.progress import Progress
from seatrial.app.questions import Fact
from seatrial.app.questions.reading import plain, read
from seatrial.app.review import asked
from seatrial.app.review.packs import Unit
from seatrial.app.review.units import Found, Scope, changed, everything_below, open_of_change, standing_open
from seatrial.app.signoffs.ledger import mandate
from seatrial.app.signoffs.state import on_disk
from seatrial.model.finding import Severity
from seatrial.model.mandate import BUILT_IN, CriterionInfo, Requirement
from seatrial.model.provenance import Provenance
from seatrial.model.source import TEXT, Gap
from seatrial.model.standing import Standing
from seatrial.model.symbols import FILE, IMPORTS, MODULE
from seatrial.model.verdict import Judged, Report

_SEVERE = {Severity.ERROR: 5.0, Severity.WARNING: 2.0, Severity.NOTE: 0.5}
_RISKY = {
    "write-pair": 3.0, "unbounded-query": 3.0, "migration": 3.0, "endpoint": 3.0, "retry": 2.0, "loop-io": 2.0,
    "cache": 2.0, "write": 2.0, "http": 1.5, "clock": 1.0, "files": 1.0, "except": 0.5, "branch": 0.2,
}  # fmt: skip
_NAMELESS = frozenset({FILE, IMPORTS, MODULE})


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reviewed: what came since a revision, or what lies below some paths; empty: all that is open."""

    root: Path
    below: tuple[str, ...] = ()
    changed_since: str = ""


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What was read. Everything by path is relative to the root, with `/`."""

    wanted: Wanted
    units: tuple[Unit, ...]
    texts: Mapping[str, str]
    facts: Mapping[str, tuple[Fact, ...]]
    standing: Standing
    report: Report
    origins: Mapping[tuple[str, str], Provenance] = {}
    requirements: tuple[str, ...] = ()
    """The messages of the commits that brought the change: what was asked for, as far as anybody wrote it down."""
    commit: str = ""
    gaps: tuple[Gap, ...] = ()
    """What could not be read, and so is in no pack."""
    criteria: Mapping[str, CriterionInfo] = msgspec.field(default_factory=lambda: BUILT_IN)
    """What each criterion asks here."""
    addresses: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Other addresses of the people who may sign."""
    roles: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """What they may sign as."""
    policy: Mapping[str, Requirement] = msgspec.field(default_factory=dict)
    """What is asked of files, by pattern; empty: all code needs one architect."""
    exclude: tuple[str, ...] = ()
    """The patterns of files that the settings leave out."""
    layers: tuple[str | tuple[str, ...], ...] = ()
    """Packages from the top layer down, as the settings name them."""
    canaries: bool = False
    """The settings say that the team has opted in to planted defects."""

    def findings(self, path: str) -> list[Judged]:
        """What was found in a file, by line."""
        found = [judged for judged in self.report.verdict.judged if judged.finding.place.path == path]
        return sorted(found, key=lambda judged: judged.finding.place.line)


def gather(wanted: Wanted, progress: Progress | None = None) -> Material:
    """Reads it all. Raises what `app.gate.judge` raises."""
    root, progress = wanted.root, progress or Progress()
    since = wanted.changed_since
    loaded = governing.settings_at(root, since) if since else settings.load(root, registry.rule_ids())
    exclude = loaded.settings.exclude
    base = git.merge_base(root, since) if since else ""
    report = judge(Request(root=root, changed_since=wanted.changed_since), progress, reviewed=False)
    seen = signoffs.Seen(signoffs.grave(report.verdict))
    standing = signoffs.standing(root, wanted.changed_since, seen)
    found = _units(wanted, standing, exclude)
    facts = _facts(root, found.units, progress)
    held = mandate(on_disk(root)) if standing.mandate else None
    criteria = held.criteria if held else BUILT_IN
    units = _through_lenses(found.units, asked.lenses(standing, criteria))
    return Material(
        wanted=wanted,
        units=tuple(_weighed(units, facts, report)),
        texts=found.texts,
        facts=facts,
        standing=standing,
        report=report,
        origins={(one.path, one.name): one for one in provenance.provenance(root, tuple(found.texts))},
        requirements=_requirements(root, base),
        commit=_head(root),
        gaps=tuple(dict.fromkeys(found.gaps)),
        criteria=criteria,
        addresses={who: person.emails for who, person in held.people.items()} if held else {},
        roles={who: person.roles for who, person in held.people.items()} if held else {},
        policy=loaded.settings.sign_offs.paths,
        exclude=exclude,
        layers=loaded.settings.layers,
        canaries=loaded.settings.review.canaries,
    )


def _units(wanted: Wanted, standing: Standing, exclude: tuple[str, ...]) -> Found:
    languages = frozenset(suffix for suffix, language in registry.suffixes().items() if language != TEXT)
    scope = Scope(wanted.below, languages, exclude, frozenset(unit.path for unit in standing.units))
    if not standing.mandate:
        changed_since = wanted.changed_since
        return changed(wanted.root, changed_since, scope) if changed_since else everything_below(wanted.root, scope)
    open_ = standing_open(wanted.root, standing, scope)
    return open_of_change(changed(wanted.root, wanted.changed_since, scope), open_) if wanted.changed_since else open_


def _facts(root: Path, units: Iterable[Unit], progress: Progress) -> dict[str, tuple[Fact, ...]]:
    """By file: what the program says of it, and what any code has."""
    found: dict[str, list[Fact]] = defaultdict(list)
    units = list(units)
    for fact in read(root, {unit.symbol.path for unit in units}, progress):
        found[fact.path].append(fact)
    for unit in units:
        symbol = "" if unit.symbol.name in _NAMELESS else unit.symbol.name
        lines = unit.changed or (unit.symbol.line,)
        found[unit.symbol.path] += plain(unit.symbol.path, symbol, lines)
    return {path: tuple(facts) for path, facts in found.items()}


def _weighed(units: Iterable[Unit], facts: Mapping[str, tuple[Fact, ...]], report: Report) -> Iterable[Unit]:
    """The units with their risk: what they do to the world, what was found in them, who wrote them."""
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for judged in report.verdict.judged:
        place = judged.finding.place
        found[place.path].append((place.line, _SEVERE[judged.finding.severity] * judged.finding.confidence))
    for path, of_file in facts.items():
        found[path] += [(fact.line, _RISKY.get(fact.circumstance, 0.0)) for fact in of_file]
    for unit in units:
        risk = sum(weight for line, weight in found[unit.symbol.path] if unit.covers(line))
        yield msgspec.structs.replace(unit, risk=round(risk, 2))


def _through_lenses(units: Iterable[Unit], lenses: Mapping[str, tuple[str, ...]]) -> Iterable[Unit]:
    """The units with the passes that they need."""
    return [msgspec.structs.replace(one, lenses=lenses.get(one.name, ())) for one in units]


def _requirements(root: Path, base: str) -> tuple[str, ...]:
    if not base:
        return ()
    try:
        return tuple(message.strip() for _, message in git.messages(root, base))
    except git.GitError:
        return ()


def _head(root: Path) -> str:
    try:
        return git.head(root)[0]
    except git.GitError:
        return ""
