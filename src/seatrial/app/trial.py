"""Tries the running program: what the audit suspects is proven or cleared, and what it missed is found."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from seatrial.app import evidence, saving, starting
from seatrial.app.audit import Audited, Request, find, recalling, report_on
from seatrial.app.blame import nearest
from seatrial.app.progress import Progress
from seatrial.app.starting import Start
from seatrial.app.worded import worded
from seatrial.errors import ConfigError, SeatrialError
from seatrial.model.curve import Curve
from seatrial.model.finding import Finding
from seatrial.model.source import Gap, Stage
from seatrial.model.verdict import Report
from seatrial.sandbox import Started, within
from seatrial.trials import access, counted, deadlock, edge, faults, growth, inject, leak, load, outside, race, twin
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Again, Claim, Proof, prove
from seatrial.trials.turns import turns
from seatrial.trials.unfit import unfit
from seatrial.trials.untried import untried
from seatrial.trials.ways import Ways, mounted

TRIALS: Mapping[str, Callable[[Bench], Iterator[Claim | Curve]]] = {
    "twin": twin.claims,
    "access": access.claims,
    "inject": inject.claims,
    "growth": growth.claims,
    "load": load.claims,
    "race": race.claims,
    "deadlock": deadlock.claims,
    "edge": edge.claims,
    "leak": leak.claims,
    "faults": faults.claims,
}
"""By name, in the order in which they run: what is soon done comes first, since its time goes to the others."""
_WEIGHTS = {"access": 3, "growth": 3, "race": 4, "edge": 3, "leak": 2, "faults": 2}
"""Parts of the budget, where a trial has more than one. What `inject` proves is mostly suspected."""
AS_MADE = ("twin", "access")
"""Trials that ask for the rows as the program made them."""
_READY = 90.0
"""Seconds that users and first rows may take at least; half of the budget, if that is more. They come before it."""
_OVER = 60.0
"""Seconds after the end of the budget at which a trial breaks off that began before."""
_SUSPECTED = 3
"""Further parts at most, one for each finding of the audit that the trial could confirm."""
FROM_OUTSIDE: Mapping[str, Callable[[Bench], Iterator[Claim | Curve]]] = {
    "growth": counted.claims,
    "race": race.claims,
    "access": access.claims,
    "edge": edge.claims,
    "leak": leak.claims,
    "load": load.claims,
}
"""Those that need no probe, if the program's database can be read."""
BY_ANSWERS: Mapping[str, Callable[[Bench], Iterator[Claim | Curve]]] = {
    "race": outside.races,
    "access": outside.accesses,
    "edge": edge.claims,
    "leak": leak.claims,
    "load": load.claims,
}
"""Those that need nothing but answers, and of leaks what `/proc` tells if the program is on this machine."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks for."""

    audit: Request
    only: tuple[str, ...] = ()
    """Trials to run; empty: all."""
    operations: tuple[str, ...] = ()
    """Operations to try, as `POST /orders`; empty: all."""
    budget: float = 180.0
    """Seconds after which no further trial begins; what is left out is a gap."""
    seed: int = 0
    """All data that is made up and the order of the operations follow it."""
    start: Start = Start()
    save_tests: Path | None = None
    """Where to write a test for each proven failure; None: nowhere."""


class Tried(NamedTuple):
    """What the trials saw."""

    audited: Audited
    """What was found without them."""
    proof: Proof
    claims: tuple[Claim, ...]
    begun: frozenset[str]
    """The trials that ran."""
    gaps: tuple[Gap, ...]
    kind: str
    """The database: `sqlite` or `postgresql`; empty if none was found."""
    curves: tuple[Curve, ...] = ()
    """What they measured, what sinks first first."""


def trial(asked: Trial, progress: Progress | None = None) -> Report:
    """The report of an audit, with what the trials showed. The evidence is kept for later audits.

    Raises as `audit`, and:
        StartError: the program cannot be started.
        ConfigError: there is no such trial.
    """
    progress = progress or Progress()
    tried = run(asked, progress)
    if asked.audit.cached and not asked.start.url:
        _keep(asked.audit.root, tried, progress)
    return report_on(_told(tried, asked), asked.audit)


def run(asked: Trial, progress: Progress) -> Tried:
    """Audits the tree, starts the program and runs the trials. Raises as `trial`; keeps nothing."""
    if asked.start.url and asked.save_tests:
        raise ConfigError("a saved test starts the program, which cannot be done for one that runs already")
    for name in asked.only:
        if name not in TRIALS:
            raise ConfigError(f"there is no trial `{name}`; {nearest(name, TRIALS)}")
    audited = find(asked.audit, progress)
    progress.step("starting the program")
    with starting.running(asked.audit.root, audited.settings.app, asked.start) as (application, started):
        for note in _notes(started):
            progress.note(note)
        progress.step("making users and first rows")
        callers = starting.callers(audited.settings.app)
        ready = max(asked.budget / 2, _READY)
        bench = Bench(application, started, asked.seed, asked.operations, callers, ready)
        bench.pairs = audited.analysis.pairs
        bench.prices = audited.settings.trial.prices
        analysis = audited.analysis
        routes = mounted(analysis.routes, [one.name for one in bench.operations])
        ways = Ways(routes, analysis.leads)
        seen, begun, gaps = _tried(bench, asked, analysis.findings, ways, progress)
        claims = [one for one in seen if isinstance(one, Claim)]
        curves = sorted((one for one in seen if isinstance(one, Curve)), key=lambda curve: (-curve.weight, curve))
        again = Again(starting.again(asked.audit.root, asked.start), asked.seed)
        proof = prove(claims, analysis.findings, ways, again)
        left = untried(bench, analysis.findings, proof.evidence, ways, TRIALS, begun)
        found = tuple(map(worded, proof.found))
        proof = msgspec.structs.replace(proof, evidence=tuple(sorted((*proof.evidence, *left))), found=found)
        kind = bench.database.kind if bench.database else ""
        return Tried(audited, proof, tuple(claims), frozenset(begun), (*gaps, *unfit(bench)), kind, tuple(curves))


