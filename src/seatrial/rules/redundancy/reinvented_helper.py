"""A function does by hand what an existing helper of this program does, and could call it.

The helper is mended and the copies are not; each copy is a place where the rule that it holds (how a price is rounded, how a
name is shown) is different next year.

Call the helper that is named.

## Bad: a helper's work in the middle of other work

```shop/names.py
def full_name(user, titles):
    first = user.first_name.strip().title()
    last = user.last_name.strip().upper()
    shown = ", ".join(sorted(title.lower() for title in titles if title))
    return f"{first} {last} ({shown})"
```

```shop/cards.py
from shop.names import full_name

def card(user):
    return full_name(user, user.titles)
```

```shop/letters.py
import shop.names

def letter(order, date):
    customer = order.customer
    known = customer.titles
    family = customer.last_name.strip().upper()
    list_of_titles = ", ".join(sorted(t.lower() for t in known if t))
    given = customer.first_name.strip().title()
    name = f"{given} {family} ({list_of_titles})"  # finding: shop.names.full_name
    return [date, name, order.number]
```

## Good: alike, and something else

```shop/prices.py
def net_total(lines, rate):
    total = 0
    for line in lines:
        total += line.price * line.amount - line.discount.value(line.price)
    return round(total * (1 + rate), 2)
```

```shop/report.py
from shop.prices import net_total

def called(orders, rate):
    return [net_total(order.lines, rate) for order in orders]

def filtered(order, rate):
    amount = 0
    for item in order.lines:
        if item.sold:
            amount += item.price * item.amount - item.discount.value(item.price)
    return ["sold", round(amount * (1 + rate), 2)]

def until(order, rate):
    amount = 0
    for item in order.lines:
        if item.last:
            break
        amount += item.price * item.amount - item.discount.value(item.price)
    return ["until", round(amount * (1 + rate), 2)]

def other_rate(order, rates):
    amount = 0
    for item in order.lines:
        amount += item.price * item.amount - item.discount.value(item.price)
    return ["gross", round(amount * (2 + rates.vat), 2)]

def other_name(order, rate):
    amount = 0
    for item in order.lines:
        amount += item.price * item.amount - item.rebate.value(item.price)
    return ["rebate", round(amount * (1 + rate), 2)]
```
"""

from collections.abc import Iterator
from functools import lru_cache

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import File, Function, Program
from seatrial.program.derived import derived
from seatrial.program.graph import shortest
from seatrial.program.inlined import is_inlined
from seatrial.rules.contract import HINTED, Match, rule

LEAST_OPERATIONS, MOST_VALUES = 6, 80
"""Below, a helper is an expression that nobody would look for; above, nobody writes it again word by word."""
SPARE = 6
"""How many values a helper may spend on names for what it works out on the way."""
MOST_CALLS = 60
"""A callee with more calls than this is no way to find what is rare."""
LONG = 5
_OPERATIONS = frozenset(
    {f.Call, f.Attr, f.Index, f.Binary, f.Compare, f.Unary, f.Template, f.Collection, f.Conditional}
)
_ACTS = frozenset({f.StoreAttr, f.StoreItem, f.Delete, f.Raise, f.Assert, f.Yield, f.Await, f.Jump, f.Closure})
_FLOWS = frozenset({"for", "comprehension", "if", "else"})


