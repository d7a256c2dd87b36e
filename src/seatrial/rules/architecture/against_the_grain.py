"""An import goes against the direction that the rest of the program keeps between two packages.

The direction is what lets one package be understood, tested and replaced without the other. One import the other way ties
the two into one, and the next author takes it for leave to add another.

Move what is needed to the package that is imported everywhere, pass it in as an argument, or let the upper package register
it with the lower one.

## Bad: the lower package reaches up

```shop/__init__.py
```

```shop/store/__init__.py
```

```shop/store/rows.py
def rows(table):
    return list(table)
```

```shop/store/tables.py
def table(name):
    return [name]
```

```shop/store/money.py
from shop.web.money import shown  # finding: 10 modules

def price(row):
    return shown(row.price)
```

```shop/web/__init__.py
```

```shop/web/money.py
def shown(amount):
    return f"{amount} EUR"
```

```shop/web/a.py
from shop.store.rows import rows
```

```shop/web/b.py
from shop.store.rows import rows
```

```shop/web/c.py
from shop.store.rows import rows
```

```shop/web/d.py
from shop.store.tables import table
```

```shop/web/e.py
from shop.store.rows import rows
```

```shop/web/f.py
from shop.store.rows import rows
```

```shop/web/g.py
from shop.store.rows import rows
```

```shop/web/h.py
from shop.store import tables
```

```shop/web/i.py
from shop.store.rows import rows
```

```shop/web/j.py
from shop.store.rows import rows
```
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

from seatrial.model.finding import Place, Severity, Step
from seatrial.model.source import Role
from seatrial.program import File, Program
from seatrial.program.imports import Import, When
from seatrial.rules.contract import Match, rule

MANY_MODULES, FEW_MODULES = 10, 1
"""How many modules of one package import the other, and how many the other way, before that is a direction."""
MOST_GATHERED = 2
"""A module that imports more modules of a package than this gathers what lies there."""
LEAST_SIZE = 3
"""Modules that a package needs for its imports to show a direction."""


@rule(severity=Severity.NOTE)
def check(program: Program) -> Iterator[Match]:
    """The odd imports between two packages beside each other."""
    sizes = Counter(package for file in program.files if file.role is Role.CODE for package in _above(file.module))
    between = _between(program)
    into, out_of = _degrees(between)
    for (source, target), odd in between.items():
        usual = between.get((target, source), {})
        if len(odd) <= FEW_MODULES and len(usual) >= MANY_MODULES and min(sizes[source], sizes[target]) >= LEAST_SIZE:
            kept = into[target] == len(odd) or out_of[source] == len(odd)
            for imports in odd.values():
                yield _match(imports, source, target, usual, sure=kept and not _is_front(imports, target))


def _is_front(imports: list[Import], target: str) -> bool:
    """A module that gathers all there is in the other package (its commands, its plug-ins), or asks its front only."""
    files = {one.target for one in imports}
    return len(files) > MOST_GATHERED or all(file.module == target for file in files)


def _degrees(between: dict[tuple[str, str], dict[File, list[Import]]]) -> tuple[Counter[str], Counter[str]]:
    """For each package how many modules beside it import it, and how many of its own import what lies beside."""
    into, out_of = Counter[str](), Counter[str]()
    for (source, target), imports in between.items():
        into[target] += len(imports)
        out_of[source] += len(imports)
    return into, out_of


def _between(program: Program) -> dict[tuple[str, str], dict[File, list[Import]]]:
    """For each two packages beside each other the modules of the first that import the second, with its imports."""
    found: dict[tuple[str, str], dict[File, list[Import]]] = defaultdict(dict)
    for one in program.imports.all:
        if (
            one.implicit
            or one.when is When.TYPES
            or one.source.role is not Role.CODE
            or one.target.role is not Role.CODE
        ):
            continue
        pair = _apart(one.source.module, one.target.module)
        if pair:
            found[pair].setdefault(one.source, []).append(one)
    return found


@lru_cache(maxsize=65_536)
def _apart(source: str, target: str) -> tuple[str, str] | None:
    """The packages of two modules just below the one that holds both."""
    mine, theirs = source.split("."), target.split(".")
    for at, part in enumerate(mine[: len(theirs)]):
        if part != theirs[at]:
            return ".".join(mine[: at + 1]), ".".join(theirs[: at + 1])
    return None


def _above(module: str) -> Iterator[str]:
    while module:
        yield module
        module = module.rpartition(".")[0]


def _match(imports: list[Import], source: str, target: str, usual: dict[File, list[Import]], *, sure: bool) -> Match:
    """`sure`: nobody else imports the upper package, or the lower one imports nothing else beside it."""
    one, back = imports[0], next(iter(usual.values()))[0]
    return Match(
        message=f"{source} imports {target} here alone, while {len(usual)} modules of {target} import {source}",
        function=one.source.functions[one.facts.function],
        line=one.facts.line,
        key=f"{one.source.module}>{one.target.module}",
        path=(
            Step(
                Place(back.source.path, back.facts.line, back.facts.line),
                f"the usual direction, in {len(usual)} modules",
            ),
            Step(Place(one.source.path, one.facts.line, one.facts.line), f"the other way: imports {one.target.module}"),
        ),
        confidence=0.75 if sure and one.when is When.LOAD else 0.5,
        mend=f"Move what {one.source.module} needs into {source}, or pass it in.",
    )
