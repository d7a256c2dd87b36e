"""A private function, method or class is not used by anything.

It is read, tested and kept up to date for nobody, and who changes the code around it has to understand it first. With every year the dead part
grows, and nobody dares to remove it any more.

Delete it; the history keeps it.

## Bad

```shop/prices.py
def total(rows):
    return sum(row.price for row in rows)

def _total_with_rebate(rows):  # finding: _total_with_rebate
    return total(rows) * 0.9

class _Rebate:
    def apply(self, price):
        return price

class Basket:
    def total(self):
        return self._sum(self.rows)

    def _sum(self, rows):
        return sum(rows)

    def _old_total(self):
        return total(self.rows)
```

## Good

```shop/prices.py
import functools

__all__ = ["total", "_offered"]

def total(rows):
    return sum(map(_price, rows)) + getattr(Basket(), "_by_name")() + Basket().start("quick")

def _price(row):
    return row.price

def _imported(row):
    return row.price

def _through_module(row):
    return row.price

def _offered(row):
    return row.price

def _only_tested(row):
    return row.price

@functools.singledispatch
def _registered(row):
    return row.price

HANDLERS = {"a": lambda row: _in_lambda(row)}

def _in_lambda(row):
    return row.price

class Basket:
    def start(self, kind):
        return getattr(self, f"_start_{kind}")(self._price)

    def _by_name(self):
        return 1

    def _start_quick(self, price):
        return 1

    def _price(self):
        return 1

class _Presets:
    @staticmethod
    def load(path):
        return path

def presets(path):
    return _Presets.load(path)

class Box:
    def _get_size(self):
        return 1

    def _logged(function):
        return function

    @_logged
    def load(self):
        return 1

    size = property(_get_size)

class Expression:
    def _resolve_output(self):
        return 1

class Shop(External):
    def _hook(self):
        return 1

def _recursive(row):
    return row and _recursive(row.parent)
```

```shop/orders.py
from shop import prices
from shop.prices import _imported

def total(rows):
    return [_imported, prices._through_module]
```

```tests/test_prices.py
from shop.prices import _only_tested

def test_only():
    assert _only_tested(None)
```
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import Class, File, Function, Program
from seatrial.program.manifests import parse
from seatrial.rules.contract import Match, rule

UNUSED, HELD_READY = 0.75, 0.6
"""In an application; in a library, which keeps hooks for its next release and for those who build on it."""
_WORK = frozenset({f.Call, f.Return, f.Raise, f.Store, f.StoreAttr, f.StoreItem})
Definition = Function | Class


@rule(severity=Severity.NOTE, cwe=(561,))
def check(program: Program) -> Iterator[Match]:
    """Private definitions whose name nothing mentions: one finding for each file."""
    uses = _Uses(program)
    found: dict[str, list[Definition]] = defaultdict(list)
    for definition in _private(program):
        if uses.in_code(definition) or _is_held(definition) or _is_of_others(definition, uses):
            continue
        if not uses.in_tests(definition):
            found[definition.file.path].append(definition)
    for definitions in found.values():
        yield _match(definitions, HELD_READY if _is_offered(program, definitions[0].file) else UNUSED)


def _is_offered(program: Program, file: File) -> bool:
    """It belongs to what is published for others to build on."""
    part = parse(program.manifests, program.installed).part_of(file.path)
    return part is not None and part.published


def _is_of_others(definition: Definition, uses: "_Uses") -> bool:
    """A method of a class of which nothing here uses any private one: it is written for somebody else's calls."""
    cls = definition.cls if isinstance(definition, Function) else None
    return cls is not None and not any(uses.in_code(m) for name, m in cls.methods.items() if _is_private(name))


def _private(program: Program) -> Iterator[Definition]:
    """Functions, methods and classes for the eyes of their own package, that nothing registers."""
    for function in program.code:
        outer = function.parent
        if outer is None or outer.is_callable or not _is_private(function.name) or not _is_plain(function):
            continue
        if _is_own(program, function):
            yield function
    for cls in program.classes:
        plain = not (cls.facts.bases or cls.facts.decorators or cls.outer.is_callable)
        if plain and cls.file.role is Role.CODE and _is_private(cls.name):
            yield cls


def _is_plain(function: Function) -> bool:
    """It does something, and nothing registers it: the declaration of a type has no work in it."""
    works = any(True for _ in function.of(_WORK))
    return works and function.facts.kind == "function" and not function.facts.decorators


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_") and not name.startswith("__")


def _is_own(program: Program, function: Function) -> bool:
    """No class outside the program may call it: a base there, or a metaclass."""
    classes = program.types.mro(function.cls) if function.cls else ()
    return not any(cls.facts.keywords or any(not _is_ours(program, cls, b) for b in cls.facts.bases) for cls in classes)


def _is_ours(program: Program, cls: Class, base: int) -> bool:
    step = cls.outer.values[cls.outer.origin(base)]
    if type(step) is f.Ref:
        return step.path == "!object" or isinstance(program.names.resolve(cls.file, step.path).entity, Class)
    return type(step) is f.ClassValue


def _is_held(definition: Definition) -> bool:
    """The body that defines it uses it: as a property's function, a decorator, a default."""
    body = definition.file.functions[definition.facts.parent]
    value = body.facts.names.get(definition.name, f.NONE)
    if type(body.values[value]) not in {f.Closure, f.ClassValue} or body.users.get(value):
        return True  # it is bound again, or used
    inner = (g for g in body.file.functions if g.parent is body)
    return any(value in g.facts.decorators or any(p.default == value for p in g.facts.params) for g in inner)


class _Uses:
    """Where definitions are mentioned."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def in_code(self, definition: Definition) -> bool:
        """True when anything may lead to the definition."""
        return self._program.mentions.in_code(definition.name, definition.file)

    def in_tests(self, definition: Definition) -> bool:
        """True when a test that knows the module says the name."""
        name, said = definition.name, self._program.mentions.said
        return any(name in said(file) for file in self._tests if _knows(file, definition.file.module))

    @cached_property
    def _tests(self) -> tuple[File, ...]:
        return tuple(file for file in self._program.files if file.is_test)


def _knows(file: File, module: str) -> bool:
    """The file imports the module, or something from above or below it."""
    return any(module.startswith(i.module) or i.path.startswith(module) for i in file.facts.imports)


def _match(definitions: list[Definition], confidence: float) -> Match:
    first = definitions[0]
    function = first if isinstance(first, Function) else first.body
    names = [definition.symbol for definition in definitions]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return Match(
        message=f"nothing uses {', '.join(names[:3])}{more}",
        function=function,
        line=first.facts.line,
        key=" ".join(names),
        confidence=confidence,
        also=tuple(d for d in definitions if isinstance(d, Function)),
    )
