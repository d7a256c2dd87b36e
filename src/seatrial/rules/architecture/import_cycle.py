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

## Good: a library of the same name as a sibling

```shop/__init__.py
```

```shop/jwt.py
import jwt
from shop.orders import Order
```

```shop/orders.py
import jwt
```
"""

from collections.abc import Iterator
from itertools import pairwise

from seatrial.model.facts import NONE
from seatrial.model.finding import Place, Severity, Step
from seatrial.model.source import Role
from seatrial.program import File, Program
from seatrial.program.graph import circulation, components, cuts, shortest
from seatrial.program.imports import Import, used_at_load
from seatrial.rules.contract import Match, rule

MOST_CUTS = 3
"""How many cuts of one tangle are shown: the next ones show when these are made."""


@rule(severity=Severity.WARNING, category=("circular",), cwe=(1047,))
def check(program: Program) -> Iterator[Match]:
    """The cheapest edges to cut, one for each circle that is left when the others are cut."""
    graph = program.imports.graph()
    for component in components(graph):
        members = set(component)
        inside = {file: {t: i for t, i in graph[file].items() if t in members} for file in component}
        circles = circulation(component, inside)
        costs = {(a, b): _cost(graph[a][b]) / (1 + circles[a, b]) for a in component for b in inside[a]}
        edges = cuts(component, inside, costs)
        for rank, (source, target) in enumerate(edges, 1):
            back = shortest(inside, target, source)
            if source.role is Role.CODE:
                yield _match(graph, [source, *back], len(component), rank)


def _cost(imports: list[Import]) -> float:
    """What cutting an edge asks for, beside the circles that it opens.

    A name that is needed while loading cannot simply be imported later, and a package names its own modules on purpose.
    """
    source, target = imports[0].source, imports[0].target
    own = source.is_package and target.module.startswith(source.module + ".")
    return (3 if any(used_at_load(one) for one in imports) else 1) * (4 if own else 1)


def _match(graph: dict[File, dict[File, list[Import]]], circle: list[File], modules: int, rank: int) -> Match:
    one = graph[circle[0]][circle[1]][0]
    names = " → ".join(file.module for file in circle)
    steps = tuple(_step(graph[a][b][0]) for a, b in pairwise(circle))
    lazily = all(used_at_load(i) == 0 for i in graph[circle[0]][circle[1]])
    return Match(
        message=f"Import circle {names}"
        + (f" (one of {modules} modules that reach each other)" if modules > len(circle) - 1 else ""),
        function=one.source.body,
        line=one.facts.line,
        key=f"{one.source.module}>{one.target.module}",
        path=steps,
        confidence=0.6 if _always_in_order(graph, circle) else 0.9 if rank <= MOST_CUTS else 0.65,
        weight=2.0 if lazily else 3.0,
        mend=_mend(one, lazily=lazily),
    )


def _always_in_order(graph: dict[File, dict[File, list[Import]]], circle: list[File]) -> bool:
    """A package that imports its own module, which takes from the package only what was bound before.

    Whoever imports the module runs the package first, so there is one order only, and it works.
    """
    for package, module in ((circle[0], circle[1]), (circle[1], circle[0])):
        if (
            len(circle) == len(("a", "b", "a"))
            and package.is_package
            and module.module.startswith(package.module + ".")
        ):
            begins = min(one.facts.line for one in graph[package][module])
            return all(_bound_at(package, one) < begins for one in graph[module][package])
    return False


def _bound_at(package: File, one: Import) -> int:
    """The line at which a package binds what is imported from it."""
    value = package.body.facts.names.get(one.facts.path.rpartition(".")[2], NONE)
    return package.body.values[value].line if value >= 0 else len(package.body.values)


def _mend(one: Import, *, lazily: bool) -> str:
    if lazily:
        return f"Cheapest cut: {one.source.module} needs {one.target.module} only inside functions; import it there, or move what both need into a third module."
    return f"Cheapest cut: {one.source.module} → {one.target.module}. Move what both need into a third module that imports neither."


def _step(one: Import) -> Step:
    return Step(
        Place(one.source.path, one.facts.line, one.facts.line),
        f"{'runs' if one.implicit else 'imports'} {one.target.module}",
    )
