"""Rows are written to the database one by one in a loop, each with a round trip of its own.

A thousand rows at a millisecond each are a second in which the request waits, the transaction stays open and the locks are held; one
statement for all takes a few milliseconds.

Gather the rows and write them together: `bulk_create`, `bulk_update`, one `update()` or `delete()` on the query, `add_all` and a single
`commit`, `executemany`, `insert_many`.

## Bad: Django

```shop/orders.py
import csv
import json

from django.db import models
from django.http import HttpRequest

class Order(models.Model):
    number = models.IntegerField()
    state = models.CharField(max_length=9)

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    sku = models.CharField(max_length=9)

class Tag(models.Model):
    orders = models.ManyToManyField(Order, related_name="tags")

def place(order, request: HttpRequest):
    for entry in json.loads(request.body)["lines"]:
        Line.objects.create(order=order, sku=entry["sku"])  # finding: Line is written for each element of

def add(order, path):
    for row in csv.reader(open(path)):
        line = Line(order=order, sku=row[0])
        line.save()  # finding: Line

def close():
    for order in Order.objects.filter(state="open"):
        order.state = "closed"
        order.save(update_fields=["state"])  # finding: Order is written for each row of

def drop():
    for order in Order.objects.filter(state="closed"):
        order.delete()  # finding: Order

def mark(order):
    for tag in Tag.objects.filter(pk__gt=3):
        order.tags.add(tag)  # finding: tags

def number(path):
    for pk, number in csv.reader(open(path)):
        Order.objects.filter(pk=pk).update(number=number)  # finding: Order
```

## Good

```shop/orders.py
from django.db import models, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
import requests

class Order(models.Model):
    number = models.IntegerField()

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    sku = models.CharField(max_length=9)

class Entry(models.Model):
    number = models.IntegerField()

    def save(self, *args, **kwargs):
        self.number += 1
        super().save(*args, **kwargs)

@receiver(post_save, sender=Line)
def tell(sender, instance, **kwargs):
    print(instance)

def place(numbers):
    Order.objects.bulk_create([Order(number=number) for number in numbers])

def lines(order, skus):
    for sku in skus:
        Line.objects.create(order=order, sku=sku)

def entries(path):
    for number in open(path):
        Entry(number=number).save()

def one_by_one(path):
    for number in open(path):
        try:
            Order.objects.create(number=number)
        except ValueError:
            print(number)

def apart(path):
    for number in open(path):
        with transaction.atomic():
            Order.objects.create(number=number)

def fetch(path):
    for number in open(path):
        requests.get(f"https://prices.example/{number}", timeout=5)
        Order.objects.create(number=number)

def two():
    for number in (1, 2):
        Order.objects.create(number=number)

```

## Not found yet

```shop/orders.py
from django.db import models

class Order(models.Model):
    number = models.IntegerField()

def place(number):
    return Order.objects.create(number=number)

def all_of(path):
    for number in open(path):
        place(number)  # gap: written by a function that may do more

def given(numbers):
    for number in numbers:
        Order.objects.create(number=number)  # gap: nothing says that there are many
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Effect, Function, Loop, Program, Size, Type, written
from seatrial.program.chains import compared
from seatrial.program.handed import ADMIN
from seatrial.rules.contract import HINTED, SLIGHT, Match, rule
from seatrial.rules.scale._data import is_data, is_of_one_row, is_sent
from seatrial.rules.scale._fewness import is_narrowed
from seatrial.rules.scale._rounds import is_read
from seatrial.rules.scale._worth import recurring

_ASIDE = ("http", "mail", "network", "task.enqueue", "process", "db.read")
"""What takes longer than to write a row, or must happen for each; reads in loops are another rule's."""
_HARMLESS = frozenset({"grow", "log"})
_KEYS = frozenset({"pk", "id"})
_SIGNALS = frozenset({"pre_save", "post_save", "pre_delete", "post_delete"})
DATA, SENT, UNSURE, DELIBERATE = 0.8, 0.72, SLIGHT, 0.5
"""By what is known of the collection, less where the row is needed at once, or each row has a reason of its own."""


