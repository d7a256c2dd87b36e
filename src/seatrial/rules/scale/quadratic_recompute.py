"""A whole collection is sorted, added up or copied again for each element of another, though it stays the same.

A thousand elements sorted a thousand times are ten million steps where ten thousand would do, and the processor that does them answers
nobody else.

Work it out once, before the loop; if the loop changes the collection, keep it in order (`bisect.insort`, `heapq`) instead of sorting
it again.

## Bad

```shop/ranks.py
import csv

from django.db import models

class Order(models.Model):
    total = models.IntegerField()

def shares():
    orders = list(Order.objects.filter(total__gt=0))
    for order in orders:
        yield order.total / sum(o.total for o in orders)  # finding: orders is added up

def places():
    totals = [order.total for order in Order.objects.filter(total__gt=0)]
    found = {}
    for total in totals:
        found[total] = sorted(totals).index(total)  # finding: totals is sorted
    return found

def highest():
    totals = [order.total for order in Order.objects.filter(total__gt=0)]
    return [total for total in totals if total == max(totals)]  # finding: totals is gone through

def queue(path):
    waiting = []
    for row in csv.reader(open(path)):
        waiting.append(row)
        waiting.sort()  # finding: waiting is sorted
    return waiting
```

## Good

```shop/ranks.py
import csv

from django.db import models

class Order(models.Model):
    total = models.IntegerField()

def shares():
    orders = list(Order.objects.filter(total__gt=0))
    whole = sum(o.total for o in orders)
    for order in orders:
        yield order.total / whole

def nearest():
    totals = [order.total for order in Order.objects.filter(total__gt=0)]
    for total in totals:
        yield min(totals, key=lambda other: abs(other - total))

def above():
    orders = list(Order.objects.filter(total__gt=0))
    for order in orders:
        yield sum(o.total for o in orders if o.total > order.total)

def lines():
    for order in Order.objects.filter(total__gt=0):
        yield sorted(order.names), max([1, 2, order.total]), max(order.total, 3)

def last(path):
    rows = []
    for row in csv.reader(open(path)):
        rows.append(row)
        if len(rows) > 100:
            rows.sort()
            return rows
```

## Not found yet

```shop/ranks.py
def places(totals):
    return {total: sorted(totals).index(total) for total in totals}  # gap: nothing says that there are many
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Loop, Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.scale._data import is_data, named
from seatrial.rules.scale._worth import recurring

_DOES = {"sorted": "sorted", "sort": "sorted", "sum": "added up", "min": "gone through", "max": "gone through"}


@rule(severity=Severity.WARNING, category=("quadratic",), cwe=(407,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """`sorted`, `sum`, `min`, `max` in loops, of what was made before them and does not depend on the element."""
    for function, call in program.index.calls(*_DOES):
        loop = program.loops.around(function, call) if function.region_of[call] >= 0 else None
        whole = _whole(function, call, loop) if loop else f.NONE
        if loop and whole >= 0:
            yield _match(program, function, call, loop, whole)


def _whole(function: Function, call: int, loop: Loop) -> int:
    """The collection that the call goes through, made before the loop; NONE if the call depends on the element."""
    step = function.values[call]
    assert type(step) is f.Call
    if step.keywords or len(step.args) != int(step.receiver < 0):
        return f.NONE
    whole = step.receiver if step.receiver >= 0 else step.args[0]
    given = function.values[whole]
    if type(given) is f.Collection and given.region >= 0 and whole >= loop.facts.start:
        region = function.regions[given.region]
        whole = region.subject if _is_apart(function, region, loop.facts) else f.NONE
    return whole if 0 <= function.origin(whole) < loop.facts.start else f.NONE


def _is_apart(function: Function, inner: f.Region, loop: f.Region) -> bool:
    """Nothing in the comprehension is made from what the loop makes around it."""
    used = (function.origin(v) for i in range(inner.start, inner.end) for v in f.operands(function.values[i]))
    return all(v < loop.start or v >= inner.start or v == inner.subject for v in used)


def _match(program: Program, function: Function, call: int, loop: Loop, whole: int) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    known = is_data(program, function, loop.facts.subject)
    name, does = named(function, whole), _DOES[step.callee.lstrip("!")]
    return Match(
        message=f"{name} is {does} again for each element of {loop.over}",
        function=function,
        line=step.line,
        key=f"{name} in {loop.over}",
        path=(loop.step(), function.step(call, f"goes through {name}")),
        confidence=recurring(program, function, 0.8 if known else 0.6),
    )
