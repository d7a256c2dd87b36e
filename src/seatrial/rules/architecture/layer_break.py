"""A module imports from a layer that the project says it must not know.

Layers that are only agreed upon erode with each hurried import, until a change to the database reaches the web pages and nothing
can be replaced; a declared order that is checked stays true.

Turn the dependency round: pass the value in, or define the interface in the lower layer and implement it in the upper one. If
the order itself is wrong, change `layers` in the settings, where everyone sees it.

## Bad

```seatrial.toml
layers = ["shop.web", "shop.services", "shop.models"]
```

```shop/web/pages.py
from shop.services import orders
```

```shop/services/orders.py
import shop.models

def total(order):
    from shop.web import pages  # finding: shop.services must not import shop.web
    return pages
```

```shop/models.py
from shop.services.orders import total  # finding: shop.models must not import shop.services
```

## Good

```seatrial.toml
layers = ["shop.web", ["shop.services", "shop.jobs"], "shop.models"]
```

```shop/web/pages.py
from shop.services import orders
from shop.models import Order
```

```shop/services/orders.py
from typing import TYPE_CHECKING
from shop.models import Order

if TYPE_CHECKING:
    from shop.web import pages
```

```shop/models.py
class Order:
    pass
```
"""

from collections.abc import Iterator, Sequence

from seatrial.model.finding import Place, Severity, Step
from seatrial.model.source import Role
from seatrial.program import Program
from seatrial.program.imports import Import, When
from seatrial.rules.contract import Match, rule


@rule(severity=Severity.WARNING)
def check(program: Program) -> Iterator[Match]:
    """Imports from a lower layer into a higher one; layers are named from the top, those in one list are beside each other."""
    layers = program.options.get("layers", ())
    if not isinstance(layers, list | tuple):
        return
    levels = [(str(name), level) for level, names in enumerate(layers) for name in _beside(names)]
    seen: set[tuple[str, int, str]] = set()
    for one in program.imports.all if levels else ():
        source, target = _level(one.source.module, levels), _level(one.target.module, levels)
        if not (source and target) or one.when is When.TYPES or one.source.role is not Role.CODE:
            continue
        key = (one.source.path, one.facts.line, target[0])
        if target[1] < source[1] and key not in seen:  # an import also loads the packages above what it names
            seen.add(key)
            yield _match(one, source[0], target[0])


def _beside(names: object) -> Sequence[object]:
    return names if isinstance(names, list | tuple) else (names,)


def _level(module: str, levels: list[tuple[str, int]]) -> tuple[str, int] | None:
    found = [(name, level) for name, level in levels if module == name or module.startswith(name + ".")]
    return max(found, key=lambda pair: len(pair[0])) if found else None


def _match(one: Import, source: str, target: str) -> Match:
    return Match(
        message=f"{source} must not import {target}: it lies below it",
        function=one.source.functions[one.facts.function],
        line=one.facts.line,
        key=f"{one.source.module}>{one.facts.path}",
        path=(Step(Place(one.source.path, one.facts.line, one.facts.line), f"imports {one.target.module}"),),
        confidence=1.0,
    )
