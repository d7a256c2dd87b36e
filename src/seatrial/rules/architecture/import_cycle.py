"""Modules import one another in a circle while they are being loaded.

Which of them loads first decides whether it works: a new import somewhere else, a test run alone or a worker that starts differently meets a
module that is only half there, and parts that depend on each other in a circle cannot be understood, tested or replaced alone.

Cut the edge that is named: move what both need into a third module, or import inside the function that needs it; an import
that is only for annotations belongs under `if TYPE_CHECKING`.

## Bad

```shop/orders.py
from shop.customers import Customer  # finding: shop.orders → shop.customers → shop.orders

class Order:
    def owner(self):
        return Customer()
```

```shop/customers.py
import shop.orders

class Customer:
    first = shop.orders.Order
```

## Bad: a package offers its own modules, and nobody takes them from it

```shop/__init__.py
```

```shop/rules/__init__.py
from . import prices  # finding: shop.rules
from . import taxes
```

```shop/rules/prices.py
import shop.orders
```

```shop/rules/taxes.py
import shop.orders
```

```shop/orders.py
from shop.rules.taxes import rate

def total(order):
    return order.net * rate(order)
```

## Good: lazy and type-only imports make no circle

```shop/orders.py
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.customers import Customer

class Order:
    def owner(self) -> "Customer":
        from shop.customers import Customer
        return Customer()
```

```shop/customers.py
from shop.orders import Order
```

## Good: a package that is already being loaded

```shop/__init__.py
from shop.orders import Order
```

```shop/orders.py
from shop.customers import Customer
```

```shop/customers.py
from . import names
```

```shop/names.py
ALL = []
```

## Good: a module reads of its package what is bound before the package's own imports

```shop/__init__.py
VERSION = "1.0"

from shop.transport import Transport
```

```shop/transport.py
import shop

class Transport:
    agent = "shop-" + shop.VERSION
```

"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from seatrial.model import facts as f
from seatrial.model.facts import NONE
from seatrial.model.finding import Place, Severity, Step
from seatrial.model.source import Role
from seatrial.program import File, Program
from seatrial.program.graph import circulation, components, cuts, shortest
from seatrial.program.imports import Import, used_at_load
from seatrial.rules.contract import Match, rule

FEW_MODULES, MANY_MODULES = 5, 20
"""Parts with more modules than the first hardly come apart by one cut; those with more than the second by no few."""
MOST_CUTS = 3
"""How many cuts of parts between these are shown, else one: the next ones show when these are made."""


Edges: TypeAlias = dict[File, dict[File, list[Import]]]


@rule(severity=Severity.WARNING, category=("circular",), cwe=(1047,))
def check(program: Program) -> Iterator[Match]:
    """The cheapest edge to cut in each part whose modules reach each other; more of them where it is large."""
    graph = {
        source: {target: imports for target, imports in targets.items() if not _is_there(imports)}
        for source, targets in program.imports.graph().items()
    }
    whole = {one.target for one in program.imports.all if _names_target(one)}
    for component in components(graph):
        members = set(component)
        inside = {file: {t: i for t, i in graph[file].items() if t in members} for file in component}
        found = [_circle(inside, cut) for cut in _cuts(component, inside, whole) if cut[0].source.role is Role.CODE]
        found.sort(key=lambda one: _always_in_order(graph, one[0]))
        for rank, (circle, cut) in enumerate(found if len(component) > FEW_MODULES else found[:1], 1):
            yield _match(graph, circle, cut, len(component), rank)


def _circle(inside: Edges, cut: list[Import]) -> tuple[list[File], list[Import]]:
    """The shortest circle that a cut opens."""
    source, target = cut[0].source, cut[0].target
    return [source, *shortest(inside, target, source)], cut


def _cuts(component: list[File], inside: Edges, whole: set[File]) -> Iterator[list[Import]]:
    """The imports to cut: those that packages make needlessly, then edges, the cheapest for what they open first.

    `whole`: the modules that someone imports as a whole.
    """
    offers = _offers(component, inside, whole)
    yield from offers
    needless = {(one.source, one.target) for imports in offers for one in imports}
    rest = {file: {t: i for t, i in inside[file].items() if (file, t) not in needless} for file in component}
    circles = circulation(component, rest)
    costs = {(a, b): _cost(rest[a][b]) / (1 + circles[a, b]) for a in component for b in rest[a]}
    for source, target in sorted(cuts(component, rest, costs), key=costs.__getitem__):
        yield rest[source][target]


def _offers(component: list[File], inside: Edges, whole: set[File]) -> list[list[Import]]:
    """What each package imports of its own modules, though nobody reaches these through it, in the order of its lines.

    Whoever imports `shop.orders.prices` gets the module without the package's help.
    """
    found = []
    for package in component:
        if package.is_package and package not in whole:
            own = [i for t, imports in inside[package].items() if _is_needless(package, t, imports) for i in imports]
            found.append(sorted(own, key=lambda one: one.facts.line))
    return [imports for imports in found if imports]


def _is_needless(package: File, module: File, imports: list[Import]) -> bool:
    return _is_own(package, module) and all(map(_names_target, imports)) and not _is_used(package, module)


def _is_there(imports: list[Import]) -> bool:
    """A module asks for a package that holds it, as a whole and for later: that is being loaded already, in any order."""
    return all(_is_own(one.target, one.source) and _names_target(one) and not used_at_load(one) for one in imports)


def _is_own(package: File, module: File) -> bool:
    return package.is_package and module.module.startswith(package.module + ".")


def _names_target(one: Import) -> bool:
    """The module itself is imported, not a name out of it."""
    return not one.implicit and one.facts.path.rpartition(".")[2] == one.target.module.rpartition(".")[2]


def _cost(imports: list[Import]) -> float:
    """What cutting an edge asks for, beside the circles that it opens.

    A name that is needed while loading cannot simply be imported later; a package names its own modules on purpose, and
    what else it imports weighs on each of them.
    """
    source, target = imports[0].source, imports[0].target
    at_load = 3 if any(used_at_load(one) for one in imports) else 1
    if _is_own(source, target):
        return at_load * 4
    return at_load * (0.9 if source.is_package else 1)


def _is_used(package: File, module: File) -> bool:
    """The package's own code uses its module, or says that it offers it."""
    name = module.module.rpartition(".")[2]
    return any(
        (type(step) is f.Ref and name in step.path.split(".")) or (type(step) is f.Const and step.value == name)
        for body in package.functions
        for value, step in enumerate(body.values)
        if body.facts.names.get(name) != value  # which is the import itself
    )


