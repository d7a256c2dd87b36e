"""The same query with the same parameters runs twice on one way through a function.

Every request pays the round trip twice, and between the two the row may have changed, so that the second half of the work rests on
another answer than the first.

Keep the first answer in a variable and hand it on.

## Bad

```shop/orders.py
from django.db import models

class Order(models.Model):
    number = models.IntegerField()
    state = models.CharField(max_length=9)

def state(number):
    if Order.objects.filter(number=number).first() is None:
        return ""
    return Order.objects.filter(number=number).first().state  # finding: Order is queried again

def summary(pk):
    number = Order.objects.get(pk=pk).number
    state = Order.objects.get(pk=pk).state  # finding: Order is queried again
    return number, state

def shown():
    orders = Order.objects.filter(state="open")
    return {"count": orders.count(), "pages": orders.count() // 50}  # finding: Order
```

## Bad: by a function

```shop/orders.py
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]

def find(session: Session, number):
    return session.scalars(select(Order).where(Order.state == number)).one()
```

```shop/api.py
from shop.orders import find

def page(session, number):
    title = find(session, number).state
    return title, find(session, number).id  # finding: find
```

## Good

```shop/orders.py
import time
from functools import lru_cache

from django.db import models, transaction

class Order(models.Model):
    number = models.IntegerField()
    state = models.CharField(max_length=9)

def state(number):
    order = Order.objects.filter(number=number).first()
    return order.state if order else ""

def two(first, second):
    return Order.objects.get(pk=first), Order.objects.get(pk=second)

def either(pk, short):
    if short:
        return Order.objects.get(pk=pk).number
    return Order.objects.get(pk=pk)

def branches(pk, short):
    if short:
        order = Order.objects.get(pk=pk)
    else:
        order = Order.objects.get(pk=pk)
    return order

def close(pk):
    before = Order.objects.get(pk=pk)
    Order.objects.filter(pk=pk).update(state="closed")
    return before, Order.objects.get(pk=pk)

def locked(pk):
    order = Order.objects.get(pk=pk)
    with transaction.atomic():
        order = Order.objects.get(pk=pk)
        order.save()

def wait(pk):
    order = Order.objects.get(pk=pk)
    time.sleep(1)
    return order, Order.objects.get(pk=pk)

def retry(pk):
    try:
        return Order.objects.get(pk=pk)
    except Order.DoesNotExist:
        return Order.objects.get(pk=pk)

@lru_cache
def cached(pk):
    return Order.objects.get(pk=pk)

def from_cache(pk):
    return cached(pk).number, cached(pk).state

class Close:
    def __init__(self, pk):
        self.pk = pk

    def close(self):
        before = Order.objects.get(pk=self.pk)
        super().close()
        return before, Order.objects.get(pk=self.pk)

def listed():
    orders = Order.objects.filter(state="open")
    numbers = [order.number for order in orders]
    return numbers, [order.state for order in orders]
```

## Not found yet

```shop/orders.py
from django.db import models

class Order(models.Model):
    number = models.IntegerField()

def find(pk):
    return Order.objects.get(pk=pk)

def number(pk):
    return find(pk).number

def page(pk):
    return find(pk), number(pk)  # gap: behind two functions
```
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Program
from seatrial.program.ancestry import made_of
from seatrial.rules.contract import Match, rule
from seatrial.rules.scale._worth import weighed

DEPTH = 10
"""How deep the parameters of a query are compared."""
_CHANGES = ("db.write", "commit", "rollback", "lock", "task.enqueue")
_WAITS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep"})
_ANEW = frozenset({"with", "except", "finally"})
"""Regions before which the world may have changed: a lock was taken, something failed."""
_OF_PREFETCHED = frozenset({"count", "exists", "all", "acount", "aexists"})
"""Methods of a row's relation that ask nothing if it was fetched along."""
_GOES_THROUGH = frozenset({"if", "else", "for", "comprehension"})
"""Regions whose subject is asked for its rows."""
_STORES = frozenset({f.StoreAttr})
_WITHIN = frozenset({f.Attr, f.Compare, f.Unary, f.Binary, f.Await, f.Conditional})
"""What one expression is made of."""
_TOGETHER = frozenset({"try", "with"})
"""Regions that are left on the same way as they are entered, if nothing fails."""


