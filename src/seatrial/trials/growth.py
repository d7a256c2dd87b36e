"""Statements and outgoing calls of a request, as its data grows.

Rows are cloned in steps, and every request that only reads is made at each size. What a request does is told by the
line of the program that does it; a line whose count rises with the rows that come back is proven to run once for each.
Counts do not depend on the machine, so a slope is the same on a slow one.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seatrial.model.curve import Curve
from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call, now
from seatrial.trials import costs
from seatrial.trials.answers import outer_rows, rows_of
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.growing import Grower
from seatrial.trials.scaling import scaled
from seatrial.trials.statistics import Slope, theil_sen

STEPS = (3, 5, 10, 20)
"""Clones added, one step after another: three, then five more, and so on."""
_WORD = re.compile(r"\w+")
_PART = 0.25
"""Of the time that is left, for each way to grow: the larger sizes need more."""
_STATES = 0.15
"""Of the time that is left, for rows in other states."""
_LOOKS = 2
"""Before so many steps it is looked at what there is time for."""
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
    grown = {one.operation for one in found.values() if isinstance(one, Grown)}
    for one in _in_states(bench, [(name, call) for name, call in asked if name not in grown]):
        found[one.operation, one.line] = one
    yield from found.values()


def _in_states(bench: Bench, asked: Sequence[tuple[str, Call]]) -> Iterator[Grown]:
    """What grows with rows in other states, of requests that did not: what is published, where all that is made is not.

    What is left when there is no time is not told: it was tried with the rows that the program made.
    """
    until = now() + (bench.until - now()) * _STATES
    for nth in range(bench.filling.states if asked else 0):
        if now() > until:
            return
        for one in _series_of(bench, asked, shared=False, nth=nth, until=until):
            if isinstance(one, Grown):
                yield one


def _steepness(one: Grown | Flat) -> float:
    return one.slope.value if isinstance(one, Grown) else -1.0


def _series_of(
    bench: Bench, asked: Sequence[tuple[str, Call]], *, shared: bool, nth: int | None = None, until: float = math.inf
) -> Iterator[Grown | Flat]:
    """What the requests do at each size, as many parents grow or one with many children.

    With `nth`, rows in the other state of that number grow where there are any, and no longer than `until`.
    """
    assert bench.database is not None
    bench.database.restore()
    grower = Grower(bench.database, bench.owner, bench.filling.copies, nth)
    seen: dict[str, list[Answer]] = {name: [bench.application.call(call)] for name, call in asked}
    sizes = [1]
    for number, step in enumerate(STEPS):
        if nth is None:
            asked = _fitting(bench, asked, seen, len(STEPS) - number) if number < _LOOKS else asked
        elif now() > until:
            return
        grower.grow(step, shared=shared)
        sizes.append(sizes[-1] + step)
        for name, call in asked:
            seen[name].append(_steady(bench, call))
    for name, _ in asked:
        yield from _grown(name, seen[name], sizes)


def _fitting(
    bench: Bench, asked: Sequence[tuple[str, Call]], seen: Mapping[str, Sequence[Answer]], steps: int
) -> Sequence[tuple[str, Call]]:
    """The requests that there is time for in so many steps, but for those whose answers do not grow.

    Before the first step, which tells that and what a steady answer takes, the time is only for that step.
    """
    growing = [(name, call) for name, call in asked if _grows(seen[name])]
    seconds = {name: seen[name][-1].seconds * 2 * (1 if steps == len(STEPS) else steps) for name, _ in growing}
    kept = bench.fitting("growth of", seconds, _PART)
    return [(name, call) for name, call in growing if name in kept]


def _grows(answers: Sequence[Answer]) -> bool:
    """Whether it may hold more rows the more there are, as far as it was asked."""
    told = [answer.json() for answer in answers]
    return (
        len(told) == 1
        or told[-1] is None
        or (rows_of(told[0]), outer_rows(told[0]))
        != (
            rows_of(told[-1]),
            outer_rows(told[-1]),
        )
    )


def _steady(bench: Bench, call: Call) -> Answer:
    """The second answer: the first one after a change may fill a cache of the program."""
    bench.application.call(call, watched=False)
    return bench.application.call(call)


def _grown(name: str, answers: Sequence[Answer], sizes: Sequence[int]) -> Iterator[Grown | Flat]:
    told = [(answer, _counts(answer), size) for answer, size in zip(answers, sizes, strict=True) if _is_told(answer)]
    series = [one for one in _rows([(answer.json(), size) for answer, _, size in told]) if len(set(one)) > 2]
    texts = {key: text for _, counts, _ in told for key, (text, _) in counts.items()}
    for line, shape in sorted(texts) if series else ():
        counts = tuple(found.get((line, shape), ("", 0))[1] for _, found, _ in told)
        slopes = [(theil_sen(rows, counts), rows) for rows in series]
        slope, rows = max(slopes, key=lambda one: one[0].low)
        if counts[-1] > counts[0] + 2 and slope.low > _LEAST:
            yield Grown(name, line, texts[line, shape], rows, counts, slope)
        elif line and len(set(counts)) == 1:
            yield Flat(name, line, series[0], counts[0])


def _is_told(answer: Answer) -> bool:
    return answer.ok and answer.seen is not None


def _rows(told: Sequence[tuple[Any, int]]) -> Sequence[tuple[int, ...]]:
    """The rows in each answer: of its longest list, and of its outermost; of a page, those that were there to show."""
    if all(value is None for value, _ in told):
        return [tuple(size for _, size in told)]
    return [tuple(rows_of(value) for value, _ in told), tuple(outer_rows(value) for value, _ in told)]


def _counts(answer: Answer) -> Mapping[tuple[str, str], tuple[str, int]]:
    """How often each statement and call was made, with its text, by its line and its words.

    By its words, since some programs write the columns of a statement in another order in each process.
    """
    assert answer.seen is not None
    made = [(one.line, one.sql) for one in answer.seen.statements] + [(one.line, one.to) for one in answer.seen.calls]
    counts = Counter((line, _shape(text)) for line, text in made)
    return {(line, _shape(text)): (text, counts[line, _shape(text)]) for line, text in made}


def _shape(text: str) -> str:
    return " ".join(sorted(_WORD.findall(text)))
