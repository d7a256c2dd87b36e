"""A row is looked up by a column that has no index, in a table that grows.

The database reads the whole table for each such request: at a million rows that is a second of disk and processor for one row, and all
other queries wait for them.

Declare an index on the column (`db_index=True`, `index=True`, `Meta.indexes`), or make it unique if it is.

## Bad: Django

```shop/models.py
from django.db import models

class Order(models.Model):
    number = models.CharField(max_length=40)
    email = models.EmailField()
    state = models.CharField(max_length=9)

class Entry(models.Model):
    code = models.CharField(max_length=40)
    text = models.TextField()

class Line(models.Model):
    number = models.CharField(max_length=40)
    text = models.TextField()

def place(number):
    Entry.objects.create(code=number)
    return Order.objects.create(number=number)
```

```shop/views.py
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from shop.models import Entry, Line, Order

def show(request, number):
    order = Order.objects.get(number=number)  # finding: Order is looked up by number, which has no index
    return JsonResponse({"state": order.state})

def known(request, email):
    return JsonResponse({"known": Order.objects.filter(email=email).exists()})  # finding: email

def entry(request, code):
    return JsonResponse({"text": get_object_or_404(Entry, code=code).text})  # finding: Entry is looked up by code

def note(request, number):
    Line.objects.get_or_create(number=number, defaults={"text": ""})  # finding: Line is looked up by number
    return JsonResponse({})

urlpatterns = [path("orders/<number>/", show), path("known/<email>/", known), path("e/<code>/", entry), path("n/<number>/", note)]
```

## Bad: SQLAlchemy

```shop/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column()
```

```shop/api.py
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session
from shop.models import User

app = FastAPI()

def session() -> Session:
    return Session()

@app.post("/users")
def register(email: str, db: Session = Depends(session)):
    known = db.execute(select(User).where(User.email == email)).scalar_one_or_none()  # finding: User is looked up by email
    if known is None:
        db.add(User(email=email))
        db.commit()

@app.get("/users/{email}")
def user(email: str, db: Session = Depends(session)):
    return db.query(User).filter(User.email == email).first()
```

## Good

```shop/models.py
from django.db import models

class Order(models.Model):
    number = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=40)
    email = models.EmailField(db_index=True)
    slug = models.SlugField()
    state = models.CharField(max_length=9, choices=[("new", "new"), ("paid", "paid")])
    paid = models.BooleanField()
    text = models.TextField()
    token = models.CharField(max_length=40)
    note = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["code", "email"]), models.Index(fields=["token"], condition=models.Q(paid=True))]

class Country(models.Model):
    name = models.CharField(max_length=40)

class Line(models.Model):
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="lines")
    note = models.TextField()

def add(note):
    return Line.objects.create(note=note)

def place(number):
    return Order.objects.create(number=number)

def by_hand(note):
    return Order.objects.get(note=note)
```

```shop/views.py
from django.http import JsonResponse
from django.urls import path
from shop.models import Country, Order

def show(request, number):
    one = Order.objects.get(number=number)
    two = Order.objects.filter(code=number, text="a").first()
    three = Order.objects.filter(slug=number, state="new").first()
    four = Order.objects.filter(text__icontains=number).exists()
    five = Order.objects.filter(paid=True, state="new").exists()
    six = Order.objects.filter(token=number).first()
    seven = Country.objects.get(name=number)
    eight = Order.objects.get(pk=number)
    nine = Country.objects.get(pk=3).lines.get(note=number)
    return JsonResponse({"state": one.state})

urlpatterns = [path("orders/<number>/", show)]
```

## Good: an index that only a migration declares

```shop/models.py
from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column()

@app.get("/users/{email}")
def user(email: str, db: Session):
    db.add(User(email=email))
    return db.query(User).filter(User.email == email).first()
```

```migrations/versions/0002_email.py
from alembic import op

def upgrade():
    op.create_index("ix_users_email", "users", ["email"])
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Class, Effect, Function, Program
from seatrial.program.chains import chain
from seatrial.program.schema import Table
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.scale._data import is_of_one_row, is_set_up

_ONE = frozenset(
    {
        "first", "last", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "get", "exists",
        "aget", "afirst", "alast", "aexists",
    }
)  # fmt: skip
_WRITTEN = frozenset({"defaults", "create_defaults"})
"""What `get_or_create` writes and does not look for."""
_FILTERS = frozenset({"filter", "filter_by", "where", "get", "aget"})
_FEW_VALUES = ("Boolean", "Enum", "Date", "Float", "Decimal", "Numeric", "JSON", "Time", "bool", "datetime", "date")
"""Types of columns by which nobody looks a single row up, or which have few values."""
_DECLARES = frozenset({"Index", "create_index", "AddIndex", "AddIndexConcurrently", "RunSQL", "UniqueConstraint"})
_STATEMENTS = ("alembic.op.execute", "schema_editor.execute")
DEPTH = 6
"""How deep in the arguments of a declaration a column may be named."""


_NAMES = re.compile(r"(?i)(^|_)(id|uuid|code|token|hash|slug|number|no|e?mail|phone|login|sku|serial|ref|reference)$")
"""Columns whose value names one row of many; a table that is looked up by another is most often short."""


@rule(severity=Severity.WARNING, cwe=(1067,))
def check(program: Program) -> Iterator[Match]:
    """Look-ups of one row on the way of a request, by columns none of which leads an index."""
    found = list(_scans(program))
    elsewhere = _in_migrations(program) if found else set()
    seen: set[tuple[str, str]] = set()
    for effect, table, columns in found:
        places = {(effect.what, column) for column in columns}
        if places.isdisjoint(seen) and not (_mentioned(program, table) | elsewhere).intersection(columns):
            seen |= places  # one index would serve them all
            yield _match(effect, table, columns, kept=effect.what in program.kept_tables or is_set_up(effect.what))


def _scans(program: Program) -> Iterator[tuple[Effect, Table, tuple[str, ...]]]:
    """The look-ups of one row by columns whose own declarations make no index."""
    grows = {effect.what for effect in program.effects.sources("db.write")}
    for effect in program.effects.sources("db.read"):
        table = program.schema.table(program.schema.named(effect.what)) if effect.what in grows else None
        if table is None or not _takes_one(program, effect) or _is_of_row(program, effect):
            continue
        columns = _looked_up(program, effect)
        if columns and _is_scan(program, table, columns) and program.is_served(effect.function):
            yield effect, table, columns


def _takes_one(program: Program, effect: Effect) -> bool:
    function, value = effect.function, effect.value
    step = function.values[value]
    if type(step) is not f.Call or effect.once:
        return False
    model = program.model(function, value)
    if model is not None and model.query in {"one", "write"} and step.keywords:
        return True
    after = [function.values[user] for user in function.users.get(value, ())]
    awaited = [
        function.values[user]
        for at in function.users.get(value, ())
        if type(function.values[at]) is f.Await
        for user in function.users.get(at, ())
    ]
    calls = [step, *(one for one in (*after, *awaited) if type(one) is f.Call and one.receiver >= 0)]
    return any(_last(one) in _ONE for one in calls)


def _is_of_row(program: Program, effect: Effect) -> bool:
    """`order.lines.get(sku=sku)`: found by the order, whose key is indexed."""
    function, step = effect.function, effect.function.values[effect.value]
    given = [v for v in (step.receiver, *step.args[:1]) if v >= 0] if type(step) is f.Call else []
    types = [found for value in given if (found := program.type_of(function, value))]
    is_related = any(found.name.endswith("RelatedManager") for found in types)
    return is_related or any(is_of_one_row(program, function, value) for value in (effect.value, *given))


def _looked_up(program: Program, effect: Effect) -> tuple[str, ...]:
    """The columns that the query compares for equality; none if it compares in another way, or more than columns."""
    function = effect.function
    step, model = function.values[effect.value], program.model(function, effect.value)
    statement = next(iter(model.statement.select(step)), f.NONE) if type(step) is f.Call and model else f.NONE
    names: list[str] = []
    for at, part in chain(function, statement if statement >= 0 else effect.value):
        if _last(part) not in _FILTERS and at != effect.value:
            continue
        for name, _ in part.keywords:
            names += [name.removesuffix("__exact").removesuffix("__in")] if name not in _WRITTEN else []
        if at == effect.value and model and model.query == "one" and part.receiver < 0:
            continue  # `get_object_or_404(Order, number=number)`
        for argument in part.args:
            names.extend(_compared(function, argument))
    return tuple(sorted(set(names))) if "" not in names else ()


def _compared(function: Function, argument: int) -> Iterator[str]:
    """The column of `Order.number == number`; empty text for any other condition."""
    step = function.values[function.origin(argument)]
    left = function.values[step.left] if type(step) is f.Compare and step.op == "==" else None
    if type(left) is f.Ref and "." in left.path:
        yield left.path.rpartition(".")[2]
    elif type(left) is f.Attr:
        yield left.name
    else:
        yield ""


def _is_scan(program: Program, table: Table, columns: tuple[str, ...]) -> bool:
    """All are plain columns, no index begins with one of them, and one of them tells rows apart."""
    if not all(column in table.columns for column in columns) or any(table.is_indexed(column) for column in columns):
        return False
    return any(_tells_apart(program, table.cls, column) for column in columns)


def _tells_apart(program: Program, cls: Class, column: str) -> bool:
    """It holds texts, numbers or identifiers, and not one of a few choices."""
    for owner in program.types.mro(cls):
        body = owner.body
        for step in body.values:
            if type(step) is f.Store and step.name == column:
                words = [*_words(body, step.value), *_words(body, step.annotation)]
                return not any(word.startswith(_FEW_VALUES) or word == "choices" for word in words)
    return False


def _words(body: Function, value: int, depth: int = 0) -> Iterator[str]:
    """The names that a declaration is written with, keywords too."""
    if value < 0 or depth > DEPTH:
        return
    step = body.values[value]
    if type(step) is f.Ref:
        yield step.path.rpartition(".")[2].lstrip(":?!")
    if type(step) is f.Call:
        yield _last(step)
        yield from (name for name, _ in step.keywords)
    for inner in f.operands(step):
        yield from _words(body, inner, depth + 1)


def _mentioned(program: Program, table: Table) -> set[str]:
    """Every text in the declaration of the table: what names a column there may be a partial index."""
    metas = [cls.body for cls in table.cls.file.classes if cls.name == "Meta"]
    bodies = [owner.body for owner in program.types.mro(table.cls)]
    found = {v.value for body in (*metas, *bodies) for v in body.values if type(v) is f.Const}
    return {text for text in found if isinstance(text, str)} | _in_migrations(program)


def _in_migrations(program: Program) -> set[str]:
    """Every name in calls that declare an index apart from the table."""
    found: set[str] = set()
    for function in program.judged:
        for call in function.calls:
            step = function.values[call]
            if type(step) is f.Call and (_last(step) in _DECLARES or step.callee.endswith(_STATEMENTS)):
                found.update(_texts(function, call))
    return found


def _last(step: f.Call) -> str:
    return step.callee.rpartition(".")[2].lstrip(":?!")


def _texts(function: Function, value: int, depth: int = 0) -> Iterator[str]:
    step = function.values[value]
    if type(step) is f.Const and isinstance(step.value, str):
        yield from step.value.replace("(", " ").replace(")", " ").replace(",", " ").replace('"', " ").split()
    if type(step) is f.Ref:
        yield step.path.rpartition(".")[2]
    for inner in f.operands(step) if depth < DEPTH else ():
        yield from _texts(function, inner, depth + 1)


def _match(effect: Effect, table: Table, columns: tuple[str, ...], *, kept: bool) -> Match:
    function, name, listed = effect.function, table.cls.name, " and ".join(columns)
    without = "which has no index" if len(columns) == 1 else "none of which has an index"
    return Match(
        message=f"{name} is looked up by {listed}, {without}",
        function=function,
        line=function.values[effect.value].line,
        key=f"{name} by {listed}",
        path=(table.columns[columns[0]].step, function.step(effect.value, f"reads all of {name}")),
        confidence=_confidence(columns, kept=kept),
    )


def _confidence(columns: tuple[str, ...], *, kept: bool) -> float:
    """What one column alone finds has as many values as the table has rows; by two, one of them may leave few."""
    if kept or not any(_NAMES.search(column) for column in columns):
        return 0.6
    return 0.72 if len(columns) == 1 else SLIGHT