@rule(severity=Severity.WARNING, category=("nplus1",), cwe=(1050,))
def check(program: Program) -> Iterator[Match]:
    """Calls that read from the database, of equal callee and arguments, where nothing is written in between."""
    for function in program.code:
        if not function.is_callable or len(function.calls) < 2 or not program.effects.of(function, "db.read"):
            continue
        alike: dict[tuple[str, int, int], list[int]] = defaultdict(list)
        for call in function.calls:
            step = function.values[call]
            assert type(step) is f.Call
            alike[step.callee, len(step.args), len(step.keywords)].append(call)
        for calls in alike.values():
            yield from _repeated(program, function, calls)


def _repeated(program: Program, function: Function, calls: list[int]) -> Iterator[Match]:
    first: dict[Hashable, int] = {}
    told: set[int] = set()
    for call in calls if len(calls) > 1 else ():
        effect = program.effects.of_call(function, call, "db.read")
        if effect is None or effect.once or _is_kept(program, function, call) or not _is_used(function, call):
            continue
        if _is_gone_through(function, call):
            continue
        before = first.setdefault(_key(function, call), call)
        if before in told or before == call or not _leads_to(function, before, call):
            continue
        if not _changed(program, function, before, call):
            told.add(before)
            yield _match(program, effect, before)


def _is_used(function: Function, call: int) -> bool:
    """Somebody looks at the answer: else it is run for another reason, to warm something up or to measure."""
    users = function.users.get(call, ())
    return any(type(function.values[user]) is not f.Await or function.users.get(user) for user in users)


def _is_gone_through(function: Function, call: int) -> bool:
    """`rows.count()`, where the query has run for its rows before, and counts those: `if rows: rows.count()`."""
    step = function.values[call]
    if type(step) is not f.Call or step.receiver < 0 or step.callee not in _OF_PREFETCHED:
        return False
    rows = function.origin(step.receiver)
    asked = (region.subject for region in function.regions if region.start <= call and region.kind in _GOES_THROUGH)
    return any(subject >= 0 and function.origin(subject) == rows for subject in asked)


def _is_kept(program: Program, function: Function, call: int) -> bool:
    """A row by its key, which the session remembers: `session.get(Order, 3)`."""
    step = function.values[call]
    target = program.target(function, call)
    if any(_remembers(one) for one in target.functions):
        return True
    by_key = type(step) is f.Call and step.callee == "get" and program.types.has_kind(target.receiver, "session")
    return by_key or any(e.value == call and e.kind == "db.write" for e in program.effects.local(function))


def _remembers(function: Function) -> bool:
    """A method that gives back what it keeps in a field of its own: `if not self._rows: self._rows = …`."""
    kept = {s.name for at in function.of(_STORES) if type(s := function.values[at]) is f.StoreAttr and s.base == 0}
    given = (function.values[function.origin(back)] for back in function.returns)
    return any(type(one) is f.Attr and one.base == 0 and one.name in kept for one in given)


def _key(function: Function, value: int, depth: int = 0) -> Hashable:
    """Equal for two values that are written alike and made of the same values."""
    if value < 0:
        return value
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Const:
        return (step.kind, step.value)
    if type(step) is f.Ref:
        return step.path
    written = _written(step)
    if not written or depth > DEPTH:
        return ("value", value)
    return (*written, *(_key(function, inner, depth + 1) for inner in f.operands(step)))


def _written(step: f.AnyValue) -> tuple[Hashable, ...]:
    """What is written of a value beside what it is made of; empty for one that is made anew each time."""
    if type(step) is f.Call:
        return ("call", step.callee, step.receiver < 0, len(step.args), tuple(name for name, _ in step.keywords))
    if type(step) is f.Attr:
        return ("attribute", step.name)
    if type(step) in {f.Compare, f.Binary, f.Unary}:
        return (step.op,)  # type: ignore[union-attr] # all three have one
    if type(step) is f.Index or (type(step) is f.Collection and step.region < 0):
        return (type(step).__name__,)
    return ()


