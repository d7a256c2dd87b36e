"""Findings that no trial spoke of, each with the reason: what was not tried is never silently taken for sound."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding
from seatrial.model.route import Lead, Route
from seatrial.trials.bench import Bench
from seatrial.trials.claims import shape


class Ways(NamedTuple):
    """What the code says of how requests come to a finding."""

    routes: Sequence[Route]
    leads: Sequence[Lead] = ()

    def to(self, finding: Finding) -> Sequence[Route]:
        """The routes whose handler the finding lies in, or that lead to it."""
        leads = {(one.path, one.symbol) for one in self.leads if one.fingerprint == finding.fingerprint}
        homes = {(finding.place.path, finding.symbol), *leads}
        return [route for route in self.routes if (route.place.path, route.symbol) in homes]


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
            why = _why(bench, trial, ways.to(finding)) if trial in begun else "it was left out of this run"
            yield Evidence(
                fingerprint=finding.fingerprint,
                trial=trial,
                outcome=Outcome.NOT_TRIED,
                digest=finding.digest,
                reason=why,
                reproduce="",
            )


def _why(bench: Bench, trial: str, routes: Sequence[Route]) -> str:
    """`routes` are those that lead to the finding."""
    if trial == "twin":
        return "one of the two is a method, is awaited or registered, or does more than answer"
    if bench.database is None and trial != "leak":
        return "the program's database was not found"
    left = bench.left.get(trial, set())
    for name in sorted(left):
        if _is_one_of(name, routes):
            return f"the time was used up before {name} was tried"
    for name, status in bench.refusals.items():
        if _is_one_of(name, routes):
            return f"{name} accepts none of the requests that were made up (it answers {status})"
    if left:
        return f"none of the requests that there was time for ran its code ({len(left)} operations were left out)"
    return "none of the requests that were made up ran its code"


def _is_one_of(name: str, routes: Sequence[Route]) -> bool:
    """Whether an operation is answered by one of the routes."""
    method, _, path = name.partition(" ")
    return any((not one.methods or method in one.methods) and shape(path) == shape(one.path) for one in routes)
