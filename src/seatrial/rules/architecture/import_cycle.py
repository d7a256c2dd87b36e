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
from shop.orders import total
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

## Bad: which of them is asked for first decides whether it works

```shop/invoices.py
import shop.taxes

FACTOR = 1 + shop.taxes.RATE
```

```shop/taxes.py
from shop.invoices import FACTOR  # finding: importing shop.taxes first fails: shop/invoices.py:1 needs `RATE` of shop.taxes

RATE = 0.2

def gross(net):
    return net * FACTOR
```

## Good: a circle that works whichever comes first

It is fragile, but nothing fails today: `--confidence 0.6` shows it.

```shop/forms.py
import shop.fields

def form():
    return shop.fields.Field()
```

```shop/fields.py
import shop.forms

class Field:
    def form(self):
        return shop.forms.form()
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
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.model.source import Role
from seatrial.program import File, Program, django
from seatrial.program.graph import circulation, components, cuts, shortest
from seatrial.program.imports import Import, When, names_target, used_at_load
from seatrial.program.loading import Broken, Loading, spot
from seatrial.rules.contract import SLIGHT, TOLD, Match, rule

FEW_MODULES, MANY_MODULES = 5, 20
"""Parts with more modules than the first hardly come apart by one cut; those with more than the second by no few."""
MOST_CUTS = 3
"""How many cuts of parts between these are shown, else one: the next ones show when these are made."""


_STUB = ".pyi"
"""End of the names of files that only type checkers read: they are never loaded."""
_WORKS = 0.6
"""Confidence where no module of the circle fails when it is asked for first: it is fragile, but works."""

_BY_ITSELF = 0.8
"""Where no program here meets it: one has to ask for the package first, as whoever uses it may, or to run a test alone."""

_MUTUAL = 2
_SHARE = 0.25
"""What so much of a program's code lies in is its shape, and not a corner of it."""

Edges: TypeAlias = dict[File, dict[File, list[Import]]]


@rule(severity=Severity.WARNING, category=("circular",), cwe=(1047,), most=TOLD)
def check(program: Program) -> Iterator[Match]:
    """The cheapest edge to cut in each part whose modules reach each other; more of them where it is large."""
    every = {
        source: {target: imports for target, imports in targets.items() if not target.path.endswith(_STUB)}
        for source, targets in program.imports.graph().items()
        if not source.path.endswith(_STUB)
    }
    graph = {
        source: {t: imports for t, imports in targets.items() if not (_is_own(t, source) and _is_there(imports))}
        for source, targets in every.items()
    }
    whole = {one.target for one in program.imports.all if names_target(one)}
    least = max(FEW_MODULES + 1, _SHARE * sum(file.role is Role.CODE for file in program.files))
    loading = Loading(every, *django.loaded(program), _later(program))
    for component in components(graph):
        members = set(component)
        inside = {file: {t: i for t, i in graph[file].items() if t in members} for file in component}
        found = [_circle(inside, cut) for cut in _cuts(component, inside, whole) if cut[0].source.role is Role.CODE]
        broken = _broken(loading, found, members)
        order = sorted(range(len(found)), key=lambda at: broken[at] is None)
        for rank, at in enumerate(order if len(component) > FEW_MODULES else order[:1], 1):
            first = broken[at]
            is_mutual = len(component) == _MUTUAL or (rank == 1 and len(component) >= least)
            likely = _likelihood(program, loading, first, is_mutual=is_mutual) if first else _WORKS
            shown = MOST_CUTS if len(component) <= MANY_MODULES else 1
            is_told = rank == 1 or (rank <= shown and likely > _BY_ITSELF)  # of what nobody comes to, one in each part
            confidence = likely if is_told and not _is_put_last(found[at][1]) else min(likely, SLIGHT)
            yield _match(graph, *found[at], first, len(component), confidence)


def _is_put_last(cut: list[Import]) -> bool:
    """It is asked for below all that the module defines, so that others find that: whoever wrote it knew of the circle."""
    file = cut[0].source
    ends = [body.facts.end_line for body in file.functions if body is not file.body]
    return bool(ends) and all(one.facts.line > max(ends) for one in cut)


def _later(program: Program) -> set[File]:
    """What a running program loads: inside functions, or step by step to bring its tables up to date."""
    lazily = {target for targets in program.imports.graph(When.LAZY).values() for target in targets}
    return lazily | {file for file in program.files if "migrations" in file.folder.split("/")}


def _broken(loading: Loading, found: list[tuple[list[File], list[Import]]], members: set[File]) -> list[Broken | None]:
    """For each circle an import that fails for it, if one of its modules is asked for first.

    Each failure once, for the shortest circle that holds it if there is one; what fails elsewhere is another circle's.
    """
    failing = [loading.breaks(members, circle) for circle, _ in found]
    chosen: dict[int, Broken] = {}
    for own in (True, False):
        for at, (circle, _) in sorted(enumerate(found), key=lambda one: len(one[1][0])):
            told = {spot(one) for one in chosen.values()}
            fit = (one for one in failing[at] if spot(one) not in told and (not own or {*spot(one)} <= {*circle}))
            if at not in chosen and (first := next(fit, None)):
                chosen[at] = first
    return [chosen.get(at) for at in range(len(found))]


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
    return _is_own(package, module) and all(map(names_target, imports)) and not _is_used(package, module)


def _is_there(imports: list[Import]) -> bool:
    """A module asks for its package, as a whole and for later: that is being loaded already, in any order."""
    return all(names_target(one) and not used_at_load(one) for one in imports)


def _is_own(package: File, module: File) -> bool:
    return package.is_package and module.module.startswith(package.module + ".")


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


def _match(
    graph: Edges, circle: list[File], cut: list[Import], broken: Broken | None, modules: int, confidence: float
) -> Match:
    one = cut[0]
    names = " → ".join(file.module for file in circle)
    lazily = not any(used_at_load(i) for i in cut)
    return Match(
        message=f"Import circle {names}"
        + (f" (one of {modules} modules that reach each other)" if modules > len(circle) - 1 else "")
        + (_told(broken) if broken else ""),
        function=one.source.body,
        line=one.facts.line,
        end_line=cut[-1].facts.line if len({i.target for i in cut}) > 1 else one.facts.line,
        key=f"{one.source.module}>{one.target.module}",
        path=tuple(_step(graph[a][b][0]) for a, b in pairwise(circle)),
        confidence=confidence,
        weight=2.0 if lazily else 3.0,
        mend=_mend(cut, lazily=lazily),
    )


def _likelihood(program: Program, loading: Loading, broken: Broken, *, is_mutual: bool) -> float:
    """Whether anybody comes to the failure: by a program, by a test that is run alone, by asking for a package first.

    Or by asking for one of two that import each other, or for a module where most do: else a program keeps to the
    order that works.
    """
    began = list(loading.beginnings(broken))
    met = [file for file, meets in began if meets]
    if any(not file.is_test for file in met):
        return 0.9
    if met and any("pytest" in manifest.text for manifest in program.manifests):
        return _BY_ITSELF
    is_private = broken.entry.module.rpartition(".")[2].startswith("_")
    is_ordered = bool(began) and not is_mutual and not broken.entry.is_package
    return SLIGHT if is_private or is_ordered else _BY_ITSELF


def _told(broken: Broken) -> str:
    by = broken.by
    return f"; importing {broken.entry.module} first fails: {by.source.path}:{by.facts.line} needs `{broken.name}` of {by.target.module}, which has not come so far"


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