@rule(severity=Severity.WARNING, category=("nplus1",), cwe=(1073,), confirmed_by="growth", most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """Writes of single rows, and commits, in loops that grow. One finding a loop."""
    seen: set[tuple[Function, int]] = set()
    for effect in (*program.effects.sources("db.write"), *program.effects.sources("commit")):
        function = effect.function
        loop = program.loops.around(function, effect.value) if function.region_of[effect.value] >= 0 else None
        if loop is None or (function, loop.region) in seen or not _is_single(program, loop, effect):
            continue
        seen.add((function, loop.region))
        yield _match(program, loop, effect)
    for function in program.index.with_loops():
        for loop, effect in () if program.effects.has_none(function, "db.write") else _behind(program, function):
            if (function, loop.region) not in seen:
                seen.add((function, loop.region))
                yield _match(program, loop, effect)


def _behind(program: Program, function: Function) -> Iterator[tuple[Loop, Effect]]:
    """Writes by functions that get the element, or are methods of it: `talk.publish()`, `close(order)`."""
    for call in function.calls:
        loop = program.loops.around(function, call) if function.region_of[call] >= 0 else None
        if loop is None or loop.element < 0 or not program.target(function, call).functions:
            continue
        step = function.values[call]
        given = (step.receiver, *step.args) if type(step) is f.Call else ()
        if not any(value >= 0 and function.origin(value) == loop.element for value in given):
            continue
        effect = program.effects.of_call(function, call, "db.write")
        model = program.model(effect.source.function, effect.source.value) if effect else None
        if effect and not effect.once and model is not None and model.query == "write":
            yield loop, effect


def _is_single(program: Program, loop: Loop, effect: Effect) -> bool:
    """The call sends one row, and could be one call for all."""
    function, call = loop.function, effect.value
    model, step = program.model(function, call), function.values[call]
    if model is None or type(step) is not f.Call:
        return False
    reads = any(e.value == call and e.kind == "db.read" for e in program.effects.local(function))
    receiver = program.type_of(function, step.receiver) if step.receiver >= 0 else None
    if effect.kind == "commit":
        return not _is_counted(loop, call) and _adds(program, loop)
    if model.statement.select(step):
        return not reads and model.query != "bulk" and not _gives_many(function, step, receiver)
    owner = program.target(function, call).external.rpartition(".")[0]  # of `db.session.add`, which is one path
    if program.types.has_kind(receiver, "session") or program.models.kind(owner) == "session":
        return False  # a session keeps what is added, and sends it at the commit
    if reads or _is_same_row(loop, step):
        return False
    return model.query == "write" or (model.query == "bulk" and _is_one_of(program, loop, call, step))


def _is_counted(loop: Loop, call: int) -> bool:
    """`if index % 1000 == 0: commit()`, `if len(batch) > 100: …`: many rows at a time."""
    function = loop.function
    inside = (r for r in function.enclosing(call) if r.start > loop.facts.start)
    asked = {
        v for r in inside if r.kind in {"if", "else"} for v in (r.subject, *f.operands(function.values[r.subject]))
    }
    steps = [function.values[function.origin(v)] for v in asked]
    ordered = any(type(s) is f.Compare and s.op in {"<", "<=", ">", ">="} for s in steps)
    return ordered or any(type(s) is f.Binary or (type(s) is f.Call and s.callee == "!len") for s in steps)


def _gives_many(function: Function, step: f.Call, receiver: Type | None) -> bool:
    """`execute(statement, rows)` of SQLAlchemy, which takes many rows at once."""
    given = function.values[function.origin(step.args[1])] if len(step.args) > 1 else None
    takes_many = receiver is not None and receiver.name.startswith("sqlalchemy.")
    return takes_many and given is not None and not (type(given) is f.Collection and given.kind == "dict")


def _is_same_row(loop: Loop, step: f.Call) -> bool:
    """`job.save()`, where `job` stays the same in all rounds: it keeps how far the loop came."""
    is_row = step.callee in {"save", "asave", "delete", "adelete"}
    return is_row and step.receiver >= 0 and loop.function.origin(step.receiver) < loop.facts.start


def _adds(program: Program, loop: Loop) -> bool:
    """Rows are added to a session, or statements run, in the loop that commits."""
    inside = range(loop.facts.start, loop.facts.end)
    return any(e.kind == "db.write" and e.value in inside for e in program.effects.local(loop.function))


def _is_one_of(program: Program, loop: Loop, call: int, step: f.Call) -> bool:
    """A call for many that is given one: `order.tags.add(tag)`, `filter(pk=pk).update(…)`."""
    function = loop.function
    external = program.target(function, call).external
    if external.endswith("RelatedManager.add"):
        owner = function.values[function.origin(step.receiver)]
        base = owner.base if type(owner) is f.Attr else step.receiver
        return len(step.args) == 1 and function.origin(base) < loop.facts.start
    if external.rpartition(".")[2] in {"update", "delete"} and step.receiver >= 0:
        return bool(_KEYS.intersection(compared(function, step.receiver)))
    return False


def _match(program: Program, loop: Loop, effect: Effect) -> Match:
    function, line = loop.function, loop.function.values[effect.value].line
    what = _what(program, effect)
    done = "the transaction is committed" if effect.kind == "commit" else f"{what} is written"
    return Match(
        message=f"{done} for each {'row' if loop.size is Size.ROWS else 'element'} of {loop.over}",
        function=function,
        line=line,
        key=f"{what} in {loop.over}",
        path=(loop.step(), *effect.path("commits" if effect.kind == "commit" else "writes a row")),
        confidence=recurring(program, function, _confidence(program, loop, effect)),
        weight=2.0,
    )


def _what(program: Program, effect: Effect) -> str:
    step = effect.function.values[effect.value]
    owner = effect.function.values[effect.function.origin(step.receiver)] if type(step) is f.Call else None
    if type(owner) is f.Attr and program.schema.manager_called(owner.name):
        return owner.name
    return effect.what.rpartition(".")[2] or "the database"


def _confidence(program: Program, loop: Loop, effect: Effect) -> float:
    if _is_apart(loop, effect.value) or _does_more(program, loop) or _is_watched(program, effect):
        return DELIBERATE
    subject = loop.facts.subject
    if effect.via is not None:
        return UNSURE  # the function may do more than write
    if _is_used(program, loop, effect.value) or _ends_early(loop) or _are_few(program, loop.function, subject):
        return UNSURE
    if loop.function.cls is not None and program.types.class_derives(loop.function.cls, ADMIN):
        return UNSURE  # the rows that somebody ticked on one page
    if program.endpoints and not program.occasions.is_asked(loop.function):
        return UNSURE  # nobody waits for a job
    if program.occasions.is_for_operators(loop.function):
        return UNSURE  # a few who keep the program, seldom
    if is_data(program, loop.function, subject, local=loop.size is Size.UNKNOWN):
        slight = loop.size is Size.ROWS and not (
            is_read(program, loop.function, subject) and _says_the_same(loop, effect)
        )
        return UNSURE if slight or _is_chosen(loop, effect.value) else DATA
    commits = effect.kind == "commit" and not program.is_background(loop.function)  # a job keeps how far it came
    own = not program.endpoints or program.occasions.answers(loop.function)
    return SENT if commits or (own and is_sent(program, loop.function, subject)) else UNSURE


def _are_few(program: Program, function: Function, rows: int) -> bool:
    """They belong to one row: `order.lines.all()`, `where order_id = :order`."""
    query = program.queries.query(function, rows)
    narrowed = is_narrowed(program, function, rows, query.table if query else "")
    return narrowed or is_of_one_row(program, function, rows) or _are_uploads(function, rows)


def _are_uploads(function: Function, rows: int) -> bool:
    """The files of one form, each of which is stored for itself: `files.getlist("picture")`."""
    step = function.values[function.origin(rows)]
    return type(step) is f.Call and step.callee == "getlist" and "file" in written(function, step.receiver).lower()


def _says_the_same(loop: Loop, effect: Effect) -> bool:
    """Every row gets the same, so that one statement would do for all: `order.state = "closed"`, or is removed."""
    function, element = loop.function, loop.element
    step = function.values[effect.value]
    if type(step) is not f.Call or step.callee not in {"save", "asave"}:
        return True
    stores = (function.values[at] for at in function.users.get(element, ()))
    given = [function.values[function.origin(store.value)] for store in stores if type(store) is f.StoreAttr]
    return bool(given) and all(type(value) in {f.Const, f.Ref} for value in given)


def _is_chosen(loop: Loop, value: int) -> bool:
    """Some of the rows are changed, and for each of them something else decides about it."""
    step = loop.function.values[value]
    inside = (r for r in loop.function.enclosing(value) if r.start >= loop.facts.start and r.end <= loop.facts.end)
    changes = type(step) is f.Call and step.callee in {"save", "asave", "delete_instance"}
    return changes and any(region.kind in {"if", "else"} for region in inside)


def _ends_early(loop: Loop) -> bool:
    """Rows are written until it is enough."""
    steps = loop.function.values[loop.facts.start : loop.facts.end]
    return any(type(step) is f.Jump and step.kind == "break" for step in steps)


def _is_apart(loop: Loop, value: int) -> bool:
    """Each element has its own `try` or `with`, so that it may fail alone; or it is only some that are removed."""
    inside = (r for r in loop.function.enclosing(value) if r.start >= loop.facts.start and r.end <= loop.facts.end)
    kinds = {region.kind for region in inside}
    step = loop.function.values[value]
    removes = type(step) is f.Call and step.callee in {"delete", "adelete"}
    return not kinds.isdisjoint({"try", "with", "except", "finally"}) or (removes and "if" in kinds)


def _does_more(program: Program, loop: Loop) -> bool:
    inside = (c for c in loop.function.calls if loop.facts.start <= c < loop.facts.end)
    calls = [call for call in inside if not _is_refresh(program, loop.function, call)]
    if sum(bool(program.effects.of_call(loop.function, call, "db.write")) for call in calls) > 1:
        return True
    return any(program.effects.of_call(loop.function, call, kind) for call in calls for kind in _ASIDE)


def _is_refresh(program: Program, function: Function, call: int) -> bool:
    """`session.refresh(row)`: reads nothing but what the commit took away."""
    target = program.target(function, call)
    gives = target.model is None or bool(target.model.returns) or not target.model.subject
    return not gives and program.types.has_kind(target.receiver, "session")


def _is_used(program: Program, loop: Loop, call: int) -> bool:
    """Something else is made of the row that was written: its key is needed at once."""
    function = loop.function
    pending, seen = [call], {call}
    while pending:
        for user in function.users.get(pending.pop(), ()):
            step = function.values[user]
            if type(step) is f.Call:
                model = program.model(function, user)
                if model is None or _HARMLESS.isdisjoint(model.effects):
                    return True
            elif type(step) in {f.Await, f.Attr, f.Phi, f.Store} and user not in seen:
                seen.add(user)
                pending.append(user)
    return False


def _is_watched(program: Program, effect: Effect) -> bool:
    """Something listens to each row of the table, which is not told of rows that are written together."""
    return effect.what in set(_listened(program))


def _listened(program: Program) -> Iterator[str]:
    for function, call in program.index.calls("receiver", "connect"):
        step = function.values[call]
        sender = dict(step.keywords).get("sender", f.NONE) if type(step) is f.Call else f.NONE
        found = program.type_of(function, sender) if sender >= 0 else None
        if found is not None:
            yield found.name
