"""A row is read, changed in Python and written back, while another request may have changed it in between.

Two requests at once both read 5, both write 4: one sale too many, money that appears or vanishes. It never shows in a test that runs
alone, and it shows every day under load.

Let the database do the sum (`F("stock") - 1`, `update(…).values(stock=Product.stock - 1)`), or lock the row before it is read
(`select_for_update`, `with_for_update`); for "create it if it is not there", a unique constraint and `get_or_create` or an upsert.

## Bad: the sum is done in Python

```shop/stock.py
from django.db import models

class Product(models.Model):
    stock = models.IntegerField()

def sell(key, amount):
    product = Product.objects.get(pk=key)
    product.stock -= amount  # finding: stock
    product.save()
```

```shop/accounts.py
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]

def withdraw(session: Session, key: int, amount: int):
    account = session.get(Account, key)
    balance = account.balance
    if balance < amount:
        raise ValueError(amount)
    account.balance = balance - amount  # finding: balance
    session.commit()
```

## Bad: checked, then created

```shop/users.py
from django.db import models

class User(models.Model):
    email = models.CharField(max_length=80)

def register(email):
    if User.objects.filter(email=email).exists():
        raise ValueError(email)
    return User.objects.create(email=email)  # finding: User
```

## Bad: looked for, then created by a serializer

```shop/api.py
from django.db import models
from rest_framework import serializers

class Picture(models.Model):
    digest = models.CharField(max_length=64)

class PictureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Picture
        fields = ["digest"]

def stored(digest):
    try:
        picture = Picture.objects.get(digest=digest)
    except Picture.DoesNotExist:
        serializer = PictureSerializer(data={"digest": digest})
        serializer.is_valid(raise_exception=True)
        picture = serializer.save()  # finding: Picture
    return picture
```

## Bad: found or created, of a class that a subclass names

```shop/store.py
class Store:
    def retrieve(self, data):
        return None

    def create(self, data):
        content = self.retrieve(data)
        if content is not None:
            content.touch()
        else:
            content = self.model.objects.create(**data)  # finding: self.model
        return content
```

## Good: a row that is there already is changed after a look

```shop/jobs.py
from django.db import models

class Job(models.Model):
    state = models.CharField(max_length=10)

def start(state):
    job = Job.objects.create(state="new")
    if Job.objects.filter(state=state).exists():
        job.state = "waiting"
        job.save()
    return job
```

## Good: a command that one person runs, and text that is cut

```shop/commands.py
import click
from django.db import models

class Plugin(models.Model):
    name = models.CharField(max_length=80)
    text = models.CharField(max_length=80)

@click.command()
def install():
    if not Plugin.objects.filter(name="a").exists():
        Plugin.objects.create(name="a")

def shorten(plugin: Plugin):
    plugin.text += "..."
    plugin.save()
```

## Good

```shop/stock.py
from django.db import models, transaction
from django.db.models import F

class Product(models.Model):
    stock = models.IntegerField()

def sell(key, amount):
    Product.objects.filter(pk=key, stock__gte=amount).update(stock=F("stock") - amount)

def sell_locked(key, amount):
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=key)
        product.stock -= amount
        product.save()

def new(amount):
    product = Product(stock=0)
    product.stock += amount
    product.save()
    return product

def rename(key, name):
    product = Product.objects.get(pk=key)
    product.name = name
    product.save()
```

```shop/users.py
from django.db import IntegrityError, models

class User(models.Model):
    email = models.CharField(max_length=80, unique=True)

def register(email):
    if User.objects.filter(email=email).exists():
        raise ValueError(email)
    try:
        return User.objects.create(email=email)
    except IntegrityError:
        raise ValueError(email)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, Type, written
from seatrial.program.handed import is_serializer, serialized
from seatrial.program.running import is_command
from seatrial.rules.contract import Match, rule

_SAVES = frozenset({"save", "asave", "bulk_update", "abulk_update"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%", "|", "&", "^"})
_SUMS = frozenset({"!max", "!min", "!sum", "!round", "!int", "!abs"})
_REMAKES = frozenset({"create", "acreate", "get_or_create", "update_or_create"})


@rule(severity=Severity.ERROR, category=("race",), cwe=(362,), confirmed_by="race")
def check(program: Program) -> Iterator[Match]:
    """Columns written from what was read of them, and rows created after a look whether they are there."""
    for function in program.code:
        if not function.is_callable:
            continue
        seen: set[tuple[int, str]] = set()
        for match in (*_updates(program, function), *_creations(program, function)):
            if (match.line, match.key) not in seen:
                seen.add((match.line, match.key))
                yield match


def _updates(program: Program, function: Function) -> Iterator[Match]:
    for value, step in enumerate(function.values):
        if type(step) is not f.StoreAttr or step.value < 0:
            continue
        row = program.type_of(function, step.base)
        if not _is_column(program, row, step.name) or row is None:
            continue
        read = _read_again(function, step, value)
        if read < 0 or _is_new(program, function, step.base) or _is_protected(program, function, value, row):
            continue
        if _is_saved(program, function, step, value, row):
            yield _update(function, step, value, read, row)


def _is_column(program: Program, row: Type | None, name: str) -> bool:
    if row is None or row.meta or row.cls is None or not program.types.has_kind(row, "model"):
        return False
    table = program.schema.table(row.cls)
    return table is None or not table.columns or name in table.columns


def _read_again(function: Function, store: f.StoreAttr, value: int) -> int:
    """The id of the earlier reading of the same column of the same row that the new value is computed from, or NONE.

    Only sums and the like count: `row.name = given or row.name` keeps what is there and computes nothing.
    """
    base = function.origin(store.base)
    pending, seen = [(store.value, False)], set()
    while pending:
        current, computed = pending.pop()
        if (current, computed) in seen or not 0 <= current < value:
            continue
        seen.add((current, computed))
        step = function.values[current]
        if type(step) is f.Attr and step.name == store.name and function.origin(step.base) == base and computed:
            return current
        if type(step) in {f.Binary, f.Unary, f.Phi, f.Conditional} or (type(step) is f.Call and step.callee in _SUMS):
            computes = computed or (type(step) is f.Binary and step.op in _ARITHMETIC)
            if not _adds_text(function, step):
                pending.extend((operand, computes) for operand in f.operands(step))
    return f.NONE


def _adds_text(function: Function, step: f.AnyValue) -> bool:
    """A literal is appended to a text: an ellipsis, a suffix. Done twice, it is still what was meant."""
    right = function.values[step.right] if type(step) is f.Binary else None
    return type(right) is f.Const and right.kind == "str"


def _is_new(program: Program, function: Function, base: int) -> bool:
    """The row was made in this very body: nobody else knows it yet."""
    origin = function.origin(base)
    step = function.values[origin]
    if type(step) is not f.Call:
        return False
    return program.target(function, origin).made is not None or step.callee.rpartition(".")[2] in _REMAKES


def _is_constructed(program: Program, function: Function, value: int) -> bool:
    """The row was made by its class alone, and is not stored yet."""
    origin = function.origin(value)
    return type(function.values[origin]) is f.Call and program.target(function, origin).made is not None


def _is_protected(program: Program, function: Function, value: int, row: Type) -> bool:
    """Rows of the table are locked here, or in every function that calls this one."""
    if program.locks.is_locked(function, value, row.name):
        return True
    callers = program.calls.callers(function)
    return bool(callers) and all(program.locks.is_locked(caller, call, row.name) for caller, call in callers)


def _is_saved(program: Program, function: Function, step: f.StoreAttr, value: int, row: Type) -> bool:
    """What was changed is written back: at once with Django, at the next flush with SQLAlchemy."""
    if not program.types.derives(row, "django.db.models.Model"):
        return True
    base = function.origin(step.base)
    for call in function.calls:
        later = function.values[call]
        assert type(later) is f.Call
        if call > value and later.callee.rpartition(".")[2] in _SAVES:
            return function.origin(later.receiver) == base or later.callee.endswith("bulk_update")
    return False


def _update(function: Function, step: f.StoreAttr, value: int, read: int, row: Type) -> Match:
    table = row.name.rpartition(".")[2]
    return Match(
        message=f"{table}.{step.name} is read, changed in Python and written back without a lock",
        function=function,
        line=step.line,
        key=f"{table}.{step.name}",
        path=(
            function.step(read, f"reads {written(function, step.base) or table}.{step.name}"),
            function.step(value, "writes what it made of it: what others wrote in between is lost"),
        ),
        confidence=0.85,
        weight=3.0,
    )


def _creations(program: Program, function: Function) -> Iterator[Match]:
    if _catches(function, "IntegrityError"):
        return
    for call in function.calls:
        found = _found_or_created(program, function, call)
        if found >= 0:
            yield _unknown_creation(program, function, call, found)
            continue
        row = _created(program, function, call)
        check = _checked(program, function, call, row.name) if row else f.NONE
        if row and check >= 0 and not program.locks.is_locked(function, call, row.name):
            yield _creation(program, function, call, check, row)


def _found_or_created(program: Program, function: Function, call: int) -> int:
    """The look-up whose variable also takes the row that this call creates, of a class not known here; or NONE.

    `row = self.find(data)`, then `if row is None: row = self.model.objects.create(…)`.
    """
    step = function.values[call]
    assert type(step) is f.Call
    manager = function.values[function.origin(step.receiver)] if step.receiver >= 0 else None
    if step.callee != "create" or type(manager) is not f.Attr or manager.name != "objects":
        return f.NONE
    names = _variables(function, call)
    for condition, _ in function.guards(call) if program.type_of(function, call) is None else ():
        for operand in (condition, *f.operands(function.values[condition])):
            looked = function.origin(operand)
            if type(function.values[looked]) is f.Call and names & _variables(function, looked):
                return looked
    return f.NONE


def _variables(function: Function, value: int) -> set[str]:
    users = (function.values[u] for u in function.users.get(value, ()))
    return {u.name for u in users if type(u) is f.Store}


def _unknown_creation(program: Program, function: Function, call: int, found: int) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    name = written(function, step.receiver).removesuffix(".objects")
    return Match(
        message=f"{name} is created after a look whether it is there: of two at once, one fails or both create one",
        function=function,
        line=step.line,
        key=f"create {name}",
        path=(function.step(found, "looks for it"), function.step(call, "creates it")),
        confidence=0.55 if is_command(program, function) else 0.72,
        weight=2.0,
    )


def _created(program: Program, function: Function, call: int) -> Type | None:
    """The class of the row that a call creates: `create(…)`, or a new row that is saved, added or handed to who does."""
    step = function.values[call]
    assert type(step) is f.Call
    if step.callee.rpartition(".")[2] in {"create", "acreate"}:
        written_to = [e.what for e in program.effects.local(function) if e.value == call and e.kind == "db.write"]
        found = program.type_of(function, call)
        return found if found and found.name in written_to else None
    if step.callee == "save" and step.receiver >= 0:
        found = _serialized(program, function, step.receiver)
        if found is not None:
            return found
    for given in (step.receiver, *step.args):
        if given >= 0 and _is_constructed(program, function, given):
            found = program.type_of(function, given)
            if found and program.types.has_kind(found, "model") and _is_stored(program, function, call, found.name):
                return found
    return None


def _serialized(program: Program, function: Function, value: int) -> Type | None:
    """The class of the row that a serializer creates when it is saved: it was given data, and no row to change."""
    made = function.values[function.origin(value)]
    found = program.type_of(function, value)
    if type(made) is not f.Call or made.args or any(name == "instance" for name, _ in made.keywords):
        return None
    if found is None or found.cls is None or not is_serializer(program.types, found.cls):
        return None
    model = serialized(program.types, found.cls)
    return program.types.instance(model) if model else None


def _is_stored(program: Program, function: Function, call: int, table: str) -> bool:
    local = any(e.value == call and e.kind == "db.write" for e in program.effects.local(function))
    reached = program.target(function, call).functions
    return local or any(table in program.effects.of(other, "db.write") for other in reached)


def _checked(program: Program, function: Function, call: int, table: str) -> int:
    """The reading of the same table that decides whether the row is created, or NONE."""
    for condition, _ in function.guards(call):
        found = _reads(program, function, condition, table)
        if found >= 0:
            return found
    for region in function.enclosing(call):
        if region.kind == "except" and _is_absence(function, region.subject):
            return _tried(program, function, region, table)
    return f.NONE


def _reads(program: Program, function: Function, value: int, table: str) -> int:
    pending, seen = [value], set()
    while pending:
        current = pending.pop()
        if current in seen or current < 0:
            continue
        seen.add(current)
        step = function.values[current]
        if type(step) is f.Call:
            effect = program.effects.of_call(function, current, "db.read")
            if effect and effect.what == table:
                return current
        pending.extend(f.operands(step))
    return f.NONE


def _tried(program: Program, function: Function, handler: f.Region, table: str) -> int:
    before = [r for r in function.regions if r.kind == "try" and r.parent == handler.parent and r.end <= handler.start]
    for call in function.calls if before else ():
        if before[-1].start <= call < before[-1].end:
            effect = program.effects.of_call(function, call, "db.read")
            if effect and effect.what == table:
                return call
    return f.NONE


def _is_absence(function: Function, kind: int) -> bool:
    names = [kind, *f.operands(function.values[kind])] if kind >= 0 else []
    return any(written(function, n).endswith(("DoesNotExist", "NoResultFound")) for n in names)


def _catches(function: Function, name: str) -> bool:
    return any(
        written(function, n).endswith(name)
        for region in function.regions
        if region.kind == "except" and region.subject >= 0
        for n in (region.subject, *f.operands(function.values[region.subject]))
    )


def _columns(function: Function, call: int, step: f.Call) -> Iterator[str]:
    """The columns that the new row is given: by `create(…)` itself, or by the constructor of what is stored."""
    for value in (call, step.receiver, *step.args):
        made = function.values[function.origin(value)] if value >= 0 else None
        if type(made) is f.Call:
            yield from (name for name, _ in made.keywords)


def _creation(program: Program, function: Function, call: int, check: int, row: Type) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    known = program.schema.table(row.cls)
    unique = bool(known and known.is_unique(frozenset(_columns(function, call, step))))
    short = row.name.rpartition(".")[2]
    end = (
        "the second of two at once fails with an unhandled IntegrityError" if unique else "two at once both create one"
    )
    likely = 0.72 if unique else 0.8
    return Match(
        message=f"{short} is created after a look whether it is there: {end}",
        function=function,
        line=step.line,
        key=f"create {short}",
        path=(function.step(check, f"looks for {short}"), function.step(call, f"creates {short}")),
        confidence=0.55 if is_command(program, function) else likely,
        weight=2.0 if unique else 3.0,
    )
