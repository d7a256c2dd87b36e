"""Statements and outgoing calls of a request, as its data grows.

Rows are cloned in steps, and every request that only reads is made at each size. What a request does is told by the
line of the program that does it; a line whose count rises with the rows that come back is proven to run once for each.
Counts do not depend on the machine, so a slope is the same on a slow one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from seatrial.model.curve import Curve
from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials import costs
from seatrial.trials.answers import rows_of
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.growing import Grower
from seatrial.trials.scaling import scaled
from seatrial.trials.statistics import Slope, theil_sen

STEPS = (3, 5, 10, 20)
"""Clones added, one step after another: three, then five more, and so on."""
_LEAST = 0.2
"""The least slope that is taken for growth: below, a request reuses what it read."""


class Grown(msgspec.Struct, frozen=True):
    """A line that runs more often the more rows there are. `counts` and `rows` belong together, one each a size."""

    operation: str
    line: str
    what: str
    """The statement, or the call that goes out."""
    rows: tuple[int, ...]
    counts: tuple[int, ...]
    slope: Slope


class Flat(msgspec.Struct, frozen=True):
    """A line that ran as often with many rows as with few."""

    operation: str
    line: str
    rows: tuple[int, ...]
    count: int


def claims(bench: Bench) -> Iterator[Claim | Curve]:
    """What growing the data shows of each line of the program, and of what each request costs."""
    yield from of_lines(bench)
    found = list(scaled(bench))
    yield from costs.claims(found, bench.prices)
    yield from costs.curves(found, bench.prices)


def of_lines(bench: Bench) -> Iterator[Claim]:
    """What growing the data shows of each line of the program."""
    for one in run(bench):
        if isinstance(one, Grown):
            yield Claim(
                trial="growth",
                outcome=Outcome.PROVEN,
                rules=("query-in-loop", "request-in-loop") if " " in one.what.strip() else ("request-in-loop",),
                operation=one.operation,
                lines=(one.line,) if one.line else (),
                exact=True,
                reason=_told(one),
                details=(one.what,),
            )
        else:
            yield Claim(
                trial="growth",
                outcome=Outcome.CLEARED,
                rules=("query-in-loop", "request-in-loop"),
                operation=one.operation,
                lines=(one.line,),
                exact=True,
                reason=f"ran {one.count} times at each of {_series(one.rows)} rows of {one.operation}",
            )


def _told(one: Grown) -> str:
    what = "statements" if " " in one.what.strip() else "calls"
    return f"{_series(one.counts)} {what} for {_series(one.rows)} rows: {one.slope.value:.2f} for each row"


def _series(numbers: Sequence[int]) -> str:
    return "/".join(map(str, numbers))


def run(bench: Bench) -> Iterator[Grown | Flat]:
    """Every line that grows or does not, of every operation that reads and is answered; each at its steepest."""
    if bench.database is None:
        return
    asked = [(operation.name, call) for operation, call in bench.reads()]
    found: dict[tuple[str, str], Grown | Flat] = {}
    for shared in (False, True):
        for one in _series_of(bench, asked, shared=shared):
            key = (one.operation, one.line)
            if key not in found or _steepness(one) > _steepness(found[key]):
                found[key] = one
    yield from found.values()


def _steepness(one: Grown | Flat) -> float:
    return one.slope.value if isinstance(one, Grown) else -1.0


def _series_of(bench: Bench, asked: Sequence[tuple[str, Call]], *, shared: bool) -> Iterator[Grown | Flat]:
    """What the requests do at each size, as many parents grow or one with many children."""
    assert bench.database is not None
    bench.database.restore()
    grower = Grower(bench.database, bench.owner)
    seen: dict[str, list[Answer]] = {name: [bench.application.call(call)] for name, call in asked}
    for step in STEPS:
        grower.grow(step, shared=shared)
        for name, call in asked:
            seen[name].append(_steady(bench, call))
    for name, answers in seen.items():
        yield from _grown(name, answers)


def _steady(bench: Bench, call: Call) -> Answer:
    """The second answer: the first one after a change may fill a cache of the program."""
    bench.application.call(call, watched=False)
    return bench.application.call(call)


def _grown(name: str, answers: Sequence[Answer]) -> Iterator[Grown | Flat]:
    told = [(rows_of(answer.json()), _counts(answer)) for answer in answers if answer.ok and answer.seen]
    if len(told) < 3:
        return
    rows = tuple(count for count, _ in told)
    for line, what in sorted({key for _, counts in told for key in counts}):
        counts = tuple(found.get((line, what), 0) for _, found in told)
        if len(set(rows)) > 2 and counts[-1] > counts[0] + 2:
            slope = theil_sen(rows, counts)
            if slope.low > _LEAST:
                yield Grown(name, line, what, rows, counts, slope)
        elif line and len(set(rows)) > 2 and len(set(counts)) == 1:
            yield Flat(name, line, rows, counts[0])


def _counts(answer: Answer) -> Mapping[tuple[str, str], int]:
    assert answer.seen is not None
    statements = Counter((one.line, one.sql) for one in answer.seen.statements)
    return statements + Counter((one.line, one.to) for one in answer.seen.calls)
