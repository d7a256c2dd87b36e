"""The database is asked once for each element of a collection, instead of once for all of them (N+1 queries).

Each query costs a round trip: ten rows in the demo are ten milliseconds, ten thousand rows in production are ten seconds, on
every request, and the connection pool is held all that time.

Ask once: fetch all that the loop needs before it (`filter(id__in=ids)`, `select_related`, `prefetch_related`, `joinedload`,
`selectinload`, a join), then look it up in a dictionary.

## Bad: a query for each row

```shop/orders.py
from django.db import models

class Customer(models.Model):
    name = models.CharField(max_length=80)

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)

def names(ids):
    found = []
    for key in ids:
        found.append(Customer.objects.get(pk=key).name)  # finding: Customer is queried for each element of ids
    return found
```

## Bad: several calls deep, across files

```shop/models.py
from django.db import models

class Stock(models.Model):
    amount = models.IntegerField()
```

```shop/stock.py
from shop.models import Stock

def amount(product):
    return Stock.objects.filter(product=product).first()

def available(product):
    return amount(product) is not None
```

```shop/web.py
from shop.stock import available

def listing(products):
    return [p for p in products if available(p)]  # finding
```

## Good

```shop/orders.py
from django.db import models

class Customer(models.Model):
    name = models.CharField(max_length=80)

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)

def names(ids):
    return [c.name for c in Customer.objects.filter(pk__in=ids)]

def customers():
    return [order.customer.name for order in Order.objects.select_related("customer")]

def first(ids):
    for key in ids:
        if key > 3:
            return Customer.objects.get(pk=key)
    return None
```
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from seatrial.model import facts as f
from seatrial.model.finding import Severity, Step
from seatrial.program import Effect, Function, Loop, Program, Query, Serving, Size, listed
from seatrial.program.ahead import asked_of
from seatrial.program.branches import is_left_out
from seatrial.program.errands import collects_to_send, is_errand, is_write, sends, writes
from seatrial.program.rows import Read
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.scale._brought import BROUGHT, comes_along
from seatrial.rules.scale._data import is_data, is_set_up
from seatrial.rules.scale._endings import SEARCHED, ends_at, may_end_at
from seatrial.rules.scale._fewness import SET_UP, few
from seatrial.rules.scale._rounds import (
    are_given,
    are_many,
    asks_for_many,
    asks_what_is_loaded,
    is_loaded,
    is_of_one,
    is_read,
    is_remembered,
    is_typed,
    is_whole,
    is_work,
    keeps,
    outlives_failures,
)
from seatrial.rules.scale._servings import LIKELY, shown, unmet
from seatrial.rules.scale._worth import weighed

CONFIDENCE = {Size.ROWS: (0.9, 0.03), Size.UNKNOWN: (0.8, 0.05)}
"""By what is known of the collection that the loop goes over: at first hand, and less for each call in between."""
IN_SIGHT = 0.72
"""A query that stands in the loop itself is seen, and left where those who wrote it know the elements to be few."""
UNREACHED = 0.1
"""Less where no endpoint leads to the loop, though there are endpoints."""
OTHERWISE = 0.22
"""Less where one query for all would not do the same, since each element is worked on by itself."""
SENDING = 0.25
"""Less where each element waits for a far machine anyway."""
UNSEEN = 0.15
"""Less for a collection of unknown size."""

_OF_LOADED = frozenset({"all", "count", "exists"})
"""Methods that run no query on what was loaded ahead."""
_CATALOGUE = re.compile(r"(?i)sqlite_|pg_|information_schema\b|sys\.")
"""Tables in which a database tells of its tables."""


@dataclass(frozen=True, slots=True)
class _Cost:
    """A query that a loop runs for each element: of what, at which line, by which way.

    `cause`: equal for costs that one change would mend, wherever the loops are. `each`: asked for each what?
    """

    loop: Loop
    what: str
    line: int
    path: tuple[Step, ...]
    confidence: float
    cause: Hashable
    also: tuple[Function, ...] = ()
    each: str = ""


@rule(severity=Severity.ERROR, category=("nplus1",), cwe=(1073,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Reads in loops: by a library call, by a function that leads to one, or by a relation attribute. One finding a loop.

    And reads for each row that a library shows by itself, so that no loop is seen: one finding a query.
    """
    causes: dict[Hashable, list[list[_Cost]]] = defaultdict(list)
    for function in program.index.with_loops():
        loops: dict[int, list[_Cost]] = defaultdict(list)
        for cost in (*_queries(program, function), *_relations(program, function)):
            loops[cost.loop.region].append(cost)
        for costs in loops.values():
            causes[_first(costs).cause].append(costs)
    for found in causes.values():
        yield _match(program, found)
    served: dict[Hashable, list[Serving]] = defaultdict(list)
    causes_at: dict[Hashable, Hashable] = {}
    for serving in program.served_rows:
        asked = unmet(program, serving)
        if asked.needs and not any(asks_what_is_loaded(one) for need in asked.needs for one in need.also):
            cause = causes_at.setdefault((serving.cause[0], serving.line), serving.cause)
            served[cause].append(asked)
    for servings in served.values():
        yield shown(program, servings)


