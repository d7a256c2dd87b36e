"""Something that cannot be undone is done before the transaction that decides it is committed.

A worker starts on a task before the row it is about can be seen, and fails or does nothing; a mail tells of an order that was rolled back;
a file is gone while its row is still there. The busier the database, the longer the gap between the two.

Do it when the transaction is committed: `transaction.on_commit(lambda: task.delay(row.pk))`, or after the `with` block.

## Bad: a task that may start before the commit

```shop/orders.py
from celery import shared_task
from django.db import models, transaction

class Order(models.Model):
    paid = models.BooleanField()

@shared_task
def ship(key):
    return Order.objects.get(pk=key)

def place(key):
    with transaction.atomic():
        order = Order.objects.create(pk=key, paid=True)
        ship.delay(order.pk)  # finding: a task is queued
    return order
```

## Bad: a mail for what may be rolled back

```shop/mails.py
from django.core.mail import send_mail
from django.db import models, transaction

class Order(models.Model):
    paid = models.BooleanField()

def confirm(address):
    send_mail("Thank you", "It is on its way", "shop@shop.example", [address])

@transaction.atomic
def pay(order, address):
    Order.objects.filter(pk=order).update(paid=True)
    confirm(address)  # finding: a mail is sent
```

## Good

```shop/orders.py
from celery import shared_task
from django.db import models, transaction
from django.db.models.signals import post_delete

class Order(models.Model):
    paid = models.BooleanField()

@shared_task
def ship(key):
    return Order.objects.get(pk=key)

def place(key):
    with transaction.atomic():
        order = Order.objects.create(pk=key, paid=True)
        transaction.on_commit(lambda: ship.delay(order.pk))
    return order

def place_and_ship(key):
    with transaction.atomic():
        order = Order.objects.create(pk=key, paid=True)
    ship.delay(order.pk)
    return order

@shared_task
def fill(start):
    with transaction.atomic():
        Order.objects.create(pk=start)
        fill.delay(start + 1)

def remove_file(instance, **kwargs):
    transaction.on_commit(lambda: instance.picture.delete(save=False))

def remove_rows(instance, **kwargs):
    instance.lines.all().delete()

def connect(model):
    post_delete.connect(remove_file, sender=model)
    post_delete.connect(remove_rows, sender=model)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Program
from seatrial.program import written as in_words
from seatrial.program.ancestry import made_of
from seatrial.program.occasions import BY_HAND, Occasion
from seatrial.rules.contract import SLIGHT, Match, each_once, rule

_DEEDS = {"task.enqueue": "a task is queued", "mail": "a mail is sent"}
_SIGNALS = frozenset({"post_delete", "pre_delete", "post_save", "pre_save"})


@rule(severity=Severity.ERROR, category=("race",), cwe=(362,), confirmed_by="race")
def check(program: Program) -> Iterator[Match]:
    """Tasks and mails inside a transaction that writes, and files that signals of models remove."""
    for function in dict.fromkeys((*program.index.with_regions("with"), *_decorated(program))):
        for start, end in program.locks.transactions(function):
            yield from each_once(_within(program, function, start, end), lambda one: one.message)
    for function in dict.fromkeys(_receivers(program)):
        yield from _removals(function)


def _decorated(program: Program) -> Iterator[Function]:
    return (function for function in program.code if function.facts.decorators and function.is_callable)


def _within(program: Program, function: Function, start: int, end: int) -> Iterator[Match]:
    written = [e for e in _effects(program, function, start, end, "db.write") if e.what]
    for kind, says in _DEEDS.items() if written else ():
        for effect in _effects(program, function, start, end, kind):
            earlier = [e for e in written if e.value < effect.value]
            if earlier:
                yield _match(program, function, effect, earlier, says)


def _effects(program: Program, function: Function, start: int, end: int, kind: str) -> Iterator[Effect]:
    for call in function.calls:
        if start <= call < end:
            effect = program.effects.of_call(function, call, kind)
            if effect is not None and not _is_tried_again(effect.source):
                yield effect


def _is_tried_again(effect: Effect) -> bool:
    """`raise self.retry()`: the transaction ends with it, and the task comes again after a while."""
    step = effect.function.values[effect.value]
    return type(step) is f.Call and step.callee.rpartition(".")[2] == "retry"


def _receivers(program: Program) -> Iterator[Function]:
    """The functions that are called when rows are written or deleted."""
    for function, call in program.index.calls("connect", "receiver"):
        step = function.values[call]
        assert type(step) is f.Call
        named = [step.callee, *(v.path for a in step.args if type(v := function.values[a]) is f.Ref)]
        if step.args and any(part in _SIGNALS for name in named for part in name.split(".")):
            yield from program.calls.value(function, step.args[0]).functions
    for function in _decorated(program):
        outer = function.parent
        steps = [outer.values[d] for d in function.facts.decorators] if outer else []
        if outer and any(type(s) is f.Call and s.callee.endswith("receiver") and _hears(outer, s) for s in steps):
            yield function


def _hears(outer: Function, step: f.Call) -> bool:
    given = [i for a in step.args for i in (a, *f.operands(outer.values[a]))]
    paths = [v.path for i in given if type(v := outer.values[i]) is f.Ref]
    return any(path.rpartition(".")[2] in _SIGNALS for path in paths)


def _removals(function: Function) -> Iterator[Match]:
    """`row.file.delete(save=False)`: of all `delete` methods, only that of a file field takes `save`."""
    for call in function.calls:
        step = function.values[call]
        assert type(step) is f.Call
        if step.callee != "delete" or step.receiver < 0 or type(function.values[step.receiver]) is not f.Attr:
            continue
        given = [*(a for a in step.args[:1]), *(v for name, v in step.keywords if name == "save")]
        if any(type(v := function.values[g]) is f.Const and v.kind == "bool" for g in given):
            yield Match(
                message="a file is removed before the transaction that deletes its row is committed",
                function=function,
                line=step.line,
                key="file",
                path=(function.head("runs inside the transaction"), function.step(call, "removes the file")),
                confidence=0.8,
                weight=2.0,
            )


def _match(program: Program, function: Function, effect: Effect, earlier: list[Effect], says: str) -> Match:
    told = list(_told(program, function, effect, earlier)) if effect.kind == "task.enqueue" else []
    written = (told or earlier)[0]
    table = written.what.rpartition(".")[2]
    sure = max(0.6, 0.84 - 0.04 * effect.depth)
    by_operators = bool(begun := program.occasions.of(function)) and begun <= BY_HAND - {Occasion.UNUSED}
    if by_operators or (effect.kind == "task.enqueue" and not told):
        sure = min(sure, SLIGHT)
    return Match(
        message=f"{says} before the transaction that writes {table} is committed",
        function=function,
        line=function.values[effect.value].line,
        key=f"{effect.kind} {effect.what}",
        path=(function.step(written.value, f"writes {table}"), *effect.path(f"here {says}")),
        confidence=0.6 if _is_next_turn(function, effect.value) else sure,
        weight=2.0,
        also=(effect.source.function,),
    )


def _told(program: Program, function: Function, effect: Effect, earlier: list[Effect]) -> Iterator[Effect]:
    """The writes that the task may come too early for: of tables that it reads; if it is not known, of what it is given."""
    bodies = _queued(program, effect.source)
    read = {table for body in bodies for table in program.effects.of(body, "db.read")}
    for write in earlier:
        behind = program.effects.of(write.via.function, "db.write") if write.via else {}
        if not read.isdisjoint({write.what, *behind}) if bodies else _is_told_of(function, effect, write):
            yield write


def _queued(program: Program, effect: Effect) -> list[Function]:
    """The bodies of the task that is queued: `ship.delay(…)`, `queue.enqueue(ship, …)`."""
    function, step = effect.function, effect.function.values[effect.value]
    model = program.model(function, effect.value)
    if type(step) is not f.Call or model is None or model.hook is None:
        return []
    if step.receiver < 0 and "." in step.callee:
        found = program.names.resolve(function.file, step.callee.rpartition(".")[0]).entity
        if isinstance(found, Function):
            return [found]
    given = (value for value in model.hook.callback.select(step) if value >= 0)
    return [body for value in given for body in program.calls.value(function, value).functions]


def _is_told_of(function: Function, effect: Effect, write: Effect) -> bool:
    """What is queued is given the row that was written, or what that was found by; or nothing, and looks at all rows."""
    told, rows = _given(function, effect.value), {write.value, *_given(function, write.value)}
    return not told or not (rows.isdisjoint(made_of(function, *told)) and told.isdisjoint(made_of(function, *rows)))


def _given(function: Function, call: int) -> set[int]:
    """What a call is made on and given, without what is written out."""
    given = {function.origin(value) for value in f.operands(function.values[call])}
    return {value for value in given if type(function.values[value]) not in {f.Const, f.Ref}}


def _is_next_turn(function: Function, call: int) -> bool:
    """A task queues itself for the next batch, which does not read what this one wrote."""
    step = function.values[call]
    name = f"{in_words(function, step.receiver)}.{step.callee}" if type(step) is f.Call else ""
    return function.name in name.replace(":", ".").split(".")
