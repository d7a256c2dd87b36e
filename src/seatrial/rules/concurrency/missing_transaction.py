"""Writes that belong together are made one by one: when the second fails, the first stays.

An order without lines, money that has left one account and never reached the other: nothing in the program expects such rows, and nobody can
tell them from good ones afterwards. With enough requests, some process is killed, some lock times out, between the two every day.

Put them in one transaction: `with transaction.atomic():`, or one `session.commit()` after the last write (`session.flush()` gives the key of
a new row before).

## Bad: Django, where each write is a transaction of its own

```shop/models.py
from django.db import models

class Order(models.Model):
    name = models.CharField(max_length=80)

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")

class Account(models.Model):
    balance = models.IntegerField()
```

```shop/views.py
from django.db.models import F
from shop.models import Account, Line, Order

def place(request):
    order = Order.objects.create(name=request.POST["name"])
    for sku in request.POST.getlist("sku"):
        Line.objects.create(order=order)  # finding: Order and Line

def place_many(request):
    order = Order(name=request.POST["name"])
    order.save()
    Line.objects.bulk_create([Line(order=order) for _ in request.POST.getlist("sku")])  # finding: Order and Line

def replace(request, key):
    order = Order.objects.get(pk=key)
    order.lines.all().delete()
    for sku in request.POST.getlist("sku"):
        order.lines.create()  # finding: Line

def pay(request):
    Account.objects.filter(pk=1).update(balance=F("balance") - 5)
    Account.objects.filter(pk=2).update(balance=F("balance") + 5)  # finding: balance

def pay_again(request):
    move(Account.objects.get(pk=1), Account.objects.get(pk=2), 5)

def move(giver: Account, taker: Account, amount):
    giver.balance = giver.balance - amount
    giver.save()
    taker.balance += amount
    taker.save()  # finding: balance
```

```shop/urls.py
from django.urls import path
from shop import views

urlpatterns = [
    path("place", views.place),
    path("place-many", views.place_many),
    path("replace/<key>", views.replace),
    path("pay", views.pay),
    path("pay-again", views.pay_again),
]
```

## Bad: SQLAlchemy, with a commit in between

```shop/web.py
from fastapi import FastAPI
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)

class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))

app = FastAPI()

@app.post("/orders")
def place(session: Session):
    order = Order()
    session.add(order)
    session.commit()
    session.refresh(order)
    session.add(Line(order_id=order.id))  # finding: Order and Line
    session.commit()
```

## Good

```shop/models.py
from django.db import models

class Order(models.Model):
    name = models.CharField(max_length=80)

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")

class OrderLog(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)

class Stock(models.Model):
    count = models.IntegerField()
```

```shop/views.py
from django.db import transaction
from django.utils.decorators import method_decorator
from django.views import View
from shop.models import Line, Order, OrderLog, Stock

def place(request):
    with transaction.atomic():
        order = Order.objects.create(name=request.POST["name"])
        Line.objects.create(order=order)

@transaction.atomic
def place_again(request):
    order = Order.objects.create(name=request.POST["name"])
    Line.objects.create(order=order)

def place_through(request):
    with transaction.atomic():
        store(request.POST["name"])

def store(name):
    order = Order.objects.create(name=name)
    Line.objects.create(order=order)

def log(request):
    order = Order.objects.create(name=request.POST["name"])
    OrderLog.objects.create(order=order)

def independent(request):
    Order.objects.create(name=request.POST["name"])
    Stock.objects.create(count=1)

def found_or_made(request):
    order = Order.objects.filter(name=request.POST["name"]).first()
    if order is None:
        order = Order.objects.create(name=request.POST["name"])
    Line.objects.create(order=order)

def either(request):
    if request.POST["name"]:
        order = Order.objects.create(name=request.POST["name"])
    else:
        order = Order.objects.get(pk=1)
        Line.objects.create(order=order)

@method_decorator(transaction.atomic, name="dispatch")
class Place(View):
    def post(self, request):
        order = Order.objects.create(name=request.POST["name"])
        Line.objects.create(order=order)

def nobody_calls_this(name):
    order = Order.objects.create(name=name)
    Line.objects.create(order=order)
```

```shop/urls.py
from django.urls import path
from shop import views

urlpatterns = [
    path("place", views.place),
    path("place-again", views.place_again),
    path("place-through", views.place_through),
    path("log", views.log),
    path("independent", views.independent),
    path("found", views.found_or_made),
    path("either", views.either),
    path("class", views.Place.as_view()),
]
```

## Good: SQLAlchemy, with one commit at the end

```shop/web.py
from fastapi import FastAPI
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)

class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))

app = FastAPI()

@app.post("/orders")
def place(session: Session):
    order = Order()
    session.add(order)
    session.flush()
    session.add(Line(order_id=order.id))
    session.commit()
```
"""

import re
from collections.abc import Iterator
from functools import cache

