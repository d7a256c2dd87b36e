"""Findings that no trial spoke of, each with the reason: what was not tried is never silently taken for sound."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding
from seatrial.model.route import Route
from seatrial.trials.bench import Bench
from seatrial.trials.ways import Ways


def untried(
    bench: Bench,
    findings: Iterable[Finding],
    evidence: Iterable[Evidence],
    ways: Ways,
    trials: Collection[str],
    begun: Collection[str],
) -> Iterator[Evidence]:
    """Evidence `not tried` for each finding that one of the `trials` could confirm; `begun` names those that ran."""
    spoken = {(one.fingerprint, one.trial) for one in evidence}
    for finding in findings:
        trial = finding.confirmed_by
        if trial in trials and (finding.fingerprint, trial) not in spoken:
            why = _why(bench, trial, ways, ways.to(finding)) if trial in begun else "it was left out of this run"
            yield Evidence(
                fingerprint=finding.fingerprint,
                trial=trial,
                outcome=Outcome.NOT_TRIED,
                digest=finding.digest,
                reason=why,
                reproduce="",
            )


def _why(bench: Bench, trial: str, ways: Ways, routes: Sequence[Route]) -> str:
    """`routes` are those that lead to the finding."""
    if trial == "twin":
        return "one of the two is a method, is awaited or registered, or does more than answer"
    if bench.database is None and trial != "leak":
        return "the program's database was not found"
    left = bench.left.get(trial, set())
    for name in sorted(left):
        if not {*ways.of(name)}.isdisjoint(routes):
            return f"the time was used up before {name} was tried"
    for name, status in bench.refusals.items():
        if not {*ways.of(name)}.isdisjoint(routes):
            return f"{name} accepts none of the requests that were made up (it answers {status})"
    for operation in bench.operations:
        if not {*ways.of(operation.name)}.isdisjoint(routes):
            return f"no request of {operation.name} that was made showed it"
    if left:
        return f"none of the requests that there was time for ran its code ({len(left)} operations were left out)"
    return "none of the requests that were made up ran its code"
