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
"""

from collections.abc import Iterator

from seatrial.model.finding import Severity, Step
from seatrial.program import Function, Program
from seatrial.program.shapes import Alike, alike, features, shape
from seatrial.rules.contract import Match, rule

LEAST_FEATURES = 14
"""Below, functions are alike by chance or not worth sharing: some five lines."""
LEAST_SIMILARITY = 0.7
LEAST_LINES = 5
SAME_FILE = 0.1
"""How much more alike two functions of one file have to be."""
OUTSIDE = ("db.read", "db.write", "http")


@rule(severity=Severity.WARNING, category=("clone",), cwe=(1041,), confirmed_by="twin")
def check(program: Program) -> Iterator[Match]:
    """Families of functions that are alike; each member but the one to keep is reported."""
    shapes = {fn: shape(fn) for fn in program.code if _counts(fn) and features(fn) >= LEAST_FEATURES}
    families: dict[Function, dict[Function, Alike]] = {}
    for pair in alike(shapes, LEAST_SIMILARITY):
        if not _is_variant(program, pair):
            families.setdefault(pair.left, {})[pair.right] = pair
            families.setdefault(pair.right, {})[pair.left] = pair
    for family in _connected(families):
        keep = min(family, key=lambda fn: _rank(program, fn, families))
        for function in family:
            if function is not keep:
                yield _match(program, function, keep, families, len(family))


def _counts(function: Function) -> bool:
    return function.facts.kind == "function" and function.facts.end_line - function.facts.line + 1 >= LEAST_LINES


def _is_variant(program: Program, pair: Alike) -> bool:
    """One overrides the other, both implement what a common base or the language asks for, or they are twins for
    synchronous and asynchronous callers: alike by design.
    """
    left, right = pair.left, pair.right
    if left.parent is right or right.parent is left:
        return True
    if left.facts.is_async != right.facts.is_async or left.name.startswith("__"):
        return True  # twins for two worlds; what the language asks of each class
    if left.name != right.name or not left.cls or not right.cls:
        return False
    mine, theirs = program.types.mro(left.cls), program.types.mro(right.cls)
    return bool(set(mine) & set(theirs)) or bool(
        set(program.types.outer_bases(left.cls)) & set(program.types.outer_bases(right.cls))
    )


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


def _match(
    program: Program, function: Function, keep: Function, families: dict[Function, dict[Function, Alike]], members: int
) -> Match:
    pair = families[function].get(keep) or max(families[function].values(), key=lambda p: p.similarity)
    others = f", as do {members - 2} more" if members > len((function, keep)) else ""
    return Match(
        message=f"{function.symbol} does the work of {keep.dotted} again ({pair.similarity:.0%} alike{others})",
        function=function,
        line=function.facts.line,
        key=keep.symbol,
        path=(_step(keep, "the one to keep"), _step(function, "written again here")),
        confidence=_confidence(program, pair),
        weight=1.0 + min(pair.shared, 400) / 200,
        mend=f"Keep {keep.dotted}, give it the parameters that the others need, and call it from here.",
        also=(keep,),
    )


def _confidence(program: Program, pair: Alike) -> float:
    """What only computes is a helper that could be shared; what talks to the world is often alike because its work is."""
    more = pair.similarity - LEAST_SIMILARITY
    if pair.left.file is pair.right.file:  # beside each other, likeness is seen and often meant
        more -= SAME_FILE
    if any(program.effects.of(side, kind) for side in (pair.left, pair.right) for kind in OUTSIDE):
        return min(0.95, 0.54 + 1.5 * more)
    return min(0.95, 0.7 + (0.8 if more > 0 else 1.5) * more)


def _step(function: Function, message: str) -> Step:
    return function.head(f"{message}: {function.symbol}")
