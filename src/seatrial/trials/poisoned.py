"""Values that are accepted and stored, and that what reads them later fails over: for everybody, until they are gone.

Each odd value that an operation accepts is stored on the saved state, and what reads the same tables is asked then.
What fails so must be answered on the saved state, and also when the plain request was made instead.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.odd import Case, cases
from seatrial.trials.statements import is_write, tables

Cause = Callable[[Operation, Case, Answer], tuple[str, str] | None]
"""The error and the line of an answer that is a failure of the program's own; None of others."""
_READS = 8
"""Operations that are asked after each value."""
_OFTEN = 2
"""So many values that make one operation fail are enough."""


class Poisoned(NamedTuple):
    """A value that one operation accepts and another fails over."""

    by: str
    name: str
    value: str
    operation: str
    status: int
    error: str
    line: str


def claims(bench: Bench, cause: Cause) -> Iterator[Claim]:
    """Each operation that fails over what was stored, once for each line and each that stores."""
    seen: set[tuple[str, str, str]] = set()
    for one in run(bench, cause):
        if (one.by, one.operation, one.line) not in seen:
            seen.add((one.by, one.operation, one.line))
            what = f"{one.operation} answers {one.status} ({one.error})"
            yield Claim(
                trial="edge",
                outcome=Outcome.PROVEN,
                rules=("server-error",),
                operation=one.operation,
                lines=(one.line,) if one.line else (),
                reason=f"{what} from then on, when {one.by} has accepted {one.value} as `{one.name}`",
                beside=(one.by,),
            )


def run(bench: Bench, cause: Cause) -> Iterator[Poisoned]:
    """What fails, by each operation that stores something."""
    reads = bench.reads() if bench.database is not None else ()
    for operation in bench.operations if reads else ():
        if operation.writes and operation.body and not operation.proves:
            yield from _by(bench, operation, reads, cause)


def _by(
    bench: Bench, operation: Operation, reads: Sequence[tuple[Operation, Call]], cause: Cause
) -> Iterator[Poisoned]:
    plain = bench.accepted(operation)
    asked = _sound(bench, plain, _about(bench, operation, reads)) if plain else ()
    often = Counter[str]()
    odd = cases(bench.api, operation, plain) if plain and asked else ()
    for case in (one for one in odd if plain and one.call.path == plain.path):
        if not bench.has_time("what stored values do, of", operation.name):
            return
        if not _stored(bench, case.call):
            continue
        for read, call in asked:
            if often[read.name] < _OFTEN and bench.application.call(call, watched=False).status >= 500:
                answer = bench.application.call(call)
                if found := cause(read, case, answer):
                    often[read.name] += 1
                    yield Poisoned(operation.name, case.name, case.value, read.name, answer.status, *found)


def _about(
    bench: Bench, operation: Operation, reads: Sequence[tuple[Operation, Call]]
) -> Sequence[tuple[Operation, Call]]:
    """What reads the tables that the operation writes."""
    written = {name for sql in bench.filling.did.get(operation.name, ()) if is_write(sql) for name in tables(sql)}
    did = bench.filling.did
    return [(one, call) for one, call in reads if any(written & tables(sql) for sql in did.get(one.name, ()))][:_READS]


def _sound(bench: Bench, plain: Call, reads: Sequence[tuple[Operation, Call]]) -> Sequence[tuple[Operation, Call]]:
    """Those that are answered also when the plain request was made."""
    if not reads or not _stored(bench, plain):
        return ()
    return [(one, call) for one, call in reads if bench.application.call(call, watched=False).ok]


def _stored(bench: Bench, call: Call) -> bool:
    """Whether the request is accepted on the saved state."""
    bench.restore()
    return bench.application.call(call, watched=False).ok
