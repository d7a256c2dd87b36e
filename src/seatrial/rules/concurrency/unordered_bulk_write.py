"""Many rows are written by one statement, in no fixed order.

The database locks them one by one in the order in which they come. Two such statements that meet some of the same rows in different orders
wait for each other, and one is killed; it happens when there is most to do.

Sort the rows by their key before an upsert (`sorted(rows, key=lambda r: r["id"])`). A bulk update locks in the order the database chooses,
whatever the order of the list: lock the rows first, with `select_for_update()` and `order_by("pk")`.

## Bad: an upsert of what a dictionary holds

```shop/stock.py
from sqlalchemy.dialects.postgresql import insert

def save(session, table, events):
    latest = {}
    events.sort(key=lambda event: event["at"].timestamp)
    for event in events:
        latest[event["id"]] = event
    rows = [{"id": e["id"], "count": e["count"]} for e in latest.values()]
    statement = insert(table).values(rows)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"count": 0}))  # finding: order
```

## Bad: the list is sorted, the locks are not

```shop/prices.py
from django.db import models, transaction

class Price(models.Model):
    amount = models.IntegerField()

def raise_all(prices):
    with transaction.atomic():
        changed = []
        for price in prices:
            price.amount = 1
            changed.append(price)
        changed.sort(key=lambda p: p.pk)
        Price.objects.bulk_update(changed, ["amount"])  # finding: order
```

## Good

```shop/stock.py
from sqlalchemy.dialects.postgresql import insert

def save(session, table, events):
    latest = {}
    for event in events:
        latest[event["id"]] = event
    rows = [{"id": e["id"], "count": e["count"]} for e in sorted(latest.values(), key=lambda e: e["id"])]
    statement = insert(table).values(rows)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"count": 0}))

def grouped(session, table, events):
    latest = {event["id"]: event for event in events}
    batches = {}
    for event in sorted(latest.values(), key=lambda e: e["id"]):
        batches.setdefault(event["kind"], []).append(event)
    for kind, batch in batches.items():
        statement = insert(table).values(batch)
        session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"count": 0}))

def one(session, table, event):
    statement = insert(table).values(id=event["id"], count=event["count"])
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"count": 0}))
```

```shop/prices.py
from django.db import models, transaction

class Price(models.Model):
    amount = models.IntegerField()

def raise_all(keys):
    with transaction.atomic():
        changed = list(Price.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
        changed.sort(key=lambda p: p.pk)
        Price.objects.bulk_update(changed, ["amount"])
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.chains import chain
from seatrial.rules.contract import Match, rule

_UPSERTS = ("on_conflict_do_update", "on_duplicate_key_update")
_NO_ORDER = frozenset({"values", "items", "keys"})
_TIMES = ("time", "timestamp", "date", "_at", "_on", "created", "updated")
_FILLS = frozenset({"append", "extend", "add", "setdefault"})


@rule(severity=Severity.WARNING, category=("race",), cwe=(833,), confirmed_by="deadlock")
def check(program: Program) -> Iterator[Match]:
    """Upserts of many rows from a dictionary or set, and bulk updates whose author sorted the list instead of locking."""
    for function, call in program.index.calls(*_UPSERTS):
        rows = _upserted(function, call)
        origin = _unordered(function, rows) if rows >= 0 else f.NONE
        if origin >= 0:
            yield _match(
                function, call, origin, "the rows of the upsert come in no fixed order", "takes them as they come"
            )
    for function, call in program.index.calls("bulk_update", "abulk_update"):
        sorting = _sorted_by_key(function, call)
        if sorting >= 0 and not _is_locked(program, function, call):
            yield _match(function, call, sorting, "the order of the list does not order the locks", "sorts the list")


def _upserted(function: Function, call: int) -> int:
    """The collection of rows that an upsert is given: `insert(table).values(rows)`, or NONE."""
    for _, step in chain(function, call):
        if step.callee == "values" and step.args and not step.keywords:
            return step.args[0]
    return f.NONE


def _unordered(function: Function, rows: int) -> int:
    """The dictionary's or set's elements that the rows are made from with no sorting in between, or NONE."""
    pending, seen = [rows], set()
    found = f.NONE
    while pending:
        current = pending.pop()
        if current in seen or current < 0:
            continue
        seen.add(current)
        step = function.values[current]
        if type(step) is f.Call and step.callee == "!sorted" and not _is_by_time(function, step):
            return f.NONE
        if type(step) is f.Call and step.callee in _NO_ORDER and step.receiver >= 0 and not step.args:
            found = current
        if type(step) is f.Collection and step.region >= 0:
            pending.append(function.regions[step.region].subject)
        pending.extend(f.operands(step))
        pending.extend(_filled_with(function, current))
        if _is_sorted_in_place(function, current):
            return f.NONE
    return found


def _filled_with(function: Function, container: int) -> Iterator[int]:
    """What is put into a container: `rows[key] = row`, `rows.append(row)`, `rows.setdefault(key, []).append(row)`."""
    aliases = [container]
    for alias in aliases:
        for user in function.users.get(alias, ()):
            step = function.values[user]
            if type(step) is f.StoreItem and step.base == alias:
                yield step.value
            elif type(step) is f.Call and step.receiver == alias and step.callee in _FILLS:
                yield from step.args
                aliases.append(user)
            elif type(step) is f.Phi and user not in aliases:
                aliases.append(user)


def _is_by_time(function: Function, step: f.Call) -> bool:
    """The sorting is by a time, which several rows may share, and which says nothing of their keys."""
    key = next((function.values[v] for name, v in step.keywords if name == "key"), None)
    if type(key) is not f.Closure:
        return False
    body = function.file.functions[key.function]
    last = body.values[body.returns[0] if body.returns else len(body.values) - 1]
    named = body.values[last.key] if type(last) is f.Index else last
    name = named.name if type(named) is f.Attr else named.value if type(named) is f.Const else ""
    return str(name).endswith(_TIMES)


def _is_sorted_in_place(function: Function, value: int) -> bool:
    for user in function.users.get(value, ()):
        step = function.values[user]
        if (
            type(step) is f.Call
            and step.receiver == value
            and step.callee == "sort"
            and not _is_by_time(function, step)
        ):
            return True
    return False


def _sorted_by_key(function: Function, call: int) -> int:
    """Where the list that a bulk update is given is sorted by something else than time, before the call; or NONE."""
    step = function.values[call]
    given = function.origin(step.args[0]) if type(step) is f.Call and step.args else f.NONE
    for other in function.calls:
        later = function.values[other]
        assert type(later) is f.Call
        if other < call and later.callee == "sort" and given >= 0 and function.origin(later.receiver) == given:
            return f.NONE if _is_by_time(function, later) else other
    return f.NONE


def _is_locked(program: Program, function: Function, call: int) -> bool:
    return any(taken.value < call for taken in program.locks.taken(function))


def _match(function: Function, call: int, origin: int, problem: str, says: str) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    return Match(
        message=f"{problem}: two at once that share some of them lock them in different order and deadlock",
        function=function,
        line=step.line,
        key=step.callee.rpartition(".")[2],
        path=(function.step(origin, says), function.step(call, "locks one row after the other")),
        confidence=0.75,
        weight=2.0,
    )