def _match(graph: Edges, circle: list[File], cut: list[Import], modules: int, rank: int) -> Match:
    one = cut[0]
    names = " → ".join(file.module for file in circle)
    lazily = not any(used_at_load(i) for i in cut)
    return Match(
        message=f"Import circle {names}"
        + (f" (one of {modules} modules that reach each other)" if modules > len(circle) - 1 else ""),
        function=one.source.body,
        line=one.facts.line,
        end_line=cut[-1].facts.line if len({i.target for i in cut}) > 1 else one.facts.line,
        key=f"{one.source.module}>{one.target.module}",
        path=tuple(_step(graph[a][b][0]) for a, b in pairwise(circle)),
        confidence=0.6
        if _always_in_order(graph, circle)
        else 0.9
        if rank <= (MOST_CUTS if modules <= MANY_MODULES else 1)
        else 0.65,
        weight=2.0 if lazily else 3.0,
        mend=_mend(cut, lazily=lazily),
    )


def _always_in_order(graph: Edges, circle: list[File]) -> bool:
    """A package that imports its own module, which takes from the package only what was bound before.

    Whoever imports the module runs the package first, so there is one order only, and it works.
    """
    for package, module in ((circle[0], circle[1]), (circle[1], circle[0])):
        if len(circle) == len(("a", "b", "a")) and _is_own(package, module):
            begins = min(one.facts.line for one in graph[package][module])
            return all(_bound_at(package, one) < begins for one in graph[module][package])
    return False


def _bound_at(package: File, one: Import) -> int:
    """The line at which a package has bound what is imported from it, or is read through it while loading."""
    names = _read_at_load(package, one) if _names_target(one) else {one.facts.path.rpartition(".")[2]}
    return max((_line_of(package, name) for name in names), default=0)


def _line_of(package: File, name: str) -> int:
    value = package.body.facts.names.get(name, NONE)
    return package.body.values[value].line if value >= 0 else sys.maxsize


def _read_at_load(package: File, one: Import) -> set[str]:
    """What the importer reads of a package while it is loaded: `shop.VERSION`."""
    start = f"{package.module}."
    bodies = (body for body in one.source.functions if not body.is_callable)
    steps = (step for body in bodies for step in body.values)
    paths = (s.path if type(s) is f.Ref else s.callee if type(s) is f.Call else "" for s in steps)
    return {path.removeprefix(start).partition(".")[0] for path in paths if path.startswith(start)}


def _mend(cut: list[Import], *, lazily: bool) -> str:
    one = cut[0]
    if _is_needless(one.source, one.target, cut):
        return f"Cheapest cut: take the imports of its own modules out of {one.source.module}; nobody reaches them through it."
    if lazily:
        return f"Cheapest cut: {one.source.module} needs {one.target.module} only inside functions; import it there, or move what both need into a third module."
    return f"Cheapest cut: {one.source.module} → {one.target.module}. Move what both need into a third module that imports neither."


def _step(one: Import) -> Step:
    return Step(
        Place(one.source.path, one.facts.line, one.facts.line),
        f"{'runs' if one.implicit else 'imports'} {one.target.module}",
    )
