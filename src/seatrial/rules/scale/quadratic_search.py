"""For each element of one collection, a second collection is gone through to find what has an equal key.

A thousand orders and a thousand customers are a million comparisons; ten times as many of both are a hundred million, and it is the
processor that is busy, so nothing else answers either.

Build a dictionary (or a set) by that key once, before the loop, and look it up inside.

## Bad: two loops and a comparison of keys

```shop/join.py
import csv
import json

def owners(path, file):
    customers = json.load(file)
    for order in csv.DictReader(open(path)):
        for customer in customers:
            if customer["id"] == order["customer"]:  # finding: customers is searched for each element of csv.DictReader(…)
                yield order, customer
                break

def named(rows, wanted):
    found = {}
    for row in rows:
        for other in wanted:
            if row.active and other.key == row.key:  # finding: wanted
                found[row.key] = other
    return found

def load(path):
    return named(open(path).readlines(), json.load(open(path)))
```

```shop/orders.py
from django.db import models

class Order(models.Model):
    number = models.IntegerField()

def doubles():
    orders = list(Order.objects.filter(number__gt=0))
    for i in range(len(orders)):
        for j in range(i + 1, len(orders)):
            if orders[i].number == orders[j].number:  # finding: orders
                yield orders[i]

def later():
    orders = list(Order.objects.filter(number__gt=0))
    for i, order in enumerate(orders):
        for other in orders[i + 1:]:
            if order.number == other.number:  # finding: orders
                yield order
```

## Bad: what is searched is put together anew for each element

```shop/known.py
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    pass

class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]

def new(session: Session, feed):
    items = session.scalars(select(Item)).all()
    found = []
    for entry in feed:
        if entry.sku not in [item.sku for item in items]:  # finding: a list of items is made and searched
            found.append(entry)
    return found

def old(session: Session, feed):
    items = session.scalars(select(Item)).all()
    return [entry for entry in feed if entry in set(items)]  # finding: a set of items is made and searched

def used(session: Session, names: dict):
    return [item for item in session.scalars(select(Item)).all() if item.sku in names.values()]  # finding: names.values()
```

## Good

```shop/join.py
import csv
import json

KINDS = [{"id": "a"}, {"id": "b"}]

def owners(path, file):
    customers = {customer["id"]: customer for customer in json.load(file)}
    for order in csv.DictReader(open(path)):
        yield order, customers[order["customer"]]

def kinds(path):
    for order in csv.DictReader(open(path)):
        for kind in KINDS:
            if kind["id"] == order["kind"]:
                yield order

def lines(file):
    for order in json.load(file):
        for line in order["lines"]:
            if line["order"] == order["id"]:
                yield line

def near(file):
    points = json.load(file)
    for point in points:
        for other in points:
            if abs(point["x"] - other["x"]) < 3:
                yield point, other

def all_pairs(file):
    points = json.load(file)
    for point in points:
        for other in points:
            if point["x"] == other["x"]:
                yield point
            else:
                yield other

def paid(path):
    for row in csv.DictReader(open(path)):
        if row["state"] in ["new", "paid"] or row["kind"] in [kind["id"] for kind in KINDS]:
            yield row

def values(path):
    for row in csv.DictReader(open(path)):
        if 3 in row.values():
            yield row
        if row["x"] in [part.strip() for part in row["parts"].split(",")]:
            yield row
```

## Not found yet

```shop/join.py
def owners(orders, customers):
    for order in orders:
        for customer in customers:
            if customer.id == order.customer_id:  # gap: nothing says that there are many
                yield order, customer
```
"""

from collections.abc import Iterator
from dataclasses import replace

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.program import Function, Loop, Program, Size
from seatrial.rules.contract import HINTED, SLIGHT, Match, rule
from seatrial.rules.scale._data import is_data, is_of_one_row, named
from seatrial.rules.scale._fewness import is_narrowed
from seatrial.rules.scale._worth import recurring

_COMPARES = frozenset({f.Compare})
_STEPS = frozenset({f.Attr, f.Index})
_WORK = frozenset({f.Call, f.StoreAttr, f.StoreItem, f.Yield, f.Return})
_MAKES = {"!list": "a list", "!set": "a set", "!tuple": "a tuple", "!sorted": "a list", "!dict": "a dictionary"}
DEPTH = 6
"""How many attributes and calls a key may lie below an element."""