from seatrial.model.finding import Severity, Step
from seatrial.program import Effect, Function, Program
from seatrial.program.endpoints import Endpoint
from seatrial.program.occasions import Occasion
from seatrial.rules.concurrency._atomic import arrivals, transactions
from seatrial.rules.concurrency._linked_writes import Pair, linked, written_by
from seatrial.rules.contract import SLIGHT, Match, rule

DEPTH = 6
"""How many callers lie at most between a way in and the writes."""
_BESIDE = re.compile(
    r"(?i)log|audit|histor|event|cache|session|notif|metric|stat|view|visit|activit|token|trace|job|task|queue"
)
"""Tables whose rows may be missing: the other row means the same without them."""


@rule(severity=Severity.ERROR, cwe=(362,), category=("race",), confirmed_by="faults")
def check(program: Program) -> Iterator[Match]:
    """The first pair of linked writes of each body that no transaction holds together."""
    entries = cache(lambda: arrivals(program))
    for function in program.code:
        writes = list(written_by(program, function)) if program.effects.of(function, "db.write") else []
        if len(writes) > 1:
            pair = next((p for p in linked(program, function, writes) if _is_split(program, function, p)), None)
            way = _way(program, function, entries()) if pair else None
            if pair and way is not None:
                yield _match(program, function, pair, way)


def _is_split(program: Program, function: Function, pair: Pair) -> bool:
    """No transaction of the body holds both; in a session, a commit lies between them."""
    if any(s <= pair.first and pair.second < e for s, e in transactions(program, function)):
        return False
    if not _is_in_session(program, pair.origin):
        return True
    if program.effects.of_call(function, pair.first, "commit") is not None:
        return True
    commits = [e.value for e in program.effects.local(function) if e.kind == "commit"]
    return any(pair.first < c < pair.second and _is_on_the_way(function, c, pair) for c in commits)


def _is_in_session(program: Program, write: Effect) -> bool:
    """The write waits in a session for its commit."""
    receiver = program.target(write.function, write.value).receiver
    known = program.models.types.get(receiver.name) if receiver else None
    return program.types.has_kind(receiver, "session") or (known is not None and known.in_session)


def _is_on_the_way(function: Function, commit: int, pair: Pair) -> bool:
    return all(r.start <= pair.second < r.end or r.kind in {"with", "try"} for r in function.enclosing(commit))


def _way(program: Program, function: Function, entries: dict[Function, Endpoint | None]) -> tuple[Step, ...] | None:
    """How a request or task comes to the pair without a transaction; empty if nobody is known to; None if all have one."""
    waiting: list[tuple[Function, tuple[Step, ...]]] = [(function, ())]
    seen = {function}
    called = False
    while waiting:
        current, steps = waiting.pop(0)
        if current in entries:
            return (current.head("a request or task arrives here"), *steps)
        for caller, call in program.calls.callers(current):
            called = True
            inside = any(start <= call < end for start, end in transactions(program, caller))
            if caller not in seen and not inside and len(steps) < DEPTH:
                seen.add(caller)
                waiting.append((caller, (caller.step(call, f"calls {current.symbol}"), *steps)))
    return None if called else ()


def _may_stay_alone(program: Program, function: Function, pair: Pair) -> bool:
    """The program itself leaves out the second at times; or it asks a far machine in between, which takes its time."""
    around = {(r.start, r.end) for r in function.enclosing(pair.first)}
    inside = (r for r in function.enclosing(pair.second) if (r.start, r.end) not in around)
    if any(region.kind in {"if", "else"} for region in inside):
        return True
    between = (call for call in function.calls if pair.first < call < pair.second)
    return any(program.effects.of_call(function, call, kind) for call in between for kind in ("http", "network"))


def _match(program: Program, function: Function, pair: Pair, way: tuple[Step, ...]) -> Match:
    first, second = (table.rpartition(".")[2] for table in pair.tables)
    tables = f"{first} and {second}" if first != second else first
    return Match(
        message=f"{tables} are written one by one, without a transaction: the second {pair.link}",
        function=function,
        line=function.values[pair.second].line,
        key=f"{tables} {pair.link}",
        path=(
            *way,
            function.step(pair.first, f"writes {first}: from here on everybody sees it"),
            function.step(pair.second, f"writes {second}; when this fails, the first stays"),
        ),
        confidence=_confidence(program, function, pair) if way else 0.5,
        weight=2.0,
    )


def _confidence(program: Program, function: Function, pair: Pair) -> float:
    """An amount that is on its way must not be lost; other rows matter where requests make them, often, and nobody looks on.

    A task can be repeated, and an operator sees that it failed.
    """
    occasions = program.occasions
    if pair.link.startswith("moves"):
        return SLIGHT if occasions.is_by_hand(function) else 0.85
    if _BESIDE.search(pair.tables[1].rpartition(".")[2]) or _may_stay_alone(program, function, pair):
        return 0.5
    transfers = program.effects.of(function, "http") and Occasion.TASK in occasions.of(function)  # page by page
    return 0.72 if occasions.is_waited_for(function) and not transfers else SLIGHT
