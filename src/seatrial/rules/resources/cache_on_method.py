"""A method keeps its results in a cache that belongs to the class: every object that it was ever called on stays in memory.

The object itself is part of the key. Whatever it holds (a session, a page, a request) lives as long as the process, or until so many others
came after it; and objects that compare equal are taken for one another.

Cache on the object: `functools.cached_property`, or a dictionary made in `__init__`. Or make it a function of what the result depends on.

## Bad

```shop/prices.py
import functools
from flask import Flask
from functools import lru_cache

app = Flask(__name__)

class Basket:
    def __init__(self, rows):
        self.rows = rows

    @functools.lru_cache(maxsize=None)
    def total(self, currency):  # finding: Basket.total
        return sum(row.price(currency) for row in self.rows)

    @lru_cache
    def count(self):  # finding: count
        return len(self.rows)

    @functools.cache
    def weight(self):  # finding: weight
        return sum(row.weight for row in self.rows)

@app.get("/basket")
def show(rows):
    basket = Basket(rows)
    return basket.total("EUR"), basket.count(), basket.weight()
```

## Bad: rows of a table, which stay with all they have loaded, and go on answering what was true once

```shop/models.py
from functools import cache
from django.db import models

class Product(models.Model):
    price = models.IntegerField()

    @cache
    def rebate(self, percent):  # finding: Product.rebate
        return self.price * percent / 100
```

## Bad: made anew in each round of a worker

```shop/worker.py
from functools import cache

class Report:
    def __init__(self, rows):
        self.rows = rows

    @cache
    def total(self):  # finding: Report.total
        return sum(self.rows)

def work(queue):
    for rows in queue:
        print(Report(rows).total())
```

## Good

```shop/prices.py
import enum
import functools
from dataclasses import dataclass

class Basket:
    def __init__(self, rows):
        self.rows = rows
        self.price = functools.cache(self._price)

    @functools.cached_property
    def total(self):
        return sum(row.price for row in self.rows)

    @classmethod
    @functools.cache
    def kinds(cls):
        return ("food", "drink")

    @staticmethod
    @functools.cache
    def rate(currency):
        return len(currency)

    def _price(self, row):
        return row.price

class Currency(enum.Enum):
    EUR = "EUR"

    @functools.cache
    def sign(self):
        return self.value[0]

@dataclass(frozen=True)
class Point:
    x: int
    y: int

    @functools.cache
    def length(self):
        return self.x * self.x + self.y * self.y

class Kind(type):
    @functools.cache
    def fields(cls):
        return list(vars(cls))

class Page:
    @functools.lru_cache(maxsize=1)
    def owner(self):
        return self.find()

class Registry:
    @functools.cache
    def rows(self):
        return []

registry = Registry()

def show(rows):
    return Basket(rows).total, registry.rows(), Point(1, 2).length(), Page().owner()
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Class, Function, Program
from seatrial.program.effects import remembered
from seatrial.rules.contract import Match, rule

_SHORT_LIVED = frozenset({"model", "view", "serializer", "form", "schema", "request", "session"})
"""Kinds of things that are made for one request."""
_ONE_OR_FEW = frozenset({"enum", "command", "app", "settings", "test", "task", "migration"})
_MAKES = frozenset({"__new__", "__init__"})
"""What gives one object to all who ask for the same."""
_NOT_OF_OBJECTS = frozenset({"staticmethod", "classmethod"})
MANY = 100
"""From how many kept results on the objects weigh."""
_KEEPS = frozenset({f.StoreAttr, f.StoreItem, f.Collection})


@rule(severity=Severity.WARNING, category=("leak",), cwe=(401,), confirmed_by="leak")
def check(program: Program) -> Iterator[Match]:
    """Methods under a decorator that caches by all arguments, of classes whose objects come and go."""
    for function in program.code:
        if function.facts.decorators and function.cls is not None and function.facts.params:
            bounds = [b for d in function.facts.decorators if (b := _bound(program, function.cls.body, d)) >= 0]
            if bounds and not _is_of_class(function) and not _is_accepted(function):
                yield _match(function, bounds[0], _confidence(program, function.cls, bounds[0]))


def _is_accepted(function: Function) -> bool:
    """Another tool was told that it is meant."""
    lines = range(function.facts.line - 3, function.facts.line + 1)
    return any(c.line in lines and "B019" in c.text for c in function.file.facts.comments)


def _bound(program: Program, body: Function, decorator: int) -> int:
    """How many results the cache that decorates a function keeps; 0: all; NONE: it is no cache of this kind."""
    step = body.values[decorator]
    target = program.target(body, decorator) if type(step) is f.Call else program.calls.value(body, decorator)
    if target.model is None or target.model.cache is None or target.model.hook is not None:
        return f.NONE
    if target.model.cache.key == "text" or (type(step) is f.Call and target.model.cache.keyed.select(step)):
        return f.NONE  # the key is made of the object, and does not hold it
    given = target.model.cache.bound.select(step) if type(step) is f.Call else []
    if not given:
        return _of_store(body, step) or target.model.cache.default
    bound = body.values[given[0]]
    return bound.value if type(bound) is f.Const and type(bound.value) is int else _of_store(body, step)


def _of_store(body: Function, step: f.AnyValue) -> int:
    """How many results the object keeps that a cache is given to put them into: `cached(cache=TTLCache(128, 300))`."""
    given = [*step.args, *(value for _, value in step.keywords)] if type(step) is f.Call else []
    stores = [body.values[body.origin(value)] for value in given]
    if any(type(s) is f.Call and "ttl" in s.callee.lower() for s in stores):
        return 1  # nothing stays for long
    sizes = (s.args[:1] or tuple(v for k, v in s.keywords if k == "maxsize") for s in stores if type(s) is f.Call)
    bounds = (body.values[body.origin(value)] for size in sizes for value in size)
    return next((b.value for b in bounds if type(b) is f.Const and type(b.value) is int), 0)


def _is_of_class(method: Function) -> bool:
    """It is no method of objects: a static or class method, one that makes them, or one of a metaclass."""
    body = method.parent
    steps = [body.values[d] for d in method.facts.decorators] if body else []
    named = {s.path.rpartition(".")[2].lstrip("!") for s in steps if type(s) is f.Ref}
    return bool(named & _NOT_OF_OBJECTS) or method.name in _MAKES or method.facts.params[0].name != "self"


def _confidence(program: Program, cls: Class, bound: int) -> float:
    kinds = program.types.kinds(program.types.instance(cls))
    if kinds & _ONE_OR_FEW or _is_plain_data(cls) or 0 < bound < MANY:
        return 0.4
    if kinds & _SHORT_LIVED:
        return 0.72 if bound else 0.85
    makers = [(g, call) for g, call in program.index.calls(cls.name) if program.target(g, call).made is cls]
    passing = [g for g, call in makers if _is_passing(program, g, call)]
    if any(program.is_served(g) for g in passing):
        return 0.72 if bound else 0.8
    return 0.75 if passing and len(passing) == len(makers) and bound == 0 else 0.5


def _is_plain_data(cls: Class) -> bool:
    """Its objects hold little and never change: a frozen data class."""
    steps = (cls.outer.values[d] for d in cls.facts.decorators)
    return any(type(s) is f.Call and any(name == "frozen" for name, _ in s.keywords) for s in steps)


def _is_passing(program: Program, function: Function, call: int) -> bool:
    """What is made here is done with when the body ends: nothing keeps it, and it is not made once for all."""
    if function.facts.kind != "function" or remembered(function, call) or program.occasions.is_by_hand(function):
        return False
    outer = function.parent
    if function.name == "__init__" or (
        outer and any(_bound(program, outer, d) >= 0 for d in function.facts.decorators)
    ):
        return False
    users = [function.values[u] for u in function.users.get(call, ())]
    return not any(type(u) in _KEEPS or (type(u) is f.Store and u.outer) for u in users)


def _match(function: Function, bound: int, confidence: float) -> Match:
    assert function.cls is not None
    kept = f"the last {bound} results" if bound else "every result"
    return Match(
        message=f"{function.symbol} keeps {kept} in one cache for all, and with them the {function.cls.name} objects",
        function=function,
        line=function.facts.line,
        key="cache",
        confidence=confidence,
    )
