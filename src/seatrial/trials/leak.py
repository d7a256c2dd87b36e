"""What each request leaves behind: descriptors, temporary files, tasks, threads, objects, and memory at last.

Counted in rounds after a warm-up: first all operations together, and only if something rises each by itself. A count
that rises with the requests, surely and to the end, is a leak; its slope says how much a request leaves. Where it was
made is then looked for by tracing a few more requests.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import accumulate, count

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Call, Counts, Site, now
from seatrial.trials.actors import Actor
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.statistics import Slope, rising

ROUNDS = 12
_WARM = 20
_LEAST, _TOGETHER = 5, 240
"""Requests of each operation, and of all, in one round of all of them."""
_FEW, _MANY = 20, 100
"""Requests of one round of one operation: for what is counted one by one, and for objects and memory."""
_CROWD = 4
"""Of more operations, only those are asked many times that leave anything at a line of the program."""
_TRACED = 60
_FIRST = 0.6
"""The part of its time in which a trial asks for everything; the rest is for what is suspected then."""
_PLACED = ("temporary", "objects")
"""What is always made at some line, if it is the program that makes it."""
_SHARE = 0.4
"""A line is a place of the leak if it made so large a part of what is left."""


class Kind(msgspec.Struct, frozen=True):
    """Something that may be left behind. `least` is the least that counts, for each request."""

    name: str
    what: str
    rules: tuple[str, ...]
    least: float
    of: Callable[[Counts], float]
    rounds_of: int = _FEW


class Left(msgspec.Struct, frozen=True):
    """What an operation leaves behind: its slope for each request, and where it was made."""

    operation: str
    kind: Kind
    what: str
    slope: Slope
    requests: int
    sites: tuple[Site, ...]
    doubt: str = ""
    """Why it may be meant; empty if nothing speaks for that."""


class Clean(msgspec.Struct, frozen=True):
    """An operation that left nothing behind in so many requests."""

    operation: str
    requests: int


Ask = Callable[[], None]
"""Makes one request of an operation, with values of its own."""

_OPEN = ("unclosed-resource", "skipped-cleanup", "client-per-request")
_KEPT = ("unbounded-cache", "cache-on-method")
KINDS = (
    Kind("descriptors", "open descriptors", _OPEN, 0.2, lambda counts: sum(counts.descriptors.values())),
    Kind("temporary", "temporary files", ("temporary-file-left",), 0.2, lambda counts: counts.temporary),
    Kind("tasks", "tasks that do not end", ("dropped-task",), 0.2, lambda counts: counts.tasks),
    Kind("threads", "threads that do not end", _OPEN, 0.2, lambda counts: counts.threads),
    Kind("unbounded", "results in caches without a bound", _KEPT, 0.2, lambda counts: sum(counts.unbounded.values())),
    Kind("objects", "objects", _KEPT, 0.5, lambda counts: counts.objects, _MANY),
    Kind("memory", "bytes", _KEPT, 1_000, lambda counts: counts.memory, _MANY),
)
"""The most telling first: an open file is an object too."""


def claims(bench: Bench) -> Iterator[Claim]:
    """What the operations leave behind."""
    for one in run(bench):
        if isinstance(one, Left):
            yield _claim(one)


def run(bench: Bench) -> Iterator[Left | Clean]:
    """Every operation that can be asked again and again."""
    if not bench.application.is_countable:
        bench.gaps.append("leaks were not looked for: the program's processes cannot be seen from here")
        return
    asks = {operation.name: ask for operation in _repeatable(bench) if (ask := _asking(bench, operation))}
    if not asks:
        return
    took = {name: _lasts(ask) for name, ask in asks.items()}
    asks = _fitting(bench, asks, took)
    if not asks:
        return
    each = _each(asks)
    series, requests = _series(bench, list(asks.values()), each)
    suspected = [kind for kind in KINDS if _rises(kind, series, requests, len(asks))]
    for name, ask in asks.items():
        if not suspected:
            yield Clean(name, requests[-1] // len(asks))
        elif bench.has_time("leak of", name):
            kinds = suspected if len(asks) <= _CROWD else _screened(bench, ask, suspected)
            timely = [one for one in kinds if now() + took[name] * one.rounds_of * ROUNDS <= bench.until]
            found = _alone(bench, name, ask, timely)
            if found or timely == kinds:
                yield found or Clean(name, requests[-1] // len(asks))
            else:
                bench.leave("leak of", name)
    if bench.database is not None:
        bench.database.restore()


def _each(asks: Collection[str]) -> int:
    """How often each of these is asked for in a round."""
    return max(_LEAST, min(_FEW, _TOGETHER // len(asks)))


def _lasts(ask: Ask) -> float:
    """How long one request takes, in seconds."""
    began = now()
    ask()
    return now() - began


def _fitting(bench: Bench, asks: Mapping[str, Ask], took: Mapping[str, float]) -> dict[str, Ask]:
    """Those that there is time for."""
    seconds = {name: took[name] * _each(asks) * (ROUNDS + 1) for name in asks}
    kept = bench.fitting("leak of", seconds, _FIRST)
    return {name: ask for name, ask in asks.items() if name in kept}


def _repeatable(bench: Bench) -> Sequence[Operation]:
    """What may be asked thousands of times: all, where what it wrote can be put back or is ours."""
    is_ours = bench.database is not None or bench.application.workers.pids
    return [one for one in bench.operations if is_ours or not one.writes]


def _asking(bench: Bench, operation: Operation) -> Ask | None:
    """How to ask for the operation again and again; None if it accepts nothing of ours."""
    for actor in bench.askers:
        if known := bench.filling.accepted(operation, actor):
            return _varied(bench, operation, actor, known)
    return None


def _varied(bench: Bench, operation: Operation, actor: Actor, known: Call) -> Ask:
    """A new request each time, with other texts wherever they are accepted: what is kept by key shows only so."""
    texts = [p.name for p in operation.parameters if p.where == "query" and _is_free(p.schema)]
    numbers = count()

    def with_texts() -> Call:
        return bench.filling.call(operation, actor, given={name: f"seatrial{next(numbers)}" for name in texts})

    makers = (with_texts, lambda: bench.filling.call(operation, actor), lambda: known)
    make = next((one for one in makers if bench.application.call(one(), watched=False).ok), makers[-1])

    def ask() -> None:
        bench.application.call(make(), watched=False)

    return ask


def _is_free(schema: Mapping[str, object]) -> bool:
    return schema.get("type", "string") == "string" and not {"enum", "format", "pattern"} & schema.keys()


def _series(bench: Bench, asks: Sequence[Ask], each: int) -> tuple[Sequence[Counts], Sequence[int]]:
    """The counts after each round, and how many requests there were up to then."""
    for ask in asks:
        for _ in range(_WARM if len(asks) <= _CROWD else each):
            ask()
    series = [bench.application.counts()]
    for _ in range(ROUNDS - 1):
        for ask in asks:
            for _ in range(each):
                ask()
        series.append(bench.application.counts())
    return series, [0, *accumulate([each * len(asks)] * (ROUNDS - 1))]


def _alone(bench: Bench, name: str, ask: Ask, suspected: Sequence[Kind]) -> Left | None:
    """The first of the kinds, if any, that rises with this operation alone."""
    for size in sorted({kind.rounds_of for kind in suspected}):
        series, requests = _series(bench, [ask], size)
        for kind in suspected:
            slope = _rises(kind, series, requests, 1) if kind.rounds_of == size else None
            if slope:
                sites = (*_caches(kind, series[-1]), *_sites(bench, ask, kind, slope))
                left = Left(name, kind, _what(kind, series), slope, requests[-1], sites)
                bench.application.restart()  # what it left is none of the next operation's
                return msgspec.structs.replace(left, doubt=_doubt(bench, left, series))
    return None


def _rises(kind: Kind, series: Sequence[Counts], requests: Sequence[int], operations: int) -> Slope | None:
    """The slope for each request, if the count rises; of several operations, one alone may be at fault."""
    slope = rising(requests, list(map(kind.of, series)))
    return slope if slope and slope.value * operations >= kind.least else None


def _screened(bench: Bench, ask: Ask, suspected: Sequence[Kind]) -> Sequence[Kind]:
    """The kinds that are worth many requests of this operation: what is left is made somewhere."""
    few = [kind for kind in suspected if kind.rounds_of == _FEW]
    if few == suspected or not bench.application.workers.pids:
        return suspected
    if _made(bench, ask, _FEW, lambda site: max(site.count, site.bytes / 1_000)):
        return suspected
    return few


def _made(bench: Bench, ask: Ask, times: int, weight: Callable[[Site], float], least: float = 1) -> tuple[Site, ...]:
    """The lines that made something that is left of so many requests, if it weighs enough for each."""
    if not bench.application.workers.pids:
        return ()  # nobody in there notes lines
    bench.application.trace()
    for _ in range(times):
        ask()
    sites = bench.application.sites()
    return tuple(site for site in sites if site.line and weight(site) > _SHARE * least * times)


def _what(kind: Kind, series: Sequence[Counts]) -> str:
    """Of descriptors, the kind that rose most."""
    if kind.name != "descriptors":
        return kind.what
    first, last = series[0].descriptors, series[-1].descriptors
    most = max(last, key=lambda one: last[one] - first.get(one, 0))
    return f"{kind.what} ({most})"


def _doubt(bench: Bench, left: Left, series: Sequence[Counts]) -> str:
    if left.kind.name in _PLACED and not left.sites and bench.application.workers.pids:
        return "no line of the program makes them: a library may in the background, for want of a service"
    if left.kind.name not in ("objects", "memory"):
        return ""
    if not bench.application.workers.pids:
        return "from outside, what a collector has not yet taken looks the same"
    if series[-1].bounded > series[len(series) // 2].bounded:
        return "caches that have a bound are still filling"
    if bench.database is None and not left.operation.startswith("GET "):
        return "the program keeps in memory what it is given"
    return ""


def _caches(kind: Kind, last: Counts) -> Sequence[Site]:
    """The function whose results are kept, if that is what rises."""
    kept = sorted(last.unbounded.items(), key=lambda one: -one[1]) if kind.name == "unbounded" else []
    return [Site(line, size, 0) for line, size in kept[:1]]


def _sites(bench: Bench, ask: Ask, kind: Kind, slope: Slope) -> tuple[Site, ...]:
    """The lines that made what is left, those that made most first."""
    if kind.name == "memory":
        return _made(bench, ask, _TRACED, lambda site: site.bytes, slope.value)
    return _made(bench, ask, _TRACED, lambda site: site.count, min(slope.value, 1))


def _claim(one: Left) -> Claim:
    lines = tuple(site.line for site in one.sites)
    low, high = (f"{edge:,.2f}" for edge in (one.slope.low, one.slope.high))
    what = f"each request of {one.operation} leaves {one.slope.value:,.2f} {one.what} behind ({low} to {high})"
    reason = f"{what}, counted {ROUNDS} times over {one.requests:,} requests"
    return Claim(
        trial="leak",
        outcome=Outcome.INCONCLUSIVE if one.doubt else Outcome.PROVEN,
        rules=one.kind.rules,
        operation=one.operation,
        lines=lines,
        reason=f"{reason}; but {one.doubt}" if one.doubt else reason,
        details=tuple(f"{site.line}: {site.count} objects left, {site.bytes:,} bytes" for site in one.sites),
        steps=tuple((line, "what is made here is still there afterwards") for line in lines[:3]),
    )