def _told(tried: Tried, asked: Trial) -> Audited:
    """What was found, with what these trials showed and what earlier ones did that were not run again."""
    audited, proof = recalling(tried.audited, asked.audit, tried.begun), tried.proof
    known = {(one.fingerprint, one.trial) for one in audited.evidence}
    fresh = [one for one in proof.evidence if (one.fingerprint, one.trial) not in known]
    analysis = evidence.applied(audited.analysis, fresh, proof.found)
    analysis = msgspec.structs.replace(analysis, gaps=(*analysis.gaps, *tried.gaps))
    told = f"seed {asked.seed}" + (f", on {tried.kind}" if tried.kind else "") + _saved(tried, asked)
    return msgspec.structs.replace(
        audited, analysis=analysis, evidence=(*audited.evidence, *fresh), tried=told, curves=tried.curves
    )


def _saved(tried: Tried, asked: Trial) -> str:
    """Writes the tests, if they are wanted; says how many."""
    if asked.save_tests is None:
        return ""
    saved = saving.save(asked.save_tests, asked.audit.root, tried.claims, asked.seed, asked.start)
    return f"; {len(saved)} tests saved in {asked.save_tests}"


def _keep(root: Path, tried: Tried, progress: Progress) -> None:
    """Writes down what was shown, for later audits of the same code."""
    file, audited, proof = evidence.file(root), tried.audited, tried.proof
    kept = evidence.renewed(
        evidence.read(file), proof.evidence, audited.analysis.findings, proof.found, audited.program, tried.begun
    )
    try:
        evidence.write(file, kept)
    except OSError as error:
        progress.note(f"the evidence could not be kept: {error.strerror}")
    else:
        progress.note(f"the evidence is kept in {file}")


def _notes(started: Started) -> Iterator[str]:
    if not started.schema and "://" in started.app:
        yield f"reached {started.app}"
        return
    yield f"started {started.app} ({started.framework or 'no known framework'}), tables by {started.schema or 'itself'}"
    yield from started.notes
    if started.failing:
        yield started.failing
    for name in started.dummies:
        yield f"{name} was not set: it is a dummy"
    for name in started.supplied:
        yield f"{name} was not there: one was made from the example beside it, or empty"
    if not started.confined:
        yield "this kernel cannot hold the program to its copy (Landlock, Linux 5.13): it may write to your files"
    for address in started.refused:
        yield f"a connection to {address} was refused"


def _tried(
    bench: Bench, asked: Trial, findings: Sequence[Finding], ways: Ways, progress: Progress
) -> tuple[list[Claim | Curve], list[str], list[Gap]]:
    """What the trials claim and measure, which of them began, and what was left out."""
    seen: list[Claim | Curve] = []
    begun: list[str] = []
    gaps: list[Gap] = []
    until = time.monotonic() + asked.budget
    fit = TRIALS if not asked.start.url else FROM_OUTSIDE if bench.database else BY_ANSWERS
    wanted = [name for name in fit if not asked.only or name in asked.only]
    suspected = Counter(finding.confirmed_by for finding in findings)
    for name in wanted:
        if time.monotonic() > until:
            gaps.append(Gap("", 0, Stage.TRIAL, f"the trial {name} was not begun: the budget was used up"))
            continue
        bench.until = time.monotonic() + _share(name, wanted, suspected, until - time.monotonic())
        progress.step(f"trial {name}")
        begun.append(name)
        bench.filling.stage = name
        suspects = [finding for finding in findings if finding.confirmed_by == name]
        bench.arrange(turns(bench.operations, ways.routes, suspects, ways.leads))
        try:
            with within(until + _OVER - time.monotonic()):
                if name not in AS_MADE:
                    bench.vary()
                seen.extend(fit[name](bench))
        except SeatrialError as error:
            why = str(error).partition("\n")[0]
            gaps.append(Gap("", 0, Stage.TRIAL, f"the trial {name} broke off: {why}"))
    if left := [name for name in asked.only or TRIALS if name not in fit]:
        told = f"not tried, since they need a program that seatrial starts: {', '.join(left)}"
        gaps.append(Gap("", 0, Stage.TRIAL, told))
    return seen, begun, gaps


def _share(name: str, wanted: Sequence[str], suspected: Mapping[str, int], left: float) -> float:
    """The seconds that a trial has: more where the audit suspects more; what it does not need goes to those behind."""
    parts = {one: _WEIGHTS.get(one, 1) + min(_SUSPECTED, suspected.get(one, 0)) for one in wanted}
    return left * parts[name] / sum(parts[one] for one in wanted[wanted.index(name) :])
