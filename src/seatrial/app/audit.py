"""Audits a tree: what is wrong with the code, and how it stands with what was decided about it."""

import gc
import os
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from seatrial import __version__, gate, registry
from seatrial.app import base, cache, compare, environment, evidence, git, scanned, workspace
from seatrial.app.analyse import analyse
from seatrial.app.analysis import Analysis, Means
from seatrial.app.blame import nearest
from seatrial.app.earlier import earlier
from seatrial.app.progress import Progress
from seatrial.app.settings import Loaded, Settings, load
from seatrial.decisions import baseline
from seatrial.errors import ConfigError
from seatrial.model.curve import Curve
from seatrial.model.evidence import Evidence
from seatrial.model.finding import Finding, scanner_of
from seatrial.model.source import Gap, Stage
from seatrial.model.verdict import Report, Verdict


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks for."""

    root: Path
    changed_since: str = ""
    """A revision: only what came after HEAD left it is reported. Empty: everything."""
    confidence: float | None = None
    """Findings below are hidden; None: as the settings say."""
    rules: tuple[str, ...] = ()
    """Only these rules are reported; empty: all."""
    in_full: bool = False
    """Every finding in full, not only the few that matter most."""
    advisories: str = ""
    """A file or folder of advisories, or `online`; empty: none are heard."""
    online: bool = False
    """Ask the package index for names that nothing here knows."""
    gate: bool = False
    """The verdict matters."""
    others: tuple[Path, ...] = ()
    """SARIF files of other scanners, whose results are reported and judged beside ours."""
    cached: bool = True
    jobs: int = 0
    """The most processes to use; 0: as many as there are processors."""


class Audited(msgspec.Struct, frozen=True):
    """What was found, before any of it is judged or hidden."""

    settings: Settings
    analysis: Analysis
    before: Analysis | None
    """The same of the commit that the change started from, if only the change is asked for."""
    seconds: float
    scanners: frozenset[str] = frozenset()
    """The other scanners that were heard, and `advisories` if there were some."""
    evidence: tuple[Evidence, ...] = ()
    """What trials showed, now or before, as far as it still holds."""
    program: str = ""
    """The digest of the program (`evidence.digest`)."""
    curves: tuple[Curve, ...] = ()
    """What trials measured."""
    tried: str = ""
    """What the trials of this run ran with; empty if none ran."""


def audit(request: Request, progress: Progress | None = None) -> Report:
    """The report on the tree. Imports and runs nothing of it, writes but the cache, opens no connection unasked.

    Raises:
        SourceError: there is no such folder or revision, or another scanner's results cannot be read.
        ConfigError: a setting cannot be used.
        ModelError: a library model in the settings cannot be used.
        DecisionError: the baseline cannot be read.
    """
    audited = find(request, progress or Progress())
    return report_on(recalling(audited, request), request)


def report_on(audited: Audited, request: Request) -> Report:
    """The report on what was found, judged as of now. Raises `DecisionError` if the baseline cannot be read."""
    now = datetime.now(UTC)
    analysis = audited.analysis
    shown = [finding for finding in analysis.findings if _is_asked_for(finding, request, audited.settings)]
    return Report(
        root=_named(request.root),
        version=__version__,
        date=now.isoformat(timespec="seconds"),
        verdict=_verdict(request, audited, shown, now),
        counts=msgspec.structs.replace(analysis.counts, seconds=audited.seconds),
        left_out=analysis.left_out,
        rules=analysis.rules,
        map=analysis.map,
        hidden=sum(_is_named(finding, request) for finding in analysis.findings) - len(shown),
        gate=request.gate,
        scope=f"changed since {request.changed_since}" if request.changed_since else "",
        prefix=git.prefix(request.root),
        in_full=request.in_full,
        curves=audited.curves,
        tried=audited.tried,
    )


def find(request: Request, progress: Progress) -> Audited:
    """All findings of the tree (and of the base of its change), whatever their confidence. Raises as `audit`."""
    began = time.perf_counter()
    workspace.require(request.root)
    loaded = _settings(request)
    for name in request.rules:
        if name not in registry.rule_ids() and not (request.others and scanner_of(name)):
            raise ConfigError(f"there is no rule `{name}`; {nearest(name, registry.rule_ids())}")
    start = git.merge_base(request.root, request.changed_since) if request.changed_since else ""
    store = cache.users_own() if request.cached else cache.NoCache()
    means = Means(store, request.jobs or os.cpu_count() or 1, progress)
    with closing(store), _without_collector():
        tree = _tree(request, "", loaded, means)
        analysis = analyse(tree, loaded.settings, loaded.options, means)
        before = _before(request, start, tree, loaded, means) if start else None
    for note in store.notes:
        progress.note(note)
    others = scanned.scanned(request.others, request.root, loaded.settings)
    if request.others:
        analysis = scanned.beside(analysis, others)
        before = before and scanned.beside(before, scanned.in_base(others, request.root, start))
    return Audited(
        settings=loaded.settings,
        analysis=analysis,
        before=before,
        seconds=time.perf_counter() - began,
        scanners=scanned.heard(others.names, request.advisories),
        program=evidence.digest(tree),
    )


def recalling(audited: Audited, request: Request, without: Collection[str] = ()) -> Audited:
    """What was found, with what earlier trials showed, as far as it still holds; not those `without`.

    What only trials found belongs to the whole, not to a change.
    """
    kept = evidence.read(evidence.file(request.root)) if request.cached else ()
    kept = [one for one in kept if one.evidence.trial not in without]
    known, found = evidence.recalled(kept, audited.analysis, audited.program)
    analysis = evidence.applied(audited.analysis, known, () if audited.before else found)
    return msgspec.structs.replace(audited, analysis=analysis, evidence=known)


def _by_base(request: Request) -> bool:
    """Whether what judges is taken from where the change goes, so that the change cannot loosen it."""
    return request.gate and bool(request.changed_since)


def _settings(request: Request) -> Loaded:
    own = load(request.root, registry.rule_ids())
    return base.settings_at(request.root, request.changed_since) if _by_base(request) else own


def _named(root: Path) -> str:
    """The folder as the user named it; by its own name if that was `.`, which tells no one else anything."""
    return str(root) if root.name not in {"", ".."} else root.resolve().name or str(root)


def _tree(request: Request, commit: str, loaded: Loaded, means: Means) -> workspace.Tree:
    root = request.root
    selection = workspace.Selection(registry.suffixes(), loaded.settings.exclude)
    means.progress.step(f"looking at commit {commit[:12]}" if commit else "looking for files")
    with git.needing(commit):
        tree = workspace.commit(root, commit, selection) if commit else workspace.checkout(root, selection)
    means.progress.note(f"{len(tree.sources)} files: {tree.note}")
    return _with_outside(_with_environment(tree, loaded), request, loaded)


def _before(request: Request, start: str, now: workspace.Tree, loaded: Loaded, means: Means) -> Analysis:
    """The analysis of the commit that the change started from. What is brought along is looked at each time."""
    if _brings_along(request, loaded):
        return analyse(_tree(request, start, loaded, means), loaded.settings, loaded.options, means)
    return earlier(now, start, loaded, means, lambda: _tree(request, start, loaded, means))


def _with_environment(tree: workspace.Tree, loaded: Loaded) -> workspace.Tree:
    """The tree with the environment that the settings name, if they name one."""
    name = loaded.settings.environment
    if not name:
        return tree
    found = environment.records_at(Path(loaded.file).parent / name)
    missing = [] if found else [Gap(name, 0, Stage.DISCOVERY, "the environment in the settings holds no distributions")]
    return tree._replace(installed=found, gaps=[*tree.gaps, *missing])


def _with_outside(tree: workspace.Tree, request: Request, loaded: Loaded) -> workspace.Tree:
    """The tree with what the user brings along from outside of it."""
    if not _brings_along(request, loaded):
        return tree
    from seatrial.app.outside import Wanted, bring  # noqa: PLC0415 - brings the program, which few runs need here

    wanted = Wanted(request.advisories, request.online)
    outside, gaps = bring(wanted, loaded.settings, Path(loaded.file).parent, tree.manifests)
    return tree._replace(outside=outside, gaps=[*tree.gaps, *gaps])


def _brings_along(request: Request, loaded: Loaded) -> bool:
    return bool(request.advisories or request.online or loaded.settings.package_names)


def _verdict(request: Request, audited: Audited, shown: list[Finding], now: datetime) -> Verdict:
    """What stands against the code that was asked about; what lies unused in the records is told of the whole."""
    analysis, before, policy = audited.analysis, audited.before, audited.settings.judged_by
    accepted = base.baseline_at(request.root, request.changed_since) if _by_base(request) else None
    decisions = scanned.heard_decisions(baseline.read(request.root) if accepted is None else accepted, audited.scanners)
    visible = [finding for finding in analysis.findings if _is_confident(finding, None, audited.settings)]
    comments = scanned.heard_comments(analysis.suppressions, audited.scanners)
    whole = gate.judge(visible, audited.evidence, decisions, comments, policy, analysis.gaps, now.date())
    if before is None and shown == visible:
        return whole
    gaps = analysis.gaps
    if before is not None:
        shown = compare.brought_in(shown, before.findings)
        gaps = tuple(compare.gaps_brought_in(gaps, before.gaps))
        earlier = scanned.heard_comments(before.suppressions, audited.scanners)
        fresh = set(compare.comments_brought_in(comments, earlier))
        comments = tuple(comment for comment in comments if comment.reason or comment in fresh)
    part = gate.judge(shown, audited.evidence, decisions, comments, policy, gaps, now.date())
    return msgspec.structs.replace(part, stale=whole.stale, unused=whole.unused)


def _is_asked_for(finding: Finding, request: Request, settings: Settings) -> bool:
    return _is_named(finding, request) and _is_confident(finding, request.confidence, settings)


def _is_named(finding: Finding, request: Request) -> bool:
    return not request.rules or finding.rule in request.rules


def _is_confident(finding: Finding, threshold: float | None, settings: Settings) -> bool:
    return finding.confidence >= (settings.confidence(finding.rule) if threshold is None else threshold)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Holds the cyclic garbage collector: an audit makes millions of objects that live until its end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.unfreeze()  # to the oldest generation: the next collection would else walk through all that was made
            gc.enable()
