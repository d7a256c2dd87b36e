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

## Good: a library keeps hooks for its next release

```pyproject.toml
[project]
name = "shop"
classifiers = ["Framework :: Django"]
```

```shop/__init__.py
```

```shop/conf.py
class Settings:
    def _warn_of(self, name):
        print(name)

    def _load(self):
        return self

    def read(self):
        return self._load()
```
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import Class, File, Function, Program
from seatrial.program.derived import derived
from seatrial.program.manifests import parse
from seatrial.rules.contract import Match, rule

UNUSED, HELD_READY = 0.75, 0.6
"""In an application; in a library, which keeps hooks for its next release and for those who build on it."""
LONGEST = 200
"""How long a text is at most that may be a name."""
_NAMED, _PATHS, _TEXTS = frozenset({f.Attr, f.Free}), frozenset({f.Ref}), frozenset({f.Const})
_WORK = frozenset({f.Call, f.Return, f.Raise, f.Store, f.StoreAttr, f.StoreItem})
_REFLECTS = ("globals", "vars", "locals", "__dict__")
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
    """Where names are mentioned; worked out when the first name is asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[File, frozenset[str]] = {}

    def in_code(self, definition: Definition) -> bool:
        """True when anything may lead to the definition: its name, a text that says it or begins it, or reflection."""
        name = definition.name
        if name in self._names or any(name.startswith(prefix) for prefix in self._prefixes):
            return True
        return definition.file in self._reflecting or any(name in m.text for m in self._program.manifests)

    def in_tests(self, definition: Definition) -> bool:
        """True when a test that knows the module says the name."""
        name = definition.name
        return any(name in self._said(file) for file in self._tests if _knows(file, definition.file.module))

    @cached_property
    def _names(self) -> frozenset[str]:
        """All names that the code reads, imports, offers or says, that of migrations too."""
        return frozenset().union(*(self._said(file) for file in self._program.files if not file.is_test))

    @cached_property
    def _tests(self) -> tuple[File, ...]:
        return tuple(file for file in self._program.files if file.is_test)

    def _said(self, file: File) -> frozenset[str]:
        if file not in self._memo:
            self._memo[file] = frozenset(_mentioned(file))
        return self._memo[file]

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        """How the names begin that are put together: `getattr(self, f"_visit_{kind}")`."""
        calls = (*self._program.index.calls("getattr"), *self._program.index.calls("methodcaller"))
        found = {_begins(function, call) for function, call in calls}
        return tuple(prefix for prefix in found if prefix.startswith("_") and len(prefix) > 1)

    @cached_property
    def _reflecting(self) -> frozenset[object]:
        """The files that look through their own names."""
        return frozenset(function.file for function, _ in self._program.index.calls(*_REFLECTS))


@derived(list[str])
def _mentioned(file: File) -> list[str]:
    """The names with an underscore that a file reads, calls, imports, offers or says, parts of dotted ones too."""
    said: set[object] = {*(file.facts.exports or ()), *(fact.path for fact in file.facts.imports)}
    for function in file.functions:
        values = function.values
        said.update([values[at].name for at in function.of(_NAMED)])  # type: ignore[union-attr] # both have a name
        said.update([values[at].path for at in function.of(_PATHS)])  # type: ignore[union-attr] # all have a path
        said.update([values[at].value for at in function.of(_TEXTS)])  # type: ignore[union-attr] # all have a value
        said.update([values[at].callee for at in function.calls])  # type: ignore[union-attr] # they are calls
    texts = (text for text in said if type(text) is str and "_" in text and len(text) < LONGEST)
    return sorted({name for text in texts for name in text.lstrip(":.!?").split(".") if name.startswith("_")})


def _knows(file: File, module: str) -> bool:
    """The file imports the module, or something from above or below it."""
    return any(module.startswith(i.module) or i.path.startswith(module) for i in file.facts.imports)


def _begins(function: Function, call: int) -> str:
    """The text with which a name begins that is put together; empty if that is not known."""
    step = function.values[call]
    named = step.args[1] if type(step) is f.Call and len(step.args) > 1 else f.NONE
    while named >= 0:
        value = function.values[function.origin(named)]
        if type(value) is f.Const:
            return str(value.value).partition("%")[0].partition("{")[0]
        if type(value) is f.Template and value.parts:
            named = value.parts[0]
        elif type(value) is f.Binary:
            named = value.left
        elif type(value) is f.Call:
            named = value.receiver
        else:
            break
    return ""


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