@rule(severity=Severity.WARNING, category=("clone",), cwe=(1041,), most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """Values that a public helper of the same program would give."""
    found: dict[tuple[Function, Function], int] = {}
    for file in program.files:
        if file.role is Role.CODE:
            for at, result, callees in _helpers(file):
                helper = file.functions[at]
                found |= {(helper, body): value for body, value in _again(program, helper, result, callees)}
    edges = {source: list(targets) for source, targets in program.imports.graph().items()} if found else {}
    places: dict[tuple[Function, File], list[tuple[Function, int]]] = {}
    for (helper, body), value in found.items():
        mutual = (body, helper) in found and _rank(program, body) < _rank(program, helper)
        if not mutual and (body.file is helper.file or not shortest(edges, helper.file, body.file)):
            places.setdefault((helper, body.file), []).append((body, value))
    for (helper, _), again in places.items():
        yield _match(helper, again, sure=_is_shared(program, helper, again[0][0]))


def _is_shared(program: Program, helper: Function, body: Function) -> bool:
    """Whether the helper is there to be called: in this file, or in one that others import (no script), and in use."""
    if body.file is helper.file:
        return True
    if not program.calls.callers(helper):
        return False  # handed over as a callback, or forgotten: nobody takes it for a helper
    near = body.file.module.partition(".")[0] == helper.file.module.partition(".")[0]
    return near and any(one.target is helper.file for one in program.imports.all)


def _rank(program: Program, helper: Function) -> tuple[int, str, int]:
    """Of two helpers that do the same, the one to keep has the most callers."""
    return -len(program.calls.callers(helper)), helper.file.path, helper.facts.line


@derived(list[tuple[int, int, list[str]]])
def _helpers(file: File) -> list[tuple[int, int, list[str]]]:
    """The public helpers of a file: place, the value that is returned, and the names of what is called for it."""
    helpers = (fn for fn in file.functions if _is_helper(fn))
    return [
        (fn.index, fn.returns[0], sorted(callees, key=lambda name: (len(name), name)))
        for fn in helpers
        if (callees := _callees(fn))
    ]


def _is_helper(function: Function) -> bool:
    facts = function.facts
    return (
        facts.kind == "function"
        and facts.parent == 0
        and not (facts.name.startswith("_") or facts.is_async or facts.is_generator or facts.decorators)
        and len(facts.values) <= MOST_VALUES
        and all(region.kind in _FLOWS for region in facts.regions)
        and len(list(function.of(_OPERATIONS))) >= LEAST_OPERATIONS
        and len(list(function.of(frozenset({f.Return})))) == len(function.returns) == 1
        and not any(function.of(_ACTS))
        and not _ends_inside(function)
        and _is_pure(function)
    )


def _ends_inside(function: Function) -> bool:
    (end,) = function.of(frozenset({f.Return}))
    return any(function.enclosing(end))


def _is_pure(function: Function) -> bool:
    """Every operation is there for the result: nothing is called for what it does."""
    return all(at in function.users or at in _subjects(function) for at in function.of(_OPERATIONS))


def _subjects(function: Function) -> set[int]:
    return {region.subject for region in function.regions}


def _callees(function: Function) -> set[str]:
    """The last names of all callees."""
    steps = (function.values[at] for at in function.calls)
    return {_last(step.callee) for step in steps if type(step) is f.Call}


@lru_cache(maxsize=65_536)
def _last(callee: str) -> str:
    return callee.rpartition(".")[2].lstrip("!:?")


def _again(program: Program, helper: Function, result: int, callees: list[str]) -> Iterator[tuple[Function, int]]:
    """The bodies, other than the helper, that hold its work; each with the value that is its result."""
    kinds = frozenset({type(helper.values[helper.origin(result)])})
    for body in _callers(program, helper, callees):
        for value in body.of(kinds):
            if is_inlined(program.names, helper, result, body, value):
                if not (_is_long(helper) and _is_long(body) and body.returns == (value,)):  # alike as a whole
                    yield body, value
                break


def _callers(program: Program, helper: Function, callees: list[str]) -> Iterator[Function]:
    """The bodies, long enough, that call by each of these names; none if the longest, likely the rarest, is everywhere."""
    found = dict.fromkeys(body for body, _ in program.index.calls(callees[-1]))
    if len(found) <= MOST_CALLS:
        least = len(helper.values) - SPARE
        large = (body for body in found if body is not helper and len(body.values) >= least)
        yield from (body for body in large if len(callees) == 1 or _callees(body).issuperset(callees))


def _is_long(function: Function) -> bool:
    """Long enough for `duplicate-logic`, which tells of functions that are alike as a whole."""
    return function.facts.end_line - function.facts.line + 1 >= LONG


def _match(helper: Function, again: list[tuple[Function, int]], *, sure: bool) -> Match:
    """One for all that a file does by hand what the helper does: who mends one mends them all."""
    (body, value), *others = again
    more = f", as {'does' if len(others) == 1 else 'do'} {len(others)} more" if others else ""
    return Match(
        message=f"{body.symbol or body.file.module} does by hand what {helper.dotted} does{more}",
        function=body,
        line=body.values[value].line,
        key=helper.dotted,
        path=(
            helper.head(f"the helper: {helper.symbol}"),
            *(one.step(at, "its work, written again") for one, at in again),
        ),
        confidence=0.82 if sure else 0.6,
        mend=f"Call {helper.dotted} here.",
        also=(helper, *(one for one, _ in others)),
    )
