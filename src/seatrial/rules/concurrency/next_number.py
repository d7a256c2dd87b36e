"""The number of a new row is worked out from the rows that are there: the highest and one more, or how many there are.

Two requests at once see the same rows and take the same number: two invoices with one number, or an error where the column is unique. After a
row is deleted, a count gives a number that is taken already.

Let the database give it: a sequence, an identity column, a row of counters that is locked (`select_for_update`) before it is read. Or make the
column unique and try again when the number is taken.

## Bad

```shop/models.py
from django.db import models

class Invoice(models.Model):
    number = models.IntegerField(unique=True)
    code = models.CharField(max_length=20)

class Ticket(models.Model):
    number = models.IntegerField()

    def save(self, *args, **kwargs):
        if not self.number:
            last = Ticket.objects.order_by("-number").first()
            self.number = last.number + 1 if last else 1  # finding: Ticket.number
        super().save(*args, **kwargs)
```

```shop/views.py
from django.db.models import Max
from shop.models import Invoice

def counted(request):
    Invoice.objects.create(number=Invoice.objects.count() + 1)  # finding: Invoice.number

def last(request):
    latest = Invoice.objects.order_by("-number").first()
    Invoice.objects.create(number=latest.number + 1 if latest else 1)  # finding: Invoice.number

def highest(request):
    top = Invoice.objects.aggregate(Max("number"))["number__max"] or 0
    invoice = Invoice(number=top + 1)  # finding: Invoice.number
    invoice.save()

def coded(request):
    count = Invoice.objects.filter(number__gt=0).count()
    Invoice.objects.create(code=f"INV-{count + 1:05d}")  # finding: Invoice.code
```

```shop/web.py
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]

app = FastAPI()

@app.post("/orders")
def place(session: Session):
    top = session.scalar(select(func.max(Order.number)))
    session.add(Order(number=(top or 0) + 1))  # finding: Order.number
    session.commit()

@app.post("/more")
def place_more(session: Session):
    count = session.query(Order).count()
    session.add(Order(number=count + 1))  # finding: Order.number
    session.commit()
```

## Good

```shop/models.py
from django.db import models

class Shop(models.Model):
    name = models.CharField(max_length=20)

class Invoice(models.Model):
    number = models.IntegerField(unique=True)
    earlier = models.IntegerField()
    copied = models.IntegerField()

class Slide(models.Model):
    position = models.IntegerField()

class Counter(models.Model):
    number = models.IntegerField()
```

```shop/views.py
from django.db import IntegrityError, transaction
from django.db.models import Max
from shop.models import Counter, Invoice, Shop, Slide

def locked(request):
    with transaction.atomic():
        last = Invoice.objects.select_for_update().order_by("-number").first()
        Invoice.objects.create(number=last.number + 1)

def under_lock_of_the_shop(request):
    with transaction.atomic():
        Shop.objects.select_for_update().get(pk=1)
        Invoice.objects.create(number=Invoice.objects.count() + 1)

def tried_again(request):
    for _ in range(3):
        try:
            return Invoice.objects.create(number=Invoice.objects.count() + 1)
        except IntegrityError:
            continue

def described(request):
    Invoice.objects.create(number=request.POST["number"], earlier=Invoice.objects.count())

def placed(request):
    Slide.objects.create(position=Slide.objects.count() + 1)

def other(request):
    Counter.objects.create(number=Shop.objects.count() + 1)
```
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Class, Effect, Function, Program
from seatrial.program.ancestry import computed_from, made_of
from seatrial.rules.contract import Match, rule

_STORES = frozenset({f.StoreAttr})
_NUMBERS = re.compile(
    r"(?i)(^|_)(number|num|no|nr|seq|sequence|code|serial|reference|ref|version|revision|key|id|pk|uid)$"
)
_PLACES = re.compile(r"(?i)order|position|sort|rank|index|weight|priority|level|depth|place|ordinal")
"""Columns in which two equal numbers do no harm."""
_THROUGH = frozenset({"!int", "!str", "!max", "!len", "format", "zfill", "rjust", "strip", "get"})
_STEPS = frozenset({f.Binary, f.Conditional, f.Phi, f.Attr, f.Index, f.Template, f.Part, f.Await, f.Collection})
_ANSWERS = ("IntegrityError", "UniqueViolation", "!Exception")


@rule(severity=Severity.ERROR, category=("race",), cwe=(362,), confirmed_by="race")
def check(program: Program) -> Iterator[Match]:
    """Columns of new rows that are computed from what was read of the same table, without a lock."""
    reads: dict[Function, dict[int, str]] = defaultdict(dict)
    for effect in program.effects.sources("db.read"):
        reads[effect.function][effect.value] = effect.what
    tables = {table.cls for table in program.schema.tables.values()}
    for function, read in reads.items():
        if function.is_callable:
            for table, column, value, at in (*_made(program, function, tables), *_stored(function, tables)):
                look = _looked(program, function, value, read, table)
                if look >= 0 and not _is_safe(program, function, look, at):
                    yield _match(program, function, table, column, look, at)


def _made(program: Program, function: Function, tables: set[Class]) -> Iterator[tuple[Class, str, int, int]]:
    """What the columns of new rows are given, as (table, column, value, call)."""
    writes = {e.value: e for e in program.effects.local(function) if e.kind == "db.write"}
    for call in function.calls:
        step = function.values[call]
        assert type(step) is f.Call
        if step.keywords:
            table = _table(program, function, call, writes.get(call))
            if table in tables and table is not None:
                yield from ((table, name, value, call) for name, value in step.keywords)


def _table(program: Program, function: Function, call: int, write: Effect | None) -> Class | None:
    """The table of the row that a call makes, in memory or at once."""
    if write is None:
        return program.target(function, call).made
    model = program.model(function, call)
    given = program.type_of(function, call)
    return given.cls if given and given.name == write.what and model and "db.read" not in model.effects else None


def _stored(function: Function, tables: set[Class]) -> Iterator[tuple[Class, str, int, int]]:
    """`self.number = …` in a method of the row itself, as it is saved."""
    if (
        function.cls is None
        or function.cls not in tables
        or function.name not in {"save", "clean", "pre_save", "asave"}
    ):
        return
    for at in function.of(_STORES):
        step = function.values[at]
        if type(step) is f.StoreAttr and step.base == 0 and step.value >= 0:
            yield function.cls, step.name, step.value, at


def _looked(program: Program, function: Function, value: int, reads: dict[int, str], table: Class) -> int:
    """The read of the same table that a value is one more than, or NONE."""
    for current, more in computed_from(function, value, _leads_on, lambda step: _raises(function, step)):
        if more and current in reads and _is_about(program, function, current, reads[current], table):
            return current
    return f.NONE


def _leads_on(step: f.AnyValue) -> bool:
    return type(step) in _STEPS or (type(step) is f.Call and step.callee in _THROUGH)


def _raises(function: Function, step: f.AnyValue) -> bool:
    return type(step) is f.Binary and step.op == "+" and _adds_one(function, step)


def _adds_one(function: Function, step: f.Binary) -> bool:
    return any(type(v := function.values[side]) is f.Const and v.value == 1 for side in (step.left, step.right))


def _is_about(program: Program, function: Function, read: int, what: str, table: Class) -> bool:
    """The read is of the table; for a statement of which only the text is known, one of its columns is named."""
    if what:
        return what == table.dotted
    steps = (function.values[value] for value in made_of(function, read))
    return any(type(s) is f.Ref and program.names.resolve(function.file, s.path).entity is table for s in steps)


def _is_safe(program: Program, function: Function, look: int, at: int) -> bool:
    """Something is locked before the look, or the answer to a taken number stands ready."""
    if any(t.value <= look < t.until for t in program.locks.taken(function)):
        return True
    kinds = (r.subject for r in function.regions if r.kind == "except" and r.start > at)
    named = (v for k in kinds if k >= 0 for v in (k, *f.operands(function.values[k])))
    return any(type(s := function.values[v]) is f.Ref and s.path.endswith(_ANSWERS) for v in named)


def _match(program: Program, function: Function, table: Class, column: str, look: int, at: int) -> Match:
    number = bool(_NUMBERS.search(column)) and not _PLACES.search(column)
    return Match(
        message=f"{table.name}.{column} is worked out from the rows that are there: two at once take the same",
        function=function,
        line=function.values[at].line,
        key=f"{table.name}.{column}",
        path=(function.step(look, "looks at the rows"), function.step(at, "takes one more")),
        confidence=0.55 if program.occasions.is_by_hand(function) or not number else 0.78,
        weight=2.0,
    )
