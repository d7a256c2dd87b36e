"""The same work is written again in a slightly different way.

The copies drift apart: a mistake is mended in one and lives on in the other, and nobody can say which of them is right. An assistant
that does not know of the first writes a third.

Keep the one that is named, give it the parameters that the others need, and call it from all places.

## Bad: renamed, reordered, with a line more

```shop/invoices.py
def invoice_total(lines, rate):
    net = 0
    for line in lines:
        price = line.price * line.amount
        if line.discount:
            price -= price * line.discount / 100
        net += price
    tax = net * rate
    return round(net + tax, 2)
```

```shop/quotes.py
import logging

def quote_sum(positions, vat):  # finding: shop.invoices.invoice_total
    logging.info("summing up %s positions", len(positions))
    subtotal = 0
    for position in positions:
        amount = position.price * position.amount
        if position.discount:
            amount -= amount * position.discount / 100
        subtotal += amount
    return round(subtotal + subtotal * vat, 2)
```

## Good: what looks alike and is not

```shop/views.py
class Orders:
    def get(self, request):
        form = OrderForm(request.GET)
        if not form.is_valid():
            return self.fail(form.errors)
        return self.show(Order.objects.filter(customer=form.customer))

class Products:
    def get(self, request):
        return self.show(Product.objects.filter(active=True).order_by("name"), page=request.GET.get("page", 1))
```

## Good: what is kept as it was

```shop/totals.py
def invoice_total(lines, rate):
    net = 0
    for line in lines:
        price = line.price * line.amount
        if line.discount:
            price -= price * line.discount / 100
        net += price
    return round(net + net * rate, 2)
```

```shop/_legacy/totals.py
def invoice_total(lines, rate):
    net = 0
    for line in lines:
        price = line.price * line.amount
        if line.discount:
            price -= price * line.discount / 100
        net += price
    return round(net + net * rate, 2)
```

## Good: two languages, each with its own parser

```parsing/c.py
class Symbol:
    def fill(self, declaration, location):
        if self.declaration is not None:
            raise ValueError(f"{location}: declared twice")
        assert declaration.name
        self.declaration = declaration
        self.location = location
        self.kind = declaration.kind
        for parameter in declaration.parameters:
            self.add(parameter)
```

```parsing/cpp.py
class Symbol:
    def fill(self, declaration, location):
        if self.declaration is not None:
            raise ValueError(f"{location}: declared twice")
        assert declaration.name
        self.declaration = declaration
        self.location = location
        for argument in declaration.templates:
            self.add_template(argument)
        for parameter in declaration.parameters:
            self.add(parameter)
```
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from seatrial.model.finding import Severity, Step
from seatrial.model.source import Role
from seatrial.program import File, Function, Program
from seatrial.program.derived import derived
from seatrial.program.shapes import Alike, alike, features, shape
from seatrial.rules.contract import SLIGHT, TOLD, Match, rule
from seatrial.rules.redundancy._twins import SAME, are_small, are_worth_it, is_meant, is_variant, only_compute

LEAST_FEATURES = 14
"""Below, functions are alike by chance or not worth sharing: some five lines."""
LEAST_SIMILARITY = 0.7
LEAST_LINES = 5
SAME_FILE = 0.1
"""How much more alike two functions of one file have to be."""
VARIED = 0.84
"""The most confidence in functions that do not do the same to the last step: what differs may be meant."""


class _Copy(NamedTuple):
    """A function that was written again, and how it is told."""

    match: Match
    pair: Alike


@rule(severity=Severity.WARNING, category=("clone",), cwe=(1041,), confirmed_by="twin", most=TOLD)
def check(program: Program) -> Iterator[Match]:
    """Families of functions that are alike; each member but the one to keep is reported."""
    judged = [file for file in program.files if file.role is Role.CODE]
    shapes = {file.functions[at]: bag for file in judged for at, bag in _shapes(file).items()}
    families: dict[Function, dict[Function, Alike]] = {}
    for pair in alike(shapes, LEAST_SIMILARITY):
        if not is_variant(program, pair):
            families.setdefault(pair.left, {})[pair.right] = pair
            families.setdefault(pair.right, {})[pair.left] = pair
    copies: dict[object, list[_Copy]] = {}
    for family in _connected(families):
        keep = min(family, key=lambda fn: _rank(program, fn, families))
        found = [_copy(program, fn, keep, families) for fn in family if fn is not keep]
        copies.setdefault(_files(family) or keep, []).extend(found)
    yield from (_told(program, family) for family in copies.values())


def _files(family: list[Function]) -> frozenset[File]:
    """The files that a family lies in, one each: who copied one for the other is told once. Empty if it is one file."""
    held = frozenset(function.file for function in family)
    return held if len(held) == len(family) else frozenset()


@derived(dict[int, dict[int, int]])
def _shapes(file: File) -> dict[int, dict[int, int]]:
    """The shapes of a file's functions that are long enough to be compared, by their places in the file."""
    functions = enumerate(file.functions)
    return {at: shape(fn) for at, fn in functions if _counts(fn) and features(fn) >= LEAST_FEATURES}


