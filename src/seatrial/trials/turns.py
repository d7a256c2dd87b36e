"""Which operations come first: those that the audit suspects, then one of each handler, then the others of each.

Time often ends before the operations do. What classes of views inherit is alike for all of one: of twenty such classes
the first operation of each tells more than all operations of the first.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from seatrial.model.finding import Finding
from seatrial.model.route import Lead, Route
from seatrial.trials.api import Operation
from seatrial.trials.ways import shape

_METHODS = ("POST", "GET", "PUT", "PATCH", "DELETE")
Handler = tuple[str, str]
"""The file and the symbol."""


def turns(
    operations: Sequence[Operation], routes: Sequence[Route], findings: Sequence[Finding], leads: Collection[Lead] = ()
) -> Mapping[str, int]:
    """The turn of each operation by its name, from 0. `findings` are the suspects; what has no known handler is alone.

    An operation is suspected if its handler, or what that leads to, is. What reads and what writes are counted apart,
    since few trials ask for both.
    """
    suspected = {(finding.place.path, part) for finding in findings for part in (finding.symbol, _above(finding))}
    suspects = {finding.fingerprint for finding in findings}
    suspected |= {(lead.path, lead.symbol) for lead in leads if lead.fingerprint in suspects and not lead.is_behind}
    before: Counter[tuple[Handler, bool]] = Counter()
    found: dict[str, int] = {}
    known = {shape(route.path): [one for one in routes if shape(one.path) == shape(route.path)] for route in routes}
    for operation in sorted(operations, key=lambda one: (len(one.places), _METHODS.index(one.method))):
        handler = _handler(operation, known)
        if handler is None:
            found[operation.name] = 1
        else:
            before[handler, operation.writes] += 1
            found[operation.name] = 0 if handler in suspected else before[handler, operation.writes]
    return found


def _above(finding: Finding) -> str:
    """The class whose method a finding is in."""
    return finding.symbol.rpartition(".")[0]


def _handler(operation: Operation, known: Mapping[str, Sequence[Route]]) -> Handler | None:
    """What answers: the route of just this path, or else the nearest above, which stands for all that is below it."""
    parts = shape(operation.path).split("/")
    for end in range(len(parts), 1, -1):
        for route in known.get("/".join(parts[:end]), ()):
            if not route.methods or operation.method in route.methods:
                return route.place.path, route.symbol
    return None