def _first(costs: Iterable[_Cost]) -> _Cost:
    return max(costs, key=lambda cost: (cost.confidence, -cost.line))


def _match(program: Program, found: list[list[_Cost]]) -> Match:
    """One finding for loops with the same cause; the others are told as steps."""
    found = sorted(found, key=lambda costs: -_sure(program, costs))
    first = _first(found[0])
    others = [_first(costs) for costs in found[1:]]
    loop = first.loop
    names = sorted(dict.fromkeys(cost.what for cost in found[0]), key=lambda what: what != first.what)
    each = first.each if all(cost.each for cost in found[0]) else ""
    rows = each or ("row" if loop.size is Size.ROWS else "element")
    return Match(
        message=f"{listed(names)} queried for each {rows} of {loop.over}",
        function=loop.function,
        line=first.line,
        key=f"{names[0]} in {loop.over}",
        path=(loop.step(), *first.path, *(other.loop.step("also ") for other in others)),
        confidence=_sure(program, found[0]),
        weight=3.0 if loop.size is Size.ROWS else 2.0,
        also=(*first.also, *(other.loop.function for other in others)),
    )


def _sure(program: Program, costs: list[_Cost]) -> float:
    """How sure the surest of the costs of one loop is, in view of all else that the loop does."""
    first = _first(costs)
    function = first.loop.function
    sent = sends(program, first.loop) or collects_to_send(program, first.loop)
    by_the_way = SENDING if sent else OTHERWISE if outlives_failures(first.loop) else 0.0
    reached = program.is_served(function) or program.is_awaited(function) or first.loop.size is Size.UNKNOWN
    rare = few(program, first.loop, len({cost.what for cost in costs}))
    less = by_the_way + max(rare, 0.0 if reached else UNREACHED)
    return weighed(program, function, min(first.confidence - less, _most(program, first.loop)))


def _most(program: Program, loop: Loop) -> float:
    """Nearly every reader acts on a query for each row of a whole table, on each request."""
    return 1.0 if is_whole(program, loop) and program.occasions.is_asked(loop.function) else LIKELY


def _queries(program: Program, function: Function) -> Iterator[_Cost]:
    for value in () if program.effects.has_none(function, "db.read") else _candidates(program, function):
        loop = program.loops.around(function, value)
        effect = _effect(program, function, value) if loop else None
        if not loop or not effect or effect.once or is_work(program, loop, effect):
            continue
        loaded = _is_loaded(program, loop, effect)
        if loaded is not True:
            yield _Cost(
                loop,
                effect.what.rpartition(".")[2] or "the database",
                function.values[value].line,
                effect.path("runs a query"),
                _confidence(program, loop, effect) - (BROUGHT if loaded is None else 0.0),
                _cause(loop, effect),
                tuple(link.function for link in effect.chain[1:]),
            )


def _is_avoided(effect: Effect) -> bool:
    """One of the calls on the way gives what the query would be asked for: `price(order, rates=rates)`.

    Or a function on the way asks what was loaded ahead.
    """
    if any(asks_what_is_loaded(link.function) for link in effect.chain[1:]):
        return True
    return any(is_left_out(g.function, g.value, before.function, before.value) for before, g in pairwise(effect.chain))


def _cause(loop: Loop, effect: Effect) -> Hashable:
    """The same function is called for the same things, and asks for the same table."""
    if effect.via is None:
        return loop.function, loop.outermost
    return effect.via.function, effect.what, loop.over.rpartition(".")[2]


def _confidence(program: Program, loop: Loop, effect: Effect) -> float:
    """Less where the row is written at once (`get_or_create`), or each element does work of its own (`handler.run()`)."""
    first, less = CONFIDENCE[_size(program, loop)]
    source = effect.source
    work = any(e.value == source.value and e.kind == "db.write" for e in program.effects.local(source.function))
    step = loop.function.values[effect.value]
    row = program.type_of(loop.function, loop.element) if loop.element >= 0 else None
    own = type(step) is f.Call and loop.function.origin(step.receiver) == loop.element >= 0
    dispatched = own and not program.types.has_kind(row, "model")
    work = work or dispatched or asks_for_many(loop, effect) or is_errand(program, loop.function, effect.value)
    work = (
        work
        or writes(program, loop)
        or (keeps(program, loop) and not is_data(program, loop.function, loop.facts.subject))
        or _CATALOGUE.match(effect.what) is not None
    )
    seen = min(first, _in_sight(program, loop)) if not effect.depth and _size(program, loop) is Size.UNKNOWN else first
    if is_typed(loop):
        return 0.6
    seen -= _searched(program, loop, effect.value)
    if effect.depth > 1 and program.endpoints and _size(program, loop) is Size.UNKNOWN:
        seen -= less / 2  # whether it is many is far from being seen
    return seen - min(less * effect.depth, 5 * less) - OTHERWISE * work - _unwaited(program, loop)


