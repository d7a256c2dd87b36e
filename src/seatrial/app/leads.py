"""Which handlers of requests lead to what a trial may confirm, and where that leads: trials see its two ends."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from seatrial.model.finding import Finding
from seatrial.model.route import Lead
from seatrial.program import Function, Program

_MOST = 6
"""Handlers that lead to one function: where more do, none of them is its own."""
_FAR = 200
"""Functions on the way that are looked at."""
_DEEP = 3
"""Calls from a finding's function to what it is seen by: a service, its repository, what all of those share."""


def leads(program: Program, findings: Iterable[Finding]) -> Iterator[Lead]:
    """The handlers that lead to each finding that a trial may confirm, if they are few, and what its function calls."""
    told = [finding for finding in findings if finding.confirmed_by]
    homes = _homes(program) if told else {}
    if not homes:
        return
    files = {finding.place.path for finding in told}
    functions = {(one.file.path, one.symbol): one for one in program.code if one.file.path in files}
    for finding in told:
        if function := functions.get((finding.place.path, finding.symbol)):
            found = _leading(program, function, homes)
            yield from (Lead(finding.fingerprint, home.file.path, home.symbol) for home in found)
            behind = _behind(program, function) if found else ()
            yield from (Lead(finding.fingerprint, one.file.path, one.symbol, is_behind=True) for one in behind)


def _homes(program: Program) -> Mapping[Function, list[Function]]:
    """Where readers look for the endpoints that each function answers."""
    homes: dict[Function, list[Function]] = defaultdict(list)
    for endpoint in program.endpoints:
        for function in {endpoint.handler, *endpoint.entries} if endpoint.path else ():
            homes[function].append(endpoint.home)
    return homes


def _leading(program: Program, function: Function, homes: Mapping[Function, list[Function]]) -> set[Function]:
    found: set[Function] = set()
    waiting, seen = [function], {function}
    while waiting and len(seen) < _FAR and len(found) <= _MOST:
        one = waiting.pop(0)
        found.update(homes.get(one, ()))
        before = {caller for caller, _ in program.calls.callers(one)} - seen
        seen |= before
        waiting += before
    return found if len(found) <= _MOST else set()


def _behind(program: Program, function: Function) -> set[Function]:
    found, last = {function}, {function}
    for _ in range(_DEEP):
        last = {to for one in last for to in program.calls.reached(one)} - found
        found |= last
        if len(found) > _FAR:
            break
    return found
