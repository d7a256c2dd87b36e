"""Two transactions take the same locks in opposite order.

When they meet, each holds what the other waits for: the database kills one of them after a while (or two threads hang for ever), and the more
traffic there is, the more often they meet.

Take locks in one order everywhere: the tables in a fixed order, rows sorted by their key in one statement (`filter(id__in=sorted(ids))`,
`ORDER BY id FOR UPDATE`); locks between threads by a rule written down.

## Bad: tables

```shop/payments.py
from django.db import models, transaction

class Account(models.Model):
    balance = models.IntegerField()

class Order(models.Model):
    paid = models.BooleanField()

@transaction.atomic
def pay(account, order):
    a = Account.objects.select_for_update().get(pk=account)
    o = Order.objects.select_for_update().get(pk=order)
    return a, o

@transaction.atomic
def refund(account, order):
    o = Order.objects.select_for_update().get(pk=order)
    a = Account.objects.select_for_update().get(pk=account)  # finding: Order, then Account
    return a, o
```

## Bad: two rows of one table, in the order of the arguments

```shop/transfer.py
from django.db import models, transaction

class Account(models.Model):
    balance = models.IntegerField()

def locked(key):
    return Account.objects.select_for_update().get(pk=key)

@transaction.atomic
def transfer(source, target):
    a = locked(source)
    b = locked(target)  # finding: two rows of Account
    return a, b
```

## Bad: locks between threads

```cache.py
import threading

ITEMS = threading.Lock()
STATS = threading.Lock()

def store():
    with ITEMS:
        with STATS:
            pass

def report():
    with STATS:
        count()  # finding: cache.STATS, then cache.ITEMS

def count():
    with ITEMS:
        pass
```

## Good

```shop/transfer.py
from django.db import models, transaction

class Account(models.Model):
    balance = models.IntegerField()

@transaction.atomic
def transfer(source, target):
    return list(Account.objects.select_for_update().filter(pk__in=[source, target]).order_by("pk"))

def one(key):
    return Account.objects.select_for_update().get(pk=key)
```

## Good: the lock that would turn the order round is not asked for

```shop/payments.py
from django.db import models, transaction

class Account(models.Model):
    balance = models.IntegerField()

class Order(models.Model):
    paid = models.BooleanField()

def find(key, locked=False):
    if locked:
        return Account.objects.select_for_update().get(pk=key)
    return Account.objects.get(pk=key)

@transaction.atomic
def pay(account, order):
    a = find(account, locked=True)
    o = Order.objects.select_for_update().get(pk=order)
    return a, o

@transaction.atomic
def refund(account, order):
    o = Order.objects.select_for_update().get(pk=order)
    a = find(account)
    return a, o
```
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.locks import Taken
from seatrial.rules.contract import SLIGHT, TOLD, Match, rule

FAR = 3
"""Steps to a lock, itself among them, from which on what was asked on the way may rule it out."""


@rule(severity=Severity.ERROR, category=("race",), cwe=(833,), confirmed_by="deadlock", most=TOLD)
def check(program: Program) -> Iterator[Match]:
    """Pairs of locks that are held together in both orders, and pairs of rows of one table in the order of arguments."""
    orders: dict[tuple[str, str], tuple[Function, Taken, Taken]] = {}
    for function in program.locks.takers:
        taken = program.locks.taken(function)
        if len(taken) < 2:
            continue
        pair = next(
            (p for p in _together(function, taken) if p[0].what == p[1].what and _is_by_argument(function, *p)), None
        )
        if pair:
            found = _rows(function, *pair)
            yield replace(found, confidence=SLIGHT) if _is_far(pair) else found
        for first, second in _together(function, _first_taken(taken)):
            orders.setdefault((first.what, second.what), (function, first, second))
    for (a, b), here in orders.items():
        if a < b and (b, a) in orders and orders[b, a][0] is not here[0]:
            found = _opposite(*sorted((here, orders[b, a]), key=_position))
            both = (here, orders[b, a])
            seldom = any(program.occasions.is_by_hand(one[0]) or _is_far(one[1:]) for one in both)
            yield replace(found, confidence=SLIGHT) if seldom else found


def _first_taken(taken: Sequence[Taken]) -> list[Taken]:
    """Only the first time that each is taken: taking again what one holds waits for nobody."""
    found: dict[str, Taken] = {}
    for one in taken:
        found.setdefault(one.what, one)
    return list(found.values())


def _position(held: tuple[Function, Taken, Taken]) -> tuple[str, int]:
    return (held[0].file.path, held[0].facts.line)


def _together(function: Function, taken: Sequence[Taken]) -> Iterator[tuple[Taken, Taken]]:
    """Pairs of locks of which the second is waited for while the first is held."""
    for first, second in combinations(taken, 2):
        is_held = first.value < second.value < first.until and not _are_apart(function, first.value, second.value)
        if is_held and first.rows == second.rows and first.what and second.what and second.waits:
            yield first, second


def _are_apart(function: Function, one: int, other: int) -> bool:
    """They stand in two branches of which only one runs."""
    known = dict(function.guards(one))
    if any(known.get(condition, outcome) is not outcome for condition, outcome in function.guards(other)):
        return True
    return any(_is_tried(function, handler, one) for handler in function.enclosing(other) if handler.kind == "except")


def _is_tried(function: Function, handler: f.Region, value: int) -> bool:
    """The handler runs because what was tried before it went wrong, this value with it."""
    before = [r for r in function.regions if r.kind == "try" and r.parent == handler.parent and r.end <= handler.start]
    return bool(before) and before[-1].start <= value < before[-1].end


def _is_far(pair: Iterable[Taken]) -> bool:
    """One of them is taken by what is called by what is called: whether it is there depends on what is handed on."""
    return any(len(one.path) > FAR for one in pair)


def _is_by_argument(function: Function, first: Taken, second: Taken) -> bool:
    """Both lock one row, each by another argument of this function, in the same way."""
    if not first.rows or [step.place for step in first.path[1:]] != [step.place for step in second.path[1:]]:
        return False
    one, other = function.values[first.value], function.values[second.value]
    if type(one) is not f.Call or type(other) is not f.Call:
        return False
    mine, theirs = _parameters(function, first.value), _parameters(function, second.value)
    sorts = any(type(v) is f.Call and v.callee == "!sorted" for v in function.values)
    return not sorts and bool(mine - theirs) and bool(theirs - mine)


def _parameters(function: Function, value: int) -> frozenset[int]:
    pending, found = [value], set()
    while pending:
        current = pending.pop()
        step = function.values[current]
        if type(step) is f.Param:
            found.add(current)
        elif type(step) is not f.Phi:
            pending.extend(f.operands(step))
    return frozenset(found)


def _rows(function: Function, first: Taken, second: Taken) -> Match:
    table = first.what.rpartition(".")[2]
    return Match(
        message=f"two rows of {table} are locked in the order of the arguments: called both ways at once, they deadlock",
        function=function,
        line=function.values[second.value].line,
        key=f"rows of {table}",
        path=(*first.path, *second.path),
        confidence=0.85,
        weight=2.0,
    )


def _opposite(one: tuple[Function, Taken, Taken], other: tuple[Function, Taken, Taken]) -> Match:
    function, first, second = other
    return Match(
        message=f"{function.symbol} locks {_short(first)}, then {_short(second)}; {one[0].symbol} locks them the other way round",
        function=function,
        line=function.values[second.value].line,
        key=f"{first.what}>{second.what}",
        path=(*one[1].path, *one[2].path, *first.path, *second.path),
        confidence=0.85,
        weight=2.0,
        also=(one[0],),
    )


def _short(taken: Taken) -> str:
    return taken.what.rpartition(".")[2] if taken.rows else taken.what
