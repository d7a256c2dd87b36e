"""Tries the running program: what the audit suspects is proven or cleared, and what it missed is found."""

import time
from collections.abc import Callable, Iterator, Mapping

import msgspec

from seatrial.app import starting
from seatrial.app.audit import Audited, Request, find, report_on
from seatrial.app.blame import nearest
from seatrial.app.progress import Progress
from seatrial.errors import ConfigError
from seatrial.model.evidence import Outcome
from seatrial.model.source import Gap, Stage
from seatrial.model.verdict import Report
from seatrial.sandbox import Started, launched
from seatrial.trials import access, deadlock, edge, growth, inject, race
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim, Proof, prove

TRIALS: Mapping[str, Callable[[Bench], Iterator[Claim]]] = {
    "growth": growth.claims,
    "race": race.claims,
    "deadlock": deadlock.claims,
    "access": access.claims,
    "inject": inject.claims,
    "edge": edge.claims,
}
"""By name, in the order in which they run."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks for."""

    audit: Request
    only: tuple[str, ...] = ()
    """Trials to run; empty: all."""
    budget: float = 180.0
    """Seconds after which no further trial begins; what is left out is a gap."""
    target: str = ""
    python: str = ""


def trial(asked: Trial, progress: Progress | None = None) -> Report:
    """The report of an audit, with what the trials showed.

    Raises as `audit`, and:
        StartError: the program cannot be started.
        ConfigError: there is no such trial.
    """
    progress = progress or Progress()
    for name in asked.only:
        if name not in TRIALS:
            raise ConfigError(f"there is no trial `{name}`; {nearest(name, TRIALS)}")
    audited = find(asked.audit, progress)
    progress.step("starting the program")
    launch = starting.launch(asked.audit.root, audited.settings.app, asked.target, asked.python)
    with launched(launch) as (application, started):
        for note in _notes(started):
            progress.note(note)
        progress.step("making users and first rows")
        bench = Bench(application, started)
        claims, gaps = _tried(bench, asked, progress)
    again = f"seatrial trial {asked.audit.root} --only {{trial}}"
    proof = prove(claims, audited.analysis.findings, audited.analysis.routes, again)
    return report_on(_with(audited, proof, (*gaps, *_unfit(bench))), asked.audit)


def _with(audited: Audited, proof: Proof, gaps: tuple[Gap, ...]) -> Audited:
    """What was found, with what the trials showed: what is proven is certain."""
    proven = {one.fingerprint for one in proof.evidence if one.outcome is Outcome.PROVEN}
    analysis = audited.analysis
    findings = tuple(
        msgspec.structs.replace(finding, confidence=1.0) if finding.fingerprint in proven else finding
        for finding in sorted((*analysis.findings, *proof.found))
    )
    analysis = msgspec.structs.replace(analysis, findings=findings, gaps=(*analysis.gaps, *gaps))
    return msgspec.structs.replace(audited, analysis=analysis, evidence=proof.evidence)


def _notes(started: Started) -> Iterator[str]:
    yield f"started {started.app} ({started.framework or 'no known framework'}), tables by {started.schema or 'itself'}"
    for name in started.dummies:
        yield f"{name} was not set: it is a dummy"
    for address in started.refused:
        yield f"a connection to {address} was refused"


def _tried(bench: Bench, asked: Trial, progress: Progress) -> tuple[list[Claim], list[Gap]]:
    claims: list[Claim] = []
    gaps: list[Gap] = []
    until = time.monotonic() + asked.budget
    for name, run in TRIALS.items():
        if asked.only and name not in asked.only:
            continue
        if time.monotonic() > until:
            gaps.append(Gap("", 0, Stage.TRIAL, f"the trial {name} was not begun: the budget was used up"))
            continue
        progress.step(f"trial {name}")
        claims += run(bench)
    return claims, gaps


def _unfit(bench: Bench) -> Iterator[Gap]:
    """What could not be tried."""
    if bench.database is None:
        yield Gap("", 0, Stage.TRIAL, "the program's database was not found: nothing that is judged by it was tried")
    if not bench.cast.known:
        yield Gap("", 0, Stage.TRIAL, f"no users could be made ({bench.cast.why}): only what is open to all was tried")
    if refused := [f"{name} ({status})" for name, status in sorted(bench.refusals.items())]:
        told = f"{len(refused)} operations accepted none of the requests that were made up: {', '.join(refused[:8])}"
        yield Gap("", 0, Stage.TRIAL, told)
