"""A whole table is read into memory, however large it has grown.

With a hundred rows nobody notices; with ten million the process is killed for its memory, and until then every such request holds the
database, the connection and the worker.

Limit what is read (`[:100]`, `.limit()`, pagination with a key), filter by what the caller may see, or go through it in pieces
(`iterator()`, `yield_per`).

## Bad

```shop/orders.py
from django.db import models
from django.urls import path

class Order(models.Model):
    total = models.IntegerField()

def place(request):
    return Order.objects.create(total=request.POST["total"])

def everything(request):
    return list(Order.objects.all())  # finding: Order

urlpatterns = [path("orders/", everything), path("place/", place)]
```

```shop/api.py
from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)

router = APIRouter()

@router.post("/orders")
def place(session: Session):
    session.add(Order())

@router.get("/orders")
def everything(session: Session):
    return session.execute(select(Order)).scalars().all()  # finding: Order

@router.get("/older")
def older(session: Session):
    return session.query(Order).all()  # finding: Order
```

## Good

```shop/orders.py
from django.db import models

class Order(models.Model):
    total = models.IntegerField()

def page(number):
    return list(Order.objects.all()[number * 50 : number * 50 + 50])

def of(customer):
    return list(Order.objects.filter(customer=customer))

def count():
    return Order.objects.all().count()

def walk():
    for order in Order.objects.all().iterator():
        print(order)
```

## Good: what belongs to one row

```shop/parts.py
from django.db import models
from django.urls import path

class Order(models.Model):
    total = models.IntegerField()

class Part(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parts")

def place(order):
    return Part.objects.create(order=order)

def parts(request, key):
    order = Order.objects.get(pk=key)
    return list(order.parts.all())

urlpatterns = [path("orders/<int:key>/parts/", parts)]
```

## Good: only administrators fill the table

```shop/views.py
from flask import Flask, abort
from flask_login import current_user
from shop.models import Category, db

app = Flask(__name__)

def admins_only(view):
    def checked(*args, **kwargs):
        if not current_user.is_admin:
            abort(403)
        return view(*args, **kwargs)
    return checked

@app.post("/admin/categories")
@admins_only
def add():
    db.session.add(Category(name="new"))
    db.session.commit()
    return {}

@app.get("/categories")
def categories():
    return {"names": [one.name for one in Category.query.all()]}
```

```shop/models.py
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Category(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.Text)
```

## Bad: others fill the table too

```shop/views.py
from flask import Flask, abort
from flask_login import current_user
from shop.models import Comment, db

app = Flask(__name__)

def admins_only(view):
    def checked(*args, **kwargs):
        if not current_user.is_admin:
            abort(403)
        return view(*args, **kwargs)
    return checked

@app.post("/admin/comments")
@admins_only
def add():
    db.session.add(Comment(text="new"))
    db.session.commit()
    return {}

@app.post("/comments")
def comment():
    db.session.add(Comment(text="mine"))
    db.session.commit()
    return {}

@app.get("/comments")
def comments():
    return {"texts": [one.text for one in Comment.query.all()]}  # finding
```

```shop/models.py
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Comment(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text)
```

## Good: an export hands out the whole

```shop/export.py
import csv

from django.db import models
from django.urls import path

class Order(models.Model):
    total = models.IntegerField()

def place(request):
    return Order.objects.create(total=1)

def export_orders(request):
    out = csv.writer(request.out)
    for order in list(Order.objects.all()):
        out.writerow([order.total])

urlpatterns = [path("orders/", place), path("export/", export_orders)]
```
"""

from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.chains import chain, is_grouped
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.scale._data import is_set_up
from seatrial.rules.scale._worth import hands_out, recurring

_SUMMARIES = frozenset({"group_by", "distinct", "with_entities"})
_INTO_MEMORY = frozenset({"list", "tuple", "set", "sorted", "dict"})
"""Functions of the language that go through all that they are given."""


@rule(severity=Severity.WARNING, cwe=(770,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Evaluations of queries that are seen whole and carry neither a limit nor a filter."""
    whole = program.models.last_names(lambda model: model.query == "all")
    found: dict[Function, list[int]] = defaultdict(list)
    for function, call in program.index.calls(*sorted({*whole, *_INTO_MEMORY})):
        found[function].append(call)
    for function, calls in found.items():
        read: set[int] = set()
        for call in sorted(calls):
            query = _evaluated(program, function, call)
            marks = {function.origin(query), -function.values[call].line}
            if query >= 0 and not marks & read and (found_here := list(_match(program, function, call, query))):
                read |= marks
                yield from found_here


def _evaluated(program: Program, function: Function, call: int) -> int:
    """The query that a call reads whole into memory, or NONE."""
    step = function.values[call]
    assert type(step) is f.Call
    if step.callee[:1] == "!" and step.callee[1:] in _INTO_MEMORY and len(step.args) == 1:
        return step.args[0]
    model = program.model(function, call)
    if model is not None and model.query == "all":
        return call
    return f.NONE


def _match(program: Program, function: Function, call: int, value: int) -> Iterator[Match]:
    query = program.queries.query(function, value)
    if query is None or not query.whole or query.filtered or not query.table or _may_be_cut(program, function, value):
        return
    table = query.table.rpartition(".")[2]
    yield Match(
        message=f"all rows of {table} are read into memory",
        function=function,
        line=function.values[call].line,
        key=query.table,
        path=(function.step(call, f"reads every row of {table}"),),
        confidence=_confidence(program, function, value, query.table),
    )


def _may_be_cut(program: Program, function: Function, value: int) -> bool:
    """On one of the ways it asks for some of the rows: `if limit: rows = rows[:limit]`."""
    step = function.values[function.origin(value)]
    options = step.options if type(step) is f.Phi else (value,)
    queries = (program.queries.query(function, option) for option in options)
    return any(query is not None and query.bounded for query in queries)


def _confidence(program: Program, function: Function, value: int, table: str) -> float:
    """Every request reads a table that requests fill; what belongs to one row, or what a method chooses, is fewer rows."""
    if not _grows(program, table) or _is_narrow(program, function, value):
        return 0.5
    if table in program.kept_tables or hands_out(function) or _is_summary(function, value):
        return 0.6
    if is_set_up(table) or (program.endpoints and table not in program.open_tables):
        return SLIGHT
    seen = program.occasions.recurs(function) or _is_gone_through(function, value)
    return recurring(program, function, 0.75 if seen else SLIGHT)


def _is_summary(function: Function, value: int) -> bool:
    """A row for each group, or no more than a column or two of each row."""
    names = [step.callee.rpartition(".")[2] for _, step in chain(function, value)]
    single = any(
        step.callee.rpartition(".")[2] == "values_list" and len(step.args) == 1 for _, step in chain(function, value)
    )
    return single or not _SUMMARIES.isdisjoint(names) or is_grouped(names)


def _is_gone_through(function: Function, value: int) -> bool:
    """The rows are worked on here; who only hands them on may have a caller for few of them."""
    read = {value, *(u for u in function.users.get(value, ()) if type(function.values[u]) is f.Call)}
    return any(region.kind == "for" and function.origin(region.subject) in read for region in function.regions)


def _is_narrow(program: Program, function: Function, value: int) -> bool:
    found = program.type_of(function, value)
    if found is not None and found.name == "django.db.models.RelatedManager":
        return True
    origin = function.origin(value)
    return type(function.values[origin]) is f.Call and bool(program.target(function, origin).functions)


def _grows(program: Program, table: str) -> bool:
    """The program itself adds rows to the table: it is no list of settings that somebody keeps by hand."""
    return any(effect.what == table for effect in program.effects.sources("db.write"))