def _in_sight(program: Program, loop: Loop) -> float:
    """As many as a caller sends, in the very function that answers; else nothing tells that there are many."""
    function = loop.function
    many = are_many(program, function, loop.facts.subject, local=True)
    return IN_SIGHT if not program.endpoints or (many and program.occasions.recurs(function)) else SLIGHT


def _size(program: Program, loop: Loop) -> Size:
    """Rows that somebody has picked or put into a list before are as many as that somebody likes."""
    function, subject = loop.function, loop.function.origin(loop.facts.subject)
    if type(function.values[subject]) is f.Param:
        return Size.UNKNOWN
    is_list = getattr(program.type_of(function, subject), "name", "") == "builtins.list"
    return Size.UNKNOWN if is_list and not is_read(program, function, subject) else loop.size


def _unwaited(program: Program, loop: Loop) -> float:
    """Of elements of which nothing tells how many there are: they have to be read or sent, and somebody has to wait."""
    if _size(program, loop) is not Size.UNKNOWN or not program.endpoints:
        return 0.0
    many = are_many(program, loop.function, loop.facts.subject)
    return 0.0 if many and program.occasions.is_asked(loop.function) else UNSEEN


def _searched(program: Program, loop: Loop, value: int) -> float:
    """Of a whole table, so many may be gone through in vain that it counts for nothing that the loop may end before."""
    return SEARCHED if may_end_at(loop, value) and not is_whole(program, loop) else 0.0


def _candidates(program: Program, function: Function) -> Iterable[int]:
    """Calls, and the queries that inner loops run."""
    own = {e.value for e in program.effects.local(function) if e.kind == "db.read"}
    return (v for v in sorted(own.union(function.calls)) if function.region_of[v] >= 0)


def _effect(program: Program, function: Function, value: int) -> Effect | None:
    """The nearest query that a call runs, of those that it does not leave out."""
    if type(function.values[value]) is f.Call:
        nearest = program.effects.of_call(function, value, "db.read")
        if nearest is None or nearest.via is None or not _is_avoided(nearest):
            return nearest
        all_of_them = program.effects.of(nearest.via.function, "db.read").values()
        through = (one.through(function, value, once=one.once or nearest.once) for one in all_of_them)
        return min((one for one in through if not _is_avoided(one)), key=lambda one: one.depth, default=None)
    return next((e for e in program.effects.local(function) if e.value == value and e.kind == "db.read"), None)


def _is_loaded(program: Program, loop: Loop, effect: Effect) -> bool | None:
    """`row.items.all()`, or a count, runs no query when the rows came with their `items`; a filter does. None: perhaps."""
    source = effect.source
    function, step = source.function, asked_of(source.function, source.value, _OF_LOADED)
    if type(step) is not f.Attr:
        return False
    query = program.queries.query(loop.function, loop.facts.subject)
    if program.arrivals.along(effect, step.base, step.name):
        return True
    if query is None:
        return program.arrivals.bring(function, step.base, (step.name,))
    return query.loads(step.name) or not query.whole


def _relations(program: Program, function: Function) -> Iterator[_Cost]:
    read_before = set[tuple[int, tuple[str, ...]]]()
    for loop in program.loops.of(function):
        query = program.queries.query(function, loop.facts.subject) if loop.element >= 0 else None
        if query is None or not query.table or are_given(function, loop.facts.subject):
            continue
        for read in program.rows.reads(function, loop.element):
            if program.loops.around(function, read.value) and not is_loaded(program, loop, read.chain):
                brought = comes_along(program, function, loop.facts.subject, read.chain)
                again = (
                    function.origin(loop.facts.subject),
                    read.chain,
                )  # a query keeps its rows, with what was read of them
                if brought is not True and again not in read_before and not _ends(loop, read):
                    read_before.add(again)
                    yield _relation(program, loop, query, read, BROUGHT if brought is None else 0.0)


def _ends(loop: Loop, read: Read) -> bool:
    return len(read.chain) == 1 and ends_at(loop, read.value)


def _relation(program: Program, loop: Loop, query: Query, read: Read, less: float) -> _Cost:
    function = loop.function
    confidence = (CONFIDENCE[_size(program, loop)][0] if query.whole else 0.6) - 0.04 * (len(read.path) - 1) - less
    confidence -= _unwaited(program, loop) + _searched(program, loop, read.value)
    if any(is_write(body) for body in read.through) or writes(program, loop):
        confidence -= OTHERWISE
    elif is_errand(program, function, read.value):
        confidence -= OTHERWISE / 2
    line = function.values[read.value].line
    cause: Hashable = (function.file, read.through[0], read.chain) if read.through else (function, loop.outermost)
    if is_of_one(program, loop):  # one table of few rows each, which many places go over
        cause = (query.table, *read.chain)
    each = ""
    if is_remembered(program, loop, read.chain):
        each = "different one among the rows"
        confidence -= SET_UP * is_set_up(read.chain[-1].title())
    return _Cost(loop, "." + ".".join(read.chain), line, read.path, confidence, cause, each=each)