def _leads_to(function: Function, before: int, after: int) -> bool:
    """Whoever comes to the second call has passed the first."""
    if _may_be_left_out(function, before, after):
        return False
    around = list(function.enclosing(after))
    for region in around:
        if region.start > before and (
            region.kind in _ANEW or before in made_of(function, region.subject, start=before)
        ):
            return False
    return all(region in around or region.kind in _TOGETHER for region in function.enclosing(before))


def _may_be_left_out(function: Function, call: int, after: int) -> bool:
    """It runs on one side of a condition only: `a and find()`, `find() if a else b`.

    Not so for what comes later in that condition: `a and find() and find().name`.
    """
    value, sided = call, f.NONE
    while users := function.users.get(value, ()):
        step = function.values[users[0]]
        if type(step) not in _WITHIN or users[0] <= value:
            break
        if _is_side(function, step, value) or (sided >= 0 and type(step) is f.Binary):
            sided = users[0]
        value = users[0]
    return 0 <= sided < after


def _is_side(function: Function, step: f.AnyValue, value: int) -> bool:
    """The value is what one outcome of a condition leaves out."""
    if type(step) is f.Binary:
        return step.op in {"and", "or"} and function.origin(step.right) == value
    return type(step) is f.Conditional and value in {function.origin(step.then), function.origin(step.other)}


def _changed(program: Program, function: Function, before: int, after: int) -> bool:
    """Something is written, sent or waited for in between, so that the answer may be another."""
    for call in function.calls:
        if not before < call < after:
            continue
        if program.target(function, call).external in _WAITS or _is_own(program, function, call):
            return True
        if _is_unknown(program, function, call) or _is_other(program, function, before, call):
            return True
        if any(program.effects.of_call(function, call, kind) for kind in _CHANGES):
            return True
    return any(type(function.values[v]) in {f.Yield, f.StoreAttr, f.StoreItem, f.Delete} for v in range(before, after))


def _is_unknown(program: Program, function: Function, call: int) -> bool:
    """A function that was handed in is called: `func(self)`."""
    step = function.values[call]
    called = step.receiver if type(step) is f.Call and not step.callee else f.NONE
    kinds = {f.Param, f.Free}
    return (
        called >= 0
        and type(function.values[function.origin(called)]) in kinds
        and not program.target(function, call).functions
    )


def _is_other(program: Program, function: Function, before: int, call: int) -> bool:
    """The same function of the program is asked for something else, and may change what it is given: `run(statement)`."""
    asked, step = function.values[before], function.values[call]
    alike = type(asked) is f.Call and type(step) is f.Call and asked.callee == step.callee and asked.receiver < 0
    return alike and bool(program.target(function, call).functions) and _key(function, before) != _key(function, call)


def _is_own(program: Program, function: Function, call: int) -> bool:
    """`super().update(…)`; and `self.reload()`, of which nothing is known."""
    step = function.values[call]
    if function.cls is None or type(step) is not f.Call or step.receiver < 0:
        return False
    owner, target = function.values[step.receiver], program.target(function, call)
    if type(owner) is f.Call and owner.callee == "!super":
        return True
    return function.origin(step.receiver) == 0 and target.model is None and not target.functions


def _match(program: Program, effect: Effect, before: int) -> Match:
    function = effect.function
    step = function.values[effect.value]
    assert type(step) is f.Call
    called = effect.via.function.symbol if effect.via else ""
    what = f"{called} queries {_table(effect)} again" if called else f"{_table(effect)} is queried again"
    return Match(
        message=f"{what} with the same parameters as in line {function.values[before].line}",
        function=function,
        line=step.line,
        key=f"{called or effect.what} again",
        path=(function.step(before, "runs the query"), *effect.path("runs it again")),
        confidence=weighed(program, function, _confidence(function, effect, step)),
    )


def _confidence(function: Function, effect: Effect, step: f.Call) -> float:
    """Less for what may have been fetched along, or is far away: the function may keep the answer in its own way."""
    owner = function.values[function.origin(step.receiver)] if step.receiver >= 0 else None
    if effect.depth > 1 or (type(owner) is f.Attr and step.callee in _OF_PREFETCHED):
        return 0.6
    return 0.72 if effect.depth else 0.75


def _table(effect: Effect) -> str:
    return effect.what.rpartition(".")[2] or "the database"
