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

## Bad: a relation that was not loaded ahead

```shop/orders.py
from django.db import models

class Customer(models.Model):
    name = models.CharField(max_length=80)

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)

def names():
    return [order.customer.name for order in Order.objects.all()]  # finding: customer is fetched
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

def two():
    return [Customer.objects.filter(name=n).count() for n in ("a", "b")]
```

## Not found yet

```shop/orders.py
def names(session, ids):
    return [session.find_everything(key) for key in ids]  # gap: nothing says that `session` is a database
```
"""

from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Loop, Program, Query, Size, listed
from seatrial.program.rows import Read
from seatrial.rules.contract import Match, rule

CONFIDENCE = {Size.ROWS: 0.9, Size.UNKNOWN: 0.8}
"""By what is known of the collection that the loop goes over."""


@rule(severity=Severity.ERROR, category=("nplus1",), cwe=(1073,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Reads in loops: by a library call, by a function that leads to one, or by a relation attribute."""
    for function in program.index.with_loops():
        seen: set[tuple[int, str]] = set()
        for match in (*_queries(program, function), *_relations(program, function)):
            if (match.line, match.key) not in seen:
                seen.add((match.line, match.key))
                yield match


def _queries(program: Program, function: Function) -> Iterator[Match]:
    for value in _candidates(program, function):
        loop = program.loops.around(function, value)
        effect = _effect(program, function, value) if loop else None
        if loop and effect and not effect.once and not _is_loaded(program, loop, effect):
            yield _match(loop, effect)


def _candidates(program: Program, function: Function) -> Iterator[int]:
    """Calls, and the queries that inner loops run."""
    own = (e.value for e in program.effects.local(function) if e.kind == "db.read")
    return (v for v in sorted({*function.calls, *own}) if function.region_of[v] >= 0)


def _effect(program: Program, function: Function, value: int) -> Effect | None:
    step = function.values[value]
    if type(step) is f.Call:
        return program.effects.of_call(function, value, "db.read")
    return next((e for e in program.effects.local(function) if e.value == value and e.kind == "db.read"), None)


def _is_loaded(program: Program, loop: Loop, effect: Effect) -> bool:
    """`row.items.all()` runs no query when the loop's own query has fetched `items` along; a filter on it runs one."""
    source = effect.source
    function, step = source.function, source.function.values[source.value]
    if type(step) is f.Call and step.receiver >= 0 and step.callee == "all":
        step = function.values[step.receiver]
    if type(step) is not f.Attr:
        return False
    query = program.queries.query(loop.function, loop.facts.subject)
    return query is not None and (query.loads(step.name) or not query.whole)


def _match(loop: Loop, effect: Effect) -> Match:
    function = loop.function
    table = effect.what.rpartition(".")[2] or "the database"
    over = loop.over
    confidence = CONFIDENCE[loop.size] - min(0.03 * effect.depth, 0.15)
    return Match(
        message=f"{table} is queried for each element of {over}",
        function=function,
        line=function.values[effect.value].line,
        key=f"{table} in {over}",
        path=(loop.step(), *effect.path("runs a query")),
        confidence=confidence,
        weight=3.0 if loop.size is Size.ROWS else 2.0,
        also=_functions(effect),
    )


def _functions(effect: Effect) -> tuple[Function, ...]:
    found, step = [], effect.via
    while step is not None:
        found.append(step.function)
        step = step.via
    return tuple(found)


def _relations(program: Program, function: Function) -> Iterator[Match]:
    for loop in program.loops.of(function):
        query = program.queries.query(function, loop.facts.subject) if loop.element >= 0 else None
        if query is None or not query.table:
            continue
        by_line: dict[int, list[Read]] = defaultdict(list)
        for read in program.rows.reads(function, loop.element):
            if program.loops.around(function, read.value) and not query.loads(*read.chain):
                by_line[function.values[read.value].line].append(read)
        for line, reads in by_line.items():
            yield _unloaded(loop, query, line, reads)


def _unloaded(loop: Loop, query: Query, line: int, reads: list[Read]) -> Match:
    """What one line fetches is one fault, however many relations it follows."""
    table = query.table.rpartition(".")[2]
    chains = sorted(".".join(read.chain) for read in reads)
    first = min(reads, key=lambda read: len(read.path))
    return Match(
        message=f"{listed(chains)} fetched for each row of {table}: not loaded ahead",
        function=loop.function,
        line=line,
        key=f"{table}.{','.join(chains)}",
        path=(loop.step(), *first.path),
        confidence=(0.9 if query.whole else 0.6) - 0.04 * (len(first.path) - 1),
        weight=3.0,
    )
