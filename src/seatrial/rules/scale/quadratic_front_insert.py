"""Elements are put at, or taken from, the front of a list one by one, and each time all others move by one place.

With a thousand elements nobody notices; with a million each of the million steps moves a million references, and the loop does not end.

Use `collections.deque` (`appendleft`, `popleft`), or append and reverse once at the end; to drop elements, make a new list of those
that stay.

## Bad

```lines.py
import csv

def newest_first(path):
    found = []
    for line in open(path):
        found.insert(0, line)  # finding: found
    return found

def work(path):
    queue = list(csv.reader(open(path)))
    while queue:
        row = queue.pop(0)  # finding: queue
        print(row)

def skim(path):
    rows = open(path).readlines()
    while rows:
        print(rows[0])
        del rows[0]  # finding: rows
```

```shop/orders.py
from django.db import models

class Order(models.Model):
    number = models.IntegerField()

def newest():
    found = []
    for order in Order.objects.filter(number__gt=0):
        found.insert(0, order.number)  # finding: found
    return found

def work():
    orders = list(Order.objects.filter(number__gt=0))
    while len(orders) > 0:
        orders.pop(0).delete()  # finding: orders
```

## Good

```lines.py
import collections
import csv

def newest_first(path):
    found = []
    for line in open(path):
        found.append(line)
    found.insert(0, "header")
    return found[::-1]

def work(path):
    queue = collections.deque(csv.reader(open(path)))
    while queue:
        print(queue.popleft())

def stack(path):
    rows = open(path).readlines()
    while rows:
        print(rows.pop())

def each(path):
    for row in csv.reader(open(path)):
        row.insert(0, "x")
        row.pop(0)
        yield row

def headed(path):
    rows = []
    for line in open(path):
        if not line:
            rows.insert(0, "header")
        rows.append(line)
    return rows

def fields(path):
    for row in csv.reader(open(path)):
        parts = ["a", "b"]
        parts.insert(0, row[0])
        yield parts

def first(path):
    rows = open(path).readlines()
    while True:
        if rows[0].startswith("#"):
            rows.pop(0)
            break
    return rows

def walk(root):
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        waiting.extend(node.children)
```

## Not found yet

```lines.py
def newest_first(rows):
    found = []
    for row in rows:
        found.insert(0, row)  # gap: nothing says that there are many
    return found
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.program import LOOPS, Function, Program, Size, written
from seatrial.program.loops import leaves_loop
from seatrial.rules.contract import HINTED, Match, rule
from seatrial.rules.scale._data import is_data, named
from seatrial.rules.scale._worth import recurring

_DELETES = frozenset({f.Delete})
_TWO = 2
"""`insert(0, element)`"""


@rule(severity=Severity.WARNING, category=("quadratic",), cwe=(407,), confirmed_by="growth", most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """`insert(0, …)`, `pop(0)` and `del x[0]` in loops, on lists that were made before."""
    for function, call in program.index.calls("insert", "pop"):
        step = function.values[call]
        assert type(step) is f.Call
        wanted = _TWO if step.callee == "insert" else 1
        if len(step.args) == wanted and _is_zero(function, step.args[0]) and not _is_mark(function, step):
            yield from _match(program, function, call, step.receiver)
    for function in program.index.with_loops():
        for delete in function.of(_DELETES):
            target = _deleted(function, delete)
            if type(target) is f.Index and _is_zero(function, target.key):
                yield from _match(program, function, delete, target.base)


def _deleted(function: Function, delete: int) -> f.AnyValue | None:
    step = function.values[delete]
    return function.values[step.target] if type(step) is f.Delete and step.target >= 0 else None


def _is_zero(function: Function, value: int) -> bool:
    step = function.values[value]
    return type(step) is f.Const and step.value == 0 and step.kind == "int"


def _is_mark(function: Function, step: f.Call) -> bool:
    """What is put in front is written out: a heading or a stop, and not one of many elements."""
    return len(step.args) == _TWO and type(function.values[step.args[1]]) is f.Const


def _match(program: Program, function: Function, value: int, moved: int) -> Iterator[Match]:
    loop = _loop(function, value) if moved >= 0 else None
    found = program.type_of(function, moved) if loop else None
    if loop is None or found is None or found.name != "builtins.list" or function.origin(moved) >= loop.start:
        return
    over = loop.subject if loop.kind != "while" else moved
    if program.size(function, over) is Size.BOUNDED and not _grows(function, over):
        return
    name = named(function, moved)
    around = f"each element of {written(function, over) or 'a collection'}" if over != moved else "each of its elements"
    line = function.values[value].line
    known = is_data(program, function, over)
    yield Match(
        message=f"all of {name} is moved by one place for {around}",
        function=function,
        line=line,
        key=name,
        path=(
            Step(Place(function.file.path, loop.line, loop.line), f"once for {around}"),
            Step(Place(function.file.path, line, line), f"moves what is in {name}"),
        ),
        confidence=recurring(program, function, 0.76 if known else 0.6),
    )


def _grows(function: Function, value: int) -> bool:
    """It begins as a literal, but a loop works on it: how long it becomes is not written there."""
    step = function.values[function.origin(value)]
    return type(step) is f.Collection


def _loop(function: Function, value: int) -> f.Region | None:
    """The innermost loop that does this again and again."""
    for region in function.enclosing(value):
        if leaves_loop(function, region):
            return None
        if region.kind in LOOPS:
            return region
    return None
