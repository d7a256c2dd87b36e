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

def counted(key):
    product, _ = Product.objects.get_or_create(pk=key, defaults={"stock": 0})
    product.stock += 1  # finding: stock
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
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, Type, written
from seatrial.program.ancestry import computed_from
from seatrial.rules.concurrency._at_once import BY_SIGNAL, counts_tries, lost_sum
from seatrial.rules.concurrency._built_updates import built_updates
from seatrial.rules.concurrency._creations import BEHIND, CREATES, DECIDING, creations
from seatrial.rules.concurrency._known_races import as_thought, by_signals, is_own_row
from seatrial.rules.concurrency._raw_updates import raw_updates
from seatrial.rules.concurrency._stale_saves import is_protected, is_switched, is_text, stale_saves
from seatrial.rules.contract import SLIGHT, TOLD, Match, each_once, gathered, rule

_SAVES = frozenset({"save", "asave", "bulk_update", "abulk_update"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//", "%"})
_BITS = frozenset({"|", "&", "^"})
_SUMS = frozenset({"!max", "!min", "!sum", "!round", "!int", "!abs"})
_TIMES = ("_at", "_dt", "_date", "_time", "date", "time", "start", "end")
_PLACES = re.compile(r"(?:^|_)(?:order|ordering|position|pos|rank|priority|index)$")
"""Columns that say where a row stands among others: it is moved by hand, and again if it went wrong."""
DECIDED = 8
"""From so many places on, rows are looked for and then created by a helper as a habit, which is mended once or not at all."""
_STORES = frozenset({f.StoreAttr})
_REMAKES = frozenset({"create", "acreate", "get_or_create", "update_or_create"})


@rule(severity=Severity.ERROR, category=("race",), cwe=(362,), confirmed_by="race", most=TOLD)
def check(program: Program) -> Iterator[Match]:
    """Columns written from what was read of them, and rows created after a look whether they are there."""
    yield from by_signals(program, map(as_thought, _found(program)))


def _found(program: Program) -> Iterator[Match]:
    yield from raw_updates(program)
    yield from built_updates(program)
    storing = {function for function in program.index.with_stores(f.StoreAttr) if function.is_callable}
    deciding = {function for function in program.index.with_regions(*DECIDING) if function.is_callable}
    made: dict[tuple[str, str], list[Match]] = {}
    for function in (one for one in program.code if one in storing or one in deciding):
        stored = (*_updates(program, function), *stale_saves(program, function)) if function in storing else ()
        created = creations(program, function) if function in deciding else ()
        for one in each_once((*stored, *created), lambda match: match.key.partition(".")[0]):
            if one.key.startswith(CREATES):
                made.setdefault((function.file.path, one.key), []).append(one)
            else:
                yield one
    each = [gathered(family) for family in made.values()]  # who mends one of a file mends its neighbours
    yield from (one for one in each if not one.key.endswith(BEHIND))
    yield from _decided([one for one in each if one.key.endswith(BEHIND)])


def _decided(behind: list[Match]) -> Iterator[Match]:
    """Creations by other functions; as one, where so many are made that way that it was decided once for all."""
    if len(behind) < DECIDED:
        yield from behind
        return
    first = gathered(behind, last=True)
    also = tuple(one.function for one in behind if one.function not in {None, first.function})
    more = f", and so it is done in {len(behind) - 1} more places"
    yield replace(first, message=first.message + more, also=also)


def _updates(program: Program, function: Function) -> Iterator[Match]:
    for value in function.of(_STORES):
        step = function.values[value]
        if type(step) is not f.StoreAttr or step.value < 0:
            continue
        row = program.type_of(function, step.base)
        if not _is_column(program, row, step.name) or row is None:
            continue
        read = _read_again(function, step, value)
        if read < 0 or _is_new(program, function, step.base) or is_protected(program, function, value, row):
            continue
        if _is_saved(program, function, step, value, row):
            table = row.name.rpartition(".")[2]
            asked = f"{written(function, step.base) or table}.{step.name}"
            found = lost_sum(program, function, read, value, f"{table}.{step.name}", asked=asked)
            slight = (
                _is_remade(function, step)
                or _is_flags(function, step)
                or is_text(program, function, step)
                or is_switched(function, value, step)
                or _PLACES.search(step.name) is not None
                or counts_tries(table, step.name)
                or (found.confidence <= BY_SIGNAL and is_own_row(program, row))
            )
            yield replace(found, confidence=min(found.confidence, SLIGHT)) if slight else found


def _is_remade(function: Function, step: f.StoreAttr) -> bool:
    """No sum that grows: each row of many is scaled or moved to where it belongs, and who comes last is right."""
    if type(function.values[function.origin(step.base)]) is not f.Element:
        return False
    made = function.values[function.origin(step.value)]
    scaled = type(made) is f.Call and made.callee == "!round"
    return scaled or step.name.endswith(_TIMES)


def _is_flags(function: Function, step: f.StoreAttr) -> bool:
    """One of several settings in one number is switched: two of them are hardly ever changed at once."""
    made = function.values[function.origin(step.value)]
    return type(made) is f.Binary and made.op in _BITS


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
    found = computed_from(function, store.value, lambda step: _leads_on(function, step), _computes)
    for current, computed in found:
        step = function.values[current]
        if type(step) is not f.Attr or step.name != store.name or function.origin(step.base) != base:
            continue
        if computed and current < value and not _is_set_before(function, current, step):
            return current
    return f.NONE


def _is_set_before(function: Function, read: int, column: f.Attr) -> bool:
    """Whoever comes here has just given the column a value: `row.flags = 0; row.flags |= 1` reads nothing old."""
    base, around = function.origin(column.base), set(map(id, function.enclosing(read)))
    return any(
        type(step) is f.StoreAttr
        and step.name == column.name
        and function.origin(step.base) == base
        and around.issuperset(map(id, function.enclosing(at)))
        for at in function.of(_STORES)
        if at < read
        for step in (function.values[at],)
    )


def _leads_on(function: Function, step: f.AnyValue) -> bool:
    sums = type(step) is f.Call and step.callee in _SUMS
    return (sums or type(step) in {f.Binary, f.Unary, f.Phi, f.Conditional}) and not _adds_text(function, step)


def _computes(step: f.AnyValue) -> bool:
    return type(step) is f.Binary and step.op in _ARITHMETIC | _BITS


def _adds_text(function: Function, step: f.AnyValue) -> bool:
    """A literal is appended to a text: an ellipsis, a suffix. Done twice, it is still what was meant."""
    right = function.values[step.right] if type(step) is f.Binary else None
    return type(right) is f.Const and right.kind == "str"


def _is_new(program: Program, function: Function, base: int) -> bool:
    """The row was made in this very body: nobody else knows it yet."""
    origin = function.origin(base)
    step = function.values[origin]
    if _is_copied(function, origin):
        return True
    if type(step) is not f.Call:
        return False
    return program.target(function, origin).made is not None or step.callee.rpartition(".")[2] in _REMAKES


def _is_copied(function: Function, row: int) -> bool:
    """Its key is taken away (`row.pk = None`), so that a new row is written."""
    steps = (step for step in function.values if type(step) is f.StoreAttr and step.name in {"pk", "id"})
    kept = (step for step in steps if function.origin(step.base) == row and step.value >= 0)
    return any(type(v := function.values[step.value]) is f.Const and v.value is None for step in kept)


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
