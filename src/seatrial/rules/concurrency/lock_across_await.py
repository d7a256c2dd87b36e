"""A lock is held while the program waits for somebody outside.

A lock between threads that is held over an `await` stops the event loop: the next coroutine that wants it blocks the only thread, and the one
that holds it never goes on. Rows that are locked over a request to another service are locked for as long as that service likes: when it is
slow, everybody who needs those rows queues up, until no connection is left.

Ask outside first, and lock then, for as long as it takes to write. Between coroutines, use `asyncio.Lock`.

## Bad: a lock between threads

```shop/stock.py
import asyncio
import threading

lock = threading.Lock()

class Stock:
    def __init__(self):
        self.lock = threading.RLock()

    async def take(self, count):
        with self.lock:
            await asyncio.sleep(1)  # finding: shop.stock.Stock.lock
            self.count -= count

async def refill():
    lock.acquire()
    await asyncio.sleep(1)  # finding: lock
    lock.release()
```

## Bad: rows

```shop/payments.py
import requests
from django.db import models, transaction

class Order(models.Model):
    paid = models.BooleanField()

def charge(order):
    return requests.post("https://pay.example/charges", json={"order": order.pk}, timeout=30).ok

def pay(key):
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=key)
        order.paid = charge(order)  # finding: rows of Order
        order.save()
```

## Good

```shop/stock.py
import asyncio
import threading

lock = threading.Lock()
turn = asyncio.Lock()

async def take(count):
    async with turn:
        await asyncio.sleep(1)
    with lock:
        total = count + 1
    await asyncio.sleep(total)
    lock.acquire()
    lock.release()
    await asyncio.sleep(total)

def wait(count):
    with lock:
        return count
```

```shop/payments.py
import requests
from django.db import models, transaction

class Order(models.Model):
    paid = models.BooleanField()

def pay(key):
    paid = requests.post("https://pay.example/charges", json={"order": key}, timeout=30).ok
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=key)
        order.paid = paid
        order.save()
    requests.post("https://pay.example/done", json={"order": key}, timeout=30)

def read(key):
    with transaction.atomic():
        order = Order.objects.get(pk=key)
        requests.post("https://pay.example/charges", json={"order": order.pk}, timeout=30)

def tell(key):
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=key)
        transaction.on_commit(lambda: requests.post("https://pay.example/done", json={"order": order.pk}, timeout=30))
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Program, written
from seatrial.program.ancestry import made_of
from seatrial.program.locks import Taken
from seatrial.rules.contract import SLIGHT, Match, rule

_AWAITS = frozenset({f.Await})
_OUTSIDE = ("http", "mail")


@rule(severity=Severity.ERROR, category=("race",), cwe=(833,), confirmed_by="race")
def check(program: Program) -> Iterator[Match]:
    """Locks between threads over an `await`, and locked rows over a request to another service."""
    for function in program.index.with_regions("with"):
        if function.facts.is_async:
            yield from _in_regions(program, function)
    for function, call in program.index.calls("acquire"):
        if function.facts.is_async:
            yield from _until_release(program, function, call)
    for function in dict.fromkeys(effect.function for effect in program.effects.sources("db.lock")):
        yield from _rows(program, function)


def _in_regions(program: Program, function: Function) -> Iterator[Match]:
    for region in function.regions:
        if region.kind == "with" and not region.is_async and region.subject >= 0:
            name = _thread_lock(program, function, region.subject)
            if name:
                yield from _awaits(function, region.subject, name, (region.start, region.end))


def _until_release(program: Program, function: Function, call: int) -> Iterator[Match]:
    step = function.values[call]
    assert type(step) is f.Call
    name = (
        _thread_lock(program, function, step.receiver) if step.receiver >= 0 else _module_lock(program, function, call)
    )
    if not name:
        return
    for other in function.calls:
        later = function.values[other]
        assert type(later) is f.Call
        released = later.callee == step.callee.removesuffix("acquire") + "release"
        if other > call and released and function.origin(later.receiver) == function.origin(step.receiver):
            yield from _awaits(function, call, name, (call, other))
            return


def _thread_lock(program: Program, function: Function, value: int) -> str:
    """The name of the lock between threads that a value holds; empty if it is none, or one between coroutines."""
    found = program.type_of(function, value)
    kinds = program.types.kinds(found) if found else frozenset()
    return program.locks.name(function, value) if "lock" in kinds and "async-lock" not in kinds else ""


def _module_lock(program: Program, function: Function, call: int) -> str:
    """`lock.acquire()` of a module's variable, where the name is all of the call."""
    receiver = program.target(function, call).receiver
    step = function.values[call]
    if receiver is None or type(step) is not f.Call or program.types.kinds(receiver) & {"async-lock"}:
        return ""
    return step.callee.removesuffix(".acquire").lstrip(":.?!") if program.types.has_kind(receiver, "lock") else ""


