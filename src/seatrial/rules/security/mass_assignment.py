"""Every field that a visitor sends is written to a row, also those that no form shows: `is_admin`, `owner_id` (CWE-915).

One more field in the request makes them administrator, or gives them what belongs to somebody else. Whoever adds a column next year opens it to
everyone, and nothing in that change says so.

Name the fields that may be sent: a form, a serializer or a schema that lists them, or a list that each key is looked up in.

## Bad: Flask

```shop/web.py
from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
    is_admin = db.Column(db.Boolean)


@app.post("/users")
def register():
    user = User(**request.get_json())  # finding: User
    db.session.add(user)
    db.session.commit()
    return jsonify(id=user.id)


@app.put("/users/<int:user_id>")
def change(user_id):
    user = User.query.get_or_404(user_id)
    for key, value in request.json.items():
        setattr(user, key, value)  # finding: User
    db.session.commit()
    return jsonify(id=user.id)


@app.patch("/users/<int:user_id>")
def patch(user_id):
    data = request.get_json()
    user = User.query.get_or_404(user_id)
    for key in data:
        if hasattr(user, key):
            setattr(user, key, data[key])  # finding: User
    db.session.commit()
    return jsonify(id=user.id)
```

## Bad: Django

```shop/views.py
import json

from django.http import HttpResponse
from django.urls import path

from shop.models import Account


def place(request):
    Account.objects.create(**json.loads(request.body))  # finding: Account
    return HttpResponse("")


def change(request, pk):
    Account.objects.filter(pk=pk).update(**request.POST.dict())  # finding: Account
    return HttpResponse("")


urlpatterns = [path("place/", place), path("<int:pk>/", change)]
```

```shop/models.py
from django.db import models


class Account(models.Model):
    name = models.CharField(max_length=80)
    balance = models.IntegerField(default=0)
```

## Bad: FastAPI

```shop/api.py
from fastapi import Depends, FastAPI, Request
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]


def get_db() -> Session:
    return Session()


@app.post("/users")
def register(data: dict, db: Session = Depends(get_db)):
    db.add(User(**data))  # finding: User


@app.put("/users/{user_id}")
async def change(user_id: int, request: Request, db: Session = Depends(get_db)):
    user = db.get(User, user_id)
    data = await request.json()
    for key, value in data.items():
        setattr(user, key, value)  # finding: User
```

## Good: the fields are named

```shop/web.py
from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)
OPEN = {"name", "email"}


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String)
    is_admin = db.Column(db.Boolean)


@app.post("/users")
def register():
    data = request.get_json()
    db.session.add(User(name=data["name"]))
    return jsonify(ok=True)


@app.put("/users/<int:user_id>")
def change(user_id):
    user = User.query.get_or_404(user_id)
    for key, value in request.json.items():
        if key in OPEN:
            setattr(user, key, value)
    return jsonify(ok=True)


@app.patch("/users/<int:user_id>")
def patch(user_id):
    user = User.query.get_or_404(user_id)
    for key, value in request.json.items():
        if key not in OPEN:
            continue
        setattr(user, key, value)
    for key in ("name", "email"):
        setattr(user, key, request.json[key])
    return jsonify(ok=True)


@app.post("/picked")
def picked():
    data = {key: value for key, value in request.json.items() if key in OPEN}
    db.session.add(User(**data))
    return jsonify(ok=True)
```

```shop/api.py
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]


class UserIn(BaseModel):
    name: str


def get_db() -> Session:
    return Session()


@app.post("/users")
def register(sent: UserIn, db: Session = Depends(get_db)):
    db.add(User(**sent.model_dump()))


@app.put("/users/{user_id}")
def change(user_id: int, sent: UserIn, db: Session = Depends(get_db)):
    user = db.get(User, user_id)
    for key, value in sent.model_dump(exclude_unset=True).items():
        setattr(user, key, value)
```

```shop/views.py
from django import forms
from django.http import HttpResponse
from django.urls import path

from shop.models import Account


class AccountForm(forms.Form):
    name = forms.CharField()


def place(request):
    form = AccountForm(request.POST)
    if form.is_valid():
        Account.objects.create(**form.cleaned_data)
    return HttpResponse("")


urlpatterns = [path("place/", place)]
```

```shop/models.py
from django.db import models


class Account(models.Model):
    name = models.CharField(max_length=80)
    balance = models.IntegerField(default=0)
```

## Good: each field by its case

```shop/views.py
from django.http import JsonResponse
from django.urls import path
from shop.models import User

def change(request):
    user = User.objects.get(pk=request.user.pk)
    for attribute, value in request.POST.items():
        match attribute:
            case "csrfmiddlewaretoken":
                continue
            case "name" | "phone":
                setattr(user, attribute, value)
    user.save()
    return JsonResponse({})

urlpatterns = [path("me/", change)]
```

```shop/models.py
from django.db import models

class User(models.Model):
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=80)
    is_admin = models.BooleanField(default=False)
```

## Not found yet

```shop/web.py
from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    is_admin = db.Column(db.Boolean)


def fill(row, data):
    for key, value in data.items():
        setattr(row, key, value)  # gap: a helper that is given what was sent


@app.put("/users/<int:user_id>")
def change(user_id):
    fill(User.query.get_or_404(user_id), request.get_json())
    return jsonify(ok=True)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Class, Function, Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._chosen_rights import chosen_rights
from seatrial.rules.security._purpose import words
from seatrial.rules.security._sent import is_sent

_WRITES = ("create", "update", "update_or_create", "get_or_create", "values", "acreate", "aupdate")
_POWERS = frozenset(
    {"admin", "role", "roles", "staff", "superuser", "permission", "permissions", "balance", "credit", "credits", "verified", "approved", "owner",
     "paid", "plan", "user", "group", "tenant", "password", "price", "scope", "scopes", "level"}
)  # fmt: skip
"""Words for columns that give power, money or what belongs to others."""
LIKELY = 0.8
DOUBTFUL = 0.5
"""Confidence when no column of the row gives any power, or none is known."""


@rule(severity=Severity.ERROR, cwe=(915,), confirmed_by="access")
def check(program: Program) -> Iterator[Match]:
    """Mappings as they were sent that become the fields of a row: as keywords, or key by key; and rights that were sent."""
    yield from chosen_rights(program)
    handlers = frozenset(entry for end in program.endpoints for entry in end.entries)
    made = {cls.name for cls in program.schema.tables}
    for function, call in program.index.calls(*_WRITES, *sorted(made)):
        step = function.values[call]
        given = [value for name, value in step.keywords if name == "**"] if isinstance(step, f.Call) else []
        cls = _row(program, function, call) if given else None
        sent = [value for value in given if is_sent(function, value, handlers)]
        if cls is not None and sent and not any(_is_validated(function, value, call) for value in sent):
            yield _match(program, function, call, cls, cls.name)
    for function, call in program.index.calls("setattr"):
        step = function.values[call]
        if isinstance(step, f.Call) and len(step.args) == len(("row", "key", "value")):
            key = function.origin(step.args[1])
            if _is_any_key(function, key, handlers) and not _is_looked_up(function, call, key):
                found = program.type_of(function, step.args[0])
                cls = found.cls if found and program.types.has_kind(found, "model") else None
                yield _match(program, function, call, cls, cls.name if cls else "an object")


def _is_validated(function: Function, value: int, call: int) -> bool:
    """A schema says before which fields there may be: `validate(data, schema)`."""
    users = (function.values[user] for user in function.users.get(function.origin(value), ()) if user < call)
    return any(isinstance(step, f.Call) and step.callee.rpartition(".")[2].startswith("validate") for step in users)


def _match(program: Program, function: Function, call: int, cls: Class | None, name: str) -> Match:
    table = program.schema.table(cls) if cls else None
    columns = {*table.columns, *table.relations} if table else set()
    power = next((column for column in sorted(columns) if words(column) & _POWERS), "")
    also = f", {power} too" if power else ""
    message = f"every field that is sent is written to {name}{also}"
    confidence = LIKELY if power else DOUBTFUL
    return Match(message, function, function.values[call].line, key=f"fields of {name}", confidence=confidence)


def _row(program: Program, function: Function, call: int) -> Class | None:
    """The model class whose row a call makes or changes."""
    target = program.target(function, call)
    if target.made is not None:
        return target.made if program.types.has_kind(program.types.instance(target.made), "model") else None
    if target.model is None or "db.write" not in target.model.effects:
        return None
    found = target.receiver
    return (found.element.cls if found.element else found.cls) if found else None


def _is_any_key(function: Function, key: int, handlers: frozenset[Function]) -> bool:
    """A key of a mapping that is gone through as it was sent."""
    step = function.values[key]
    if isinstance(step, f.Part) and step.index == 0:
        step = function.values[function.origin(step.of)]
    return isinstance(step, f.Element) and is_sent(function, step.of, handlers)


def _is_looked_up(function: Function, at: int, key: int) -> bool:
    """The key is looked up in a collection first."""
    for condition, _ in function.guards(at):
        for step in _tests(function, condition):
            if step.op in {"in", "not in"} and function.origin(step.left) == key:
                return True
    return any(region.kind == "case" and _is_case_of(function, region, key) for region in function.enclosing(at))


def _is_case_of(function: Function, region: f.Region, key: int) -> bool:
    """`case "name" | "email":` of a `match` on the key."""
    tests = (step for step in function.values[region.start : region.end] if type(step) is f.Compare)
    named = (step for step in tests if step.op == "==" and step.left == region.subject)
    return any(function.origin(step.left) == key for step in named)


def _tests(function: Function, condition: int) -> Iterator[f.Compare]:
    step = function.values[function.origin(condition)]
    if isinstance(step, f.Compare):
        yield step
    elif isinstance(step, f.Binary | f.Unary):
        for operand in f.operands(step):
            yield from _tests(function, operand)
