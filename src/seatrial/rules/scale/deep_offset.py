"""A loop goes through a table in pieces, and skips what it has read by an offset.

To skip a million rows the database reads a million rows: each piece costs more than the one before, so ten times the table is a hundred
times the work; and rows that come or go meanwhile are read twice, or never.

Go on from the last key instead (`filter(pk__gt=last).order_by("pk")[:1000]`), or let the database keep its place (`iterator()`,
`yield_per`, a server-side cursor).

## Bad: Django

```shop/orders.py
from django.db import models

class Order(models.Model):
    total = models.IntegerField()

def place(total):
    return Order.objects.create(total=total)

def walk():
    start = 0
    while True:
        orders = Order.objects.order_by("pk")[start:start + 1000]  # finding: Order
        if not orders:
            break
        yield from orders
        start += 1000

def counted():
    for start in range(0, Order.objects.count(), 500):
        for order in Order.objects.order_by("pk")[start:start + 500]:  # finding: Order
            yield order
```

## Bad: SQLAlchemy

```shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)

def place(session):
    session.add(Order())
```

```shop/export.py
from sqlalchemy import select
from sqlalchemy.orm import Session
from shop.models import Order

def walk(session: Session):
    offset = 0
    while orders := session.query(Order).order_by(Order.id).offset(offset).limit(1000).all():  # finding: Order
        yield from orders
        offset += len(orders)

def pages(session: Session):
    page = 0
    while True:
        statement = select(Order).order_by(Order.id).offset(page * 100).limit(100)  # finding: Order
        orders = session.scalars(statement).all()
        if not orders:
            return
        yield from orders
        page += 1
```

## Good

```shop/orders.py
from django.db import models

class Order(models.Model):
    total = models.IntegerField()

class Kind(models.Model):
    name = models.CharField(max_length=9)

def place(total):
    return Order.objects.create(total=total)

def walk():
    last = 0
    while True:
        orders = list(Order.objects.filter(pk__gt=last).order_by("pk")[:1000])
        if not orders:
            break
        yield from orders
        last = orders[-1].pk

def streamed():
    yield from Order.objects.order_by("pk").iterator(chunk_size=1000)

def page(number):
    return Order.objects.order_by("pk")[number * 50:number * 50 + 50]

def in_memory():
    orders = list(Order.objects.filter(total__gt=3))
    for start in range(0, len(orders), 100):
        yield orders[start:start + 100]

def first_of_each(limits):
    for kind, limit in limits:
        yield Order.objects.filter(total=kind)[:limit]

def emptied():
    while orders := Order.objects.order_by("pk")[:1000]:
        for order in orders:
            order.delete()
```

## Not found yet

```shop/orders.py
from django.core.paginator import Paginator
from django.db import models

class Order(models.Model):
    total = models.IntegerField()

def place(total):
    return Order.objects.create(total=total)

def walk():
    pages = Paginator(Order.objects.order_by("pk"), 1000)
    for number in pages.page_range:
        yield from pages.page(number)  # gap: the paginator slices
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.program import LOOPS, Function, Program
from seatrial.program.ancestry import made_of
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.scale._data import is_carried
from seatrial.rules.scale._worth import weighed

_INDEXES = frozenset({f.Index})
_RETURNS = frozenset({f.Return})


@rule(severity=Severity.WARNING, category=("quadratic",), cwe=(407,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Offsets of queries, as calls or slices, that a loop moves on."""
    for function, call in program.index.calls("offset"):
        step = function.values[call]
        if type(step) is f.Call and step.args and step.receiver >= 0:
            yield from _match(program, function, call, step.args[0])
    for function in program.index.with_regions("for", "while"):
        for at in function.of(_INDEXES):
            step = function.values[at]
            key = function.values[step.key] if type(step) is f.Index and function.region_of[at] >= 0 else None
            if type(key) is f.Collection and key.kind == "slice" and key.items and key.items[0] >= 0:
                yield from _match(program, function, at, key.items[0])


def _match(program: Program, function: Function, at: int, offset: int) -> Iterator[Match]:
    loop = next((r for r in function.enclosing(at) if r.kind in LOOPS and _is_moved(function, offset, r)), None)
    query = program.queries.query(function, at) if loop and _is_query(program, function, at) else None
    if loop is None or query is None or not query.table:
        return
    name = query.table.rpartition(".")[2]
    waited = (program.occasions.is_asked(function) or not program.endpoints) and not _has_enough(function, at, loop)
    yield Match(
        message=f"{name} is gone through by an offset, so that each piece reads all before it again",
        function=function,
        line=function.values[at].line,
        key=query.table,
        path=(
            Step(Place(function.file.path, loop.line, loop.line), "goes on to the next piece"),
            function.step(at, "skips what was read before"),
        ),
        confidence=weighed(program, function, 0.75 if waited else SLIGHT),
    )


def _has_enough(function: Function, at: int, loop: f.Region) -> bool:
    """The function returns as soon as it has what it looks for, most often in the first piece, not only behind the last."""
    for value in function.of(_RETURNS):
        step = function.values[value]
        if type(step) is not f.Return or step.value < 0:
            continue
        asked = [c for c, _ in function.guards(value) if loop.start <= c and value < loop.end]
        if any(at not in set(made_of(function, condition)) for condition in asked):
            return True
    return False


def _is_query(program: Program, function: Function, at: int) -> bool:
    """The slice, or the call, is one of a query that has not run."""
    step = function.values[at]
    owner = step.base if type(step) is f.Index else at
    found = program.type_of(function, owner)
    return any(program.types.has_kind(found, kind) for kind in ("query", "manager", "statement"))


def _is_moved(function: Function, offset: int, loop: f.Region) -> bool:
    """The offset is the loop's own number, or one that each round adds to."""
    made = made_of(function, offset, start=loop.start) if offset < loop.end else ()
    return any(is_carried(function, value) or _is_number(function, value) for value in made)


def _is_number(function: Function, value: int) -> bool:
    """`for start in range(0, total, 1000)`"""
    step = function.values[value]
    over = function.values[function.origin(step.of)] if type(step) is f.Element else None
    return type(over) is f.Call and over.callee in {"!range", "itertools.count"}