def _awaits(function: Function, taken: int, name: str, span: tuple[int, int]) -> Iterator[Match]:
    at = next((at for at in function.of(_AWAITS) if span[0] <= at < span[1]), f.NONE)
    if at >= 0:
        yield Match(
            message=f"{name} is a lock between threads and is held over an await: it can stop the event loop for ever",
            function=function,
            line=function.values[at].line,
            key=name,
            path=(function.step(taken, f"takes {name}"), function.step(at, "lets others run, with the lock held")),
            confidence=0.88,
            weight=2.0,
        )


def _rows(program: Program, function: Function) -> Iterator[Match]:
    for taken in program.locks.taken(function):
        if taken.rows and taken.function is function:
            for call in function.calls:
                within = taken.value < call < taken.until and not _is_meant(function, taken, call)
                effect = _outside(program, function, call) if within else None
                if effect is not None:
                    yield _held(program, function, taken, effect)
                    return


def _is_meant(function: Function, taken: Taken, call: int) -> bool:
    """There was no row to lock: `except Order.DoesNotExist`; or others are to wait for the answer, and then find it.

    Once the lock is held, the row is looked at again, and whoever finds the work done leaves.
    """
    kinds = (r.subject for r in function.enclosing(call) if r.kind == "except" and r.start > taken.value)
    if any(kind >= 0 and written(function, kind).endswith(("DoesNotExist", "NoResultFound")) for kind in kinds):
        return True
    between = (r for r in function.regions if r.kind == "if" and taken.value < r.start and r.end <= call)
    return any(_leaves(function, r) and taken.value in made_of(function, r.subject) for r in between)


def _leaves(function: Function, region: f.Region) -> bool:
    return any(type(step) is f.Return and step.value >= 0 for step in function.values[region.start : region.end])


def _outside(program: Program, function: Function, call: int) -> Effect | None:
    found = (program.effects.of_call(function, call, kind) for kind in _OUTSIDE)
    return next((effect for effect in found if effect is not None), None)


def _held(program: Program, function: Function, taken: Taken, effect: Effect) -> Match:
    table = taken.what.rpartition(".")[2]
    rows = f"rows of {table}" if table else "rows"
    return Match(
        message=f"{rows} stay locked while another service is asked",
        function=function,
        line=function.values[effect.value].line,
        key=f"{rows} {effect.what}",
        path=(*taken.path, *effect.path("waits for the answer")),
        confidence=_confidence(program, function, effect),
        weight=2.0,
        also=(effect.source.function,),
    )


def _confidence(program: Program, function: Function, effect: Effect) -> float:
    """A request that waits for a far machine makes others wait for the row; a job has often locked it to work alone."""
    if program.occasions.is_by_hand(function):
        return 0.6
    sure = max(0.6, 0.84 - 0.04 * effect.depth)
    return sure if program.occasions.is_asked(function) or not program.endpoints else min(sure, SLIGHT)