@rule(severity=Severity.WARNING, category=("quadratic",), cwe=(407,), confirmed_by="growth", most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """Loops in loops that compare keys, and tests of membership in what each round makes anew. One finding a body."""
    for function in program.index.with_loops():
        found = sorted(_found(program, function), key=lambda match: (-match.confidence, match.line))
        if found:
            steps = (other.path[-1] for other in found[1:])
            yield replace(found[0], path=tuple(dict.fromkeys((*found[0].path, *steps))))


def _found(program: Program, function: Function) -> Iterator[Match]:
    for index, region in enumerate(function.regions):
        if region.kind == "for" and region.parent >= 0 and region.subject >= 0:
            yield from _nested(program, function, index)
    for value in function.of(_COMPARES):
        step = function.values[value]
        if type(step) is f.Compare and step.op in {"in", "not in"} and function.region_of[value] >= 0:
            yield from _remade(program, function, value, step.right)


def _nested(program: Program, function: Function, index: int) -> Iterator[Match]:
    """A loop in a loop that does nothing but look for the element whose key equals that of the outer one."""
    inner = function.regions[index]
    outer = program.loops.around(function, inner.start - 1) if inner.start else None
    searched = _searched(function, inner.subject)
    if outer is None or searched < 0 or function.origin(searched) >= outer.facts.start:
        return
    if program.size(function, searched) is Size.BOUNDED:
        return
    condition = _condition(function, index)
    if condition >= 0 and _compares_keys(function, condition, inner, outer.facts):
        name = named(function, searched)
        line = function.values[condition].line
        yield _match(program, outer, line, searched, f"{name} is searched for each element of {outer.over}", both=True)


def _searched(function: Function, subject: int) -> int:
    """The collection that a loop goes over, whole, behind a slice, or by position: `rows[i:]`, `range(len(rows))`."""
    step = function.values[function.origin(subject)]
    if type(step) is f.Index and type(function.values[step.key]) is f.Collection:
        return step.base
    if type(step) is f.Call and step.callee == "!enumerate" and step.args:
        return step.args[0]
    if type(step) is f.Call and step.callee == "!range" and step.args:
        end = function.values[function.origin(step.args[min(1, len(step.args) - 1)])]
        return end.args[0] if type(end) is f.Call and end.callee == "!len" and end.args else f.NONE
    return subject


def _condition(function: Function, loop: int) -> int:
    """The condition that all work of a loop stands under, or NONE."""
    region = function.regions[loop]
    inside = [r for r in function.regions if r.parent == loop]
    if len(inside) != 1 or inside[0].kind != "if":
        return f.NONE
    after = range(inside[0].end, region.end)
    return f.NONE if any(type(function.values[v]) in _WORK for v in after) else inside[0].subject


def _compares_keys(function: Function, condition: int, inner: f.Region, outer: f.Region) -> bool:
    """`other.key == row.key`, perhaps beside other conditions."""
    step = function.values[condition]
    if type(step) is f.Binary and step.op == "and":
        return any(_compares_keys(function, side, inner, outer) for side in (step.left, step.right))
    if type(step) is not f.Compare or step.op != "==":
        return False
    roots = [_roots(function, side) for side in (step.left, step.right)]
    return any(
        _is_in(one, inner) and not _is_in(other, inner) and _is_in(other, outer) for one, other in (roots, roots[::-1])
    )


def _roots(function: Function, value: int, depth: int = 0) -> list[int]:
    """The elements that a key is read from: of `rows[i].key`, the one of `rows` and `i`."""
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Element:
        return [value]
    if depth > DEPTH or type(step) not in {f.Attr, f.Index, f.Part, f.Call}:
        return []
    return [root for made_of in f.operands(step) for root in _roots(function, made_of, depth + 1)]


def _is_in(roots: list[int], region: f.Region) -> bool:
    return any(region.start <= root < region.end for root in roots)


def _remade(program: Program, function: Function, test: int, searched: int) -> Iterator[Match]:
    """`x in [row.key for row in rows]`, `x in set(rows)`, `x in names.values()`, where `rows` stays the same."""
    kind, source = _made_of(program, function, searched)
    loop = program.loops.around(function, test) if source >= 0 else None
    if loop is None or not loop.facts.start <= searched or function.origin(source) >= loop.facts.start:
        return
    if program.size(function, source) is Size.BOUNDED:
        return
    name = named(function, source)
    what = f"{kind} of {name} is made and searched" if kind else f"{name}.values() is searched"
    line = function.values[test].line
    yield _match(program, loop, line, source, f"{what} for each element of {loop.over}", both=False)


def _made_of(program: Program, function: Function, value: int) -> tuple[str, int]:
    """What a collection is, and the value that it is made of; NONE if it is not made of one alone."""
    step = function.values[value]
    if type(step) is f.Collection and step.region >= 0 and step.kind != "generator":
        region = function.regions[step.region]
        inner = [r for r in function.regions if r.parent == step.region]
        return f"a {step.kind}", f.NONE if inner else region.subject
    if type(step) is not f.Call:
        return "", f.NONE
    if step.callee in _MAKES and len(step.args) == 1:
        return _MAKES[step.callee], step.args[0]
    if step.callee != "values" or step.receiver < 0 or step.args:
        return "", f.NONE
    found = program.type_of(function, step.receiver)
    return "", step.receiver if found is None or found.name == "builtins.dict" else f.NONE


def _match(program: Program, loop: Loop, line: int, searched: int, message: str, *, both: bool) -> Match:
    """`both`: of either side something has to tell that it is long; else it is enough of what is searched."""
    function = loop.function
    sides = (searched, loop.facts.subject)
    long = [is_data(program, function, side) for side in sides]
    given = type(function.values[function.origin(searched)]) is f.Param
    known = all(long) if both else long[0] or (given and long[1])
    few = any(_are_few(program, function, side) for side in sides)
    name = named(function, searched)
    return Match(
        message=message,
        function=function,
        line=line,
        key=f"{name} in {loop.over}",
        path=(loop.step(), Step(Place(function.file.path, line, line), f"goes through {name}")),
        confidence=recurring(program, function, 0.82 if known and not few else SLIGHT),
    )


def _are_few(program: Program, function: Function, value: int) -> bool:
    """They belong to one row, or to one person."""
    query = program.queries.query(function, value)
    narrowed = query is not None and is_narrowed(program, function, value, query.table)
    return narrowed or is_of_one_row(program, function, value) or _is_own(program, function, value)


def _is_own(program: Program, function: Function, value: int) -> bool:
    """What a row says it has, in a method of that row: `self.contacts`."""
    step = function.values[function.origin(value)]
    owner = program.type_of(function, step.base) if type(step) is f.Attr and step.base == 0 else None
    return function.cls is not None and owner is not None and program.types.has_kind(owner, "model")