def _told(program: Program, family: list[_Copy]) -> Match:
    """The likeliest member of a family, which tells of the others: who mends one mends them all."""
    first, *others = sorted(
        (one.match for one in family),
        key=lambda one: (-one.confidence, one.function.file.path if one.function else "", one.line),
    )
    each = {one.match.also: one.pair for one in family}  # of several copies of one function, one
    worth = first.confidence > VARIED or are_worth_it(program, first.confidence, [one.pair for one in family])
    steps = tuple(Step(one.path[-1].place, one.path[-1].message) for one in others)
    also = tuple(dict.fromkeys(f for one in others for f in (one.function, *one.also) if f and f not in first.also))
    more = f", as {'does' if len(others) == 1 else 'do'} {len(others)} more" if others else ""
    confidence = first.confidence if worth and not are_small(each.values()) else min(first.confidence, SLIGHT)
    return replace(
        first, message=first.message + more, path=first.path + steps, also=first.also + also, confidence=confidence
    )


def _counts(function: Function) -> bool:
    return function.facts.kind == "function" and function.facts.end_line - function.facts.line + 1 >= LEAST_LINES


def _connected(families: dict[Function, dict[Function, Alike]]) -> Iterator[list[Function]]:
    seen: set[Function] = set()
    for start in families:
        if start in seen:
            continue
        group, waiting = [], [start]
        while waiting:
            function = waiting.pop()
            if function not in seen:
                seen.add(function)
                group.append(function)
                waiting.extend(families[function])
        yield sorted(group, key=lambda fn: (fn.file.path, fn.facts.line))


def _rank(
    program: Program, function: Function, families: dict[Function, dict[Function, Alike]]
) -> tuple[int, int, int, str, int]:
    """The one to keep: public, used most, alike to most, then by place."""
    private = function.name.startswith("_")
    return (
        private,
        -len(program.calls.callers(function)),
        -len(families[function]),
        function.file.path,
        function.facts.line,
    )


def _copy(
    program: Program, function: Function, keep: Function, families: dict[Function, dict[Function, Alike]]
) -> _Copy:
    pair = families[function].get(keep) or max(families[function].values(), key=lambda p: p.similarity)
    match = Match(
        message=f"{function.symbol} does the work of {keep.dotted} again ({pair.similarity:.0%} alike)",
        function=function,
        line=function.facts.line,
        key=keep.symbol,
        path=(_step(keep, "the one to keep"), _step(function, "written again here")),
        confidence=min(_confidence(program, pair), SLIGHT if is_meant(program, pair) else 1.0),
        weight=1.0 + min(pair.shared, 400) / 200,
        mend=f"Keep {keep.dotted}, give it the parameters that the others need, and call it from here.",
        also=(keep,),
    )
    return _Copy(match, pair)


def _confidence(program: Program, pair: Alike) -> float:
    """What only computes is a helper that could be shared; what talks to the world is often alike because its work is."""
    more = pair.similarity - LEAST_SIMILARITY
    if pair.left.file is pair.right.file:  # beside each other, likeness is seen and often meant
        more -= SAME_FILE
    most = 0.95 if pair.similarity >= SAME else VARIED
    if only_compute(program, pair):
        return min(most, 0.7 + (0.8 if more > 0 else 1.5) * more)
    return min(most, 0.54 + 1.5 * more)


def _step(function: Function, message: str) -> Step:
    return function.head(f"{message}: {function.symbol}")
