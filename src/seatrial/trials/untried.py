"""Findings that no trial spoke of, each with the reason: what was not tried is never silently taken for sound."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding
from seatrial.model.route import Route
from seatrial.trials.bench import Bench
from seatrial.trials.claims import shape


def untried(
    bench: Bench,
    findings: Iterable[Finding],
    evidence: Iterable[Evidence],
    routes: Sequence[Route],
    trials: Collection[str],
    begun: Collection[str],
) -> Iterator[Evidence]:
    """Evidence `not tried` for each finding that one of the `trials` could confirm; `begun` names those that ran."""
    handlers: dict[tuple[str, str], list[Route]] = {}
    for route in routes:
        handlers.setdefault((route.place.path, route.symbol), []).append(route)
    spoken = {(one.fingerprint, one.trial) for one in evidence}
    for finding in findings:
        trial = finding.confirmed_by
        if trial in trials and (finding.fingerprint, trial) not in spoken:
            own = handlers.get((finding.place.path, finding.symbol), ())
            why = _why(bench, trial, own) if trial in begun else "it was left out of this run"
            yield Evidence(
                fingerprint=finding.fingerprint,
                trial=trial,
                outcome=Outcome.NOT_TRIED,
                digest=finding.digest,
                reason=why,
                reproduce="",
            )


def _why(bench: Bench, trial: str, routes: Sequence[Route]) -> str:
    """`routes` are those that the finding's function answers."""
    if trial == "twin":
        return "one of the two is a method, is awaited or registered, or does more than answer"
    if bench.database is None and trial != "leak":
        return "the program's database was not found"
    for route in routes:
        for name, status in bench.refusals.items():
            method, _, path = name.partition(" ")
            if (not route.methods or method in route.methods) and shape(path) == shape(route.path):
                return f"{name} accepts none of the requests that were made up (it answers {status})"
    return "none of the requests that were made up ran its code"
