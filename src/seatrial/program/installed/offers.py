"""Follows dotted names through installed libraries: re-exports, star imports, classes and their bases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from seatrial.model import facts as f
from seatrial.model.facts import ClassFacts, FunctionFacts
from seatrial.model.outside import Library, Module
from seatrial.model.source import Installed
from seatrial.program.installed.surface import ALWAYS, answered, bound, is_dynamic

_DEEPEST = 12
"""Re-exports or bases that are followed at most."""
_PLAIN_BASES = frozenset(
    {"!object", "!Exception", "!BaseException", "!ValueError", "!TypeError", "!RuntimeError", "!OSError", "!KeyError"}
    | {"abc.ABC", "typing.Generic", "typing_extensions.Generic", "typing.Protocol", "typing_extensions.Protocol"}
)
"""Bases that bring no names but those of `object` and of exceptions, and make objects as `__init__` says."""
_HARMLESS = frozenset({"final", "runtime_checkable", "dataclass", "total_ordering", "define", "frozen", "deprecated"})
"""Decorators of classes that take no name away and make none that code asks for."""
_EXCEPTIONS = frozenset({"args", "with_traceback", "add_note", "errno", "strerror", "filename", "filename2"})


_PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "abstractmethod", "deprecated", "final", "override"})
"""Decorators that leave the parameters as they are."""


@dataclass(frozen=True)
class Definition:
    """A function or class where it is defined: its module, and the facts of one of the two."""

    module: Module
    function: FunctionFacts | None = None
    cls: ClassFacts | None = None

    @cached_property
    def methods(self) -> dict[str, list[FunctionFacts]]:
        """The functions of a class's body, by name; several where it is defined again (overloads, properties)."""
        found: dict[str, list[FunctionFacts]] = {}
        if self.cls:
            for one in self.module.facts.functions:
                if one.parent == self.cls.body:
                    found.setdefault(one.name, []).append(one)
        return found


class Offers:
    """What a library's modules offer. Every answer rests on text that was read wholly; else it is None."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._names: dict[str, frozenset[str] | None] = {}
        self._found: dict[str, Definition | None] = {}
        self._members: dict[tuple[str, str], frozenset[str] | None] = {}

    def split(self, dotted: str) -> tuple[Module, list[str]] | None:
        """The module that a dotted name begins with (the longest that is one), and the names below it."""
        parts = dotted.split(".")
        for cut in range(len(parts), 0, -1):
            if module := self._library.module(".".join(parts[:cut])):
                return module, parts[cut:]
        return None

    def owner(self, dotted: str) -> Installed | None:
        """The distribution that a dotted name belongs to; None if nothing says."""
        return self._library.owner(dotted.partition(".")[0])

    def names(self, module: Module) -> frozenset[str] | None:
        """Everything that a module offers; None if that cannot be told."""
        if module.name not in self._names:
            self._names[module.name] = None  # what imports itself by a star is not known yet
            self._names[module.name] = self._all(module)
        return self._names[module.name]

    def _all(self, module: Module) -> frozenset[str] | None:
        answers = answered(module.facts)
        if answers is None or is_dynamic(module.facts):
            return None
        found = set(bound(module.facts) | answers | module.inner | ALWAYS)
        for one in module.facts.imports:
            if one.star:
                target = self._library.module(absolute(module, one.module))
                names = self.names(target) if target else None
                if names is None:
                    return None
                found |= names
        return frozenset(found)

    def find(self, dotted: str, depth: int = 0) -> Definition | None:
        """The one function or class that a dotted name means; None if there is none, or more, or another thing."""
        if dotted not in self._found:
            self._found[dotted] = None
            place = self.split(dotted) if depth < _DEEPEST else None
            self._found[dotted] = self._defined(*place, depth) if place and len(place[1]) == 1 else None
        return self._found[dotted]

    def _defined(self, module: Module, names: list[str], depth: int) -> Definition | None:
        name, facts = names[0], module.facts
        functions = [one for one in facts.functions if one.parent == 0 and one.name == name and one.kind == "function"]
        functions = written_out(module, functions)
        classes = [one for one in facts.classes if one.parent == 0 and one.name == name]
        imports = {absolute(module, one.path) for one in facts.imports if one.function == 0 and one.name == name}
        stores = [step for step in facts.functions[0].values if type(step) is f.Store and step.name == name]
        if len(functions) + len(classes) + len(imports) + len(stores) != 1:
            return self._starred(module, name, depth) if not (functions or classes or imports or stores) else None
        if imports:
            return self.find(imports.pop(), depth + 1)
        if stores:
            return None
        return Definition(module, functions[0] if functions else None, classes[0] if classes else None)

    def _starred(self, module: Module, name: str, depth: int) -> Definition | None:
        targets = (absolute(module, one.module) for one in module.facts.imports if one.star)
        found = [one for target in targets if (one := self.find(f"{target}.{name}", depth + 1))]
        return found[0] if found and all(one == found[0] for one in found) else None

    def line(self, cls: Definition) -> tuple[Definition, ...] | None:
        """A class and all that it derives from, nearest first; None if some base is not known or makes names."""
        found: list[Definition] = []
        waiting = [cls]
        while waiting:
            one = waiting.pop(0)
            bases = self._bases(one)
            if bases is None or len(found) > _DEEPEST:
                return None
            found.append(one)
            waiting += bases
        return tuple(found)

    def _bases(self, cls: Definition) -> list[Definition] | None:
        assert cls.cls is not None
        if cls.cls.keywords or any(not self._is_harmless(cls, one) for one in cls.cls.decorators):
            return None
        found = []
        for base in cls.cls.bases:
            path = self.path(cls, base)
            if path in _PLAIN_BASES:
                continue
            known = self.find(path) if path else None
            if known is None or known.cls is None:
                return None
            found.append(known)
        return found

    def _is_harmless(self, cls: Definition, decorator: int) -> bool:
        assert cls.cls is not None
        step = cls.module.facts.functions[cls.cls.parent].values[decorator]
        path = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call else ""
        return path.rpartition(".")[2] in _HARMLESS

    def path(self, cls: Definition, value: int) -> str:
        """The absolute dotted name that a base is given by (`Generic[T]` is `Generic`); empty for another thing."""
        assert cls.cls is not None
        values = cls.module.facts.functions[cls.cls.parent].values
        step = values[value]
        if type(step) is f.Index:
            step = values[step.base]
        if type(step) is f.ClassValue:
            return f"{cls.module.name}.{cls.module.facts.classes[step.cls].qualname}"
        if type(step) is not f.Ref:
            return ""
        return self.dotted(cls.module, step.path)

    def dotted(self, module: Module, path: str) -> str:
        """The absolute dotted name of a path in a module's text."""
        return f"{module.name}.{path[1:]}" if path[:1] == ":" else absolute(module, path)

    def members(self, cls: Definition) -> frozenset[str] | None:
        """Everything that an instance has; None if that cannot be told."""
        assert cls.cls is not None
        key = cls.module.name, cls.cls.qualname
        if key not in self._members:
            self._members[key] = self._all_members(cls)
        return self._members[key]

    def _all_members(self, cls: Definition) -> frozenset[str] | None:
        line = self.line(cls)
        if line is None:
            return None
        found = {name for one in line for name in _members(one)}
        if any((self.path(one, base) or "").startswith("!") for one in line if one.cls for base in one.cls.bases):
            found |= _EXCEPTIONS
        return None if found & {"__getattr__", "__getattribute__"} else frozenset(found)

    def is_abstract(self, cls: Definition) -> bool:
        """Whether no object is of this very class: others derive from it, wherever they are."""
        bases = {self.path(one, base) for one in self.line(cls) or () if one.cls for base in one.cls.bases}
        methods = (one for found in cls.methods.values() for one in found)
        outer = cls.module.facts.functions
        named = {_name(outer[one.parent].values[decorator]) for one in methods for decorator in one.decorators}
        return "abc.ABC" in bases or "abstractmethod" in named

    def derived_has(self, cls: Definition, name: str) -> bool:
        """Whether another class beside it has the method: an object may be of a class that derives from it."""
        others = (Definition(cls.module, cls=one) for one in cls.module.facts.classes if one is not cls.cls)
        return any(name in other.methods for other in others)

    def method(self, cls: Definition, name: str) -> Definition | None:
        """The one function that a method's name means; None if there is none, or more, or a base is not known."""
        for one in self.line(cls) or ():
            if name in one.methods:
                found = written_out(one.module, one.methods[name])
                return Definition(one.module, found[0]) if len(found) == 1 else None
            if name in one.module.facts.functions[one.cls.body if one.cls else 0].names:
                return None
        return None


def written_out(module: Module, functions: list[FunctionFacts]) -> list[FunctionFacts]:
    """The functions of one name without those that only say how it may be called (`@overload`)."""
    bodies = module.facts.functions
    names = [{_name(bodies[one.parent].values[decorator]) for decorator in one.decorators} for one in functions]
    return [one for one, decorators in zip(functions, names, strict=True) if "overload" not in decorators]


def keywords(definition: Definition) -> frozenset[str] | None:
    """The names of a function's own parameters; None if a decorator may change them."""
    function = definition.function
    if function is None:
        return None
    outer = definition.module.facts.functions[function.parent]
    decorators = {_name(outer.values[one]) for one in function.decorators}
    if decorators - _PLAIN_DECORATORS:
        return None
    return frozenset(one.name for one in function.params if one.kind in ("positional", "keyword"))


def _name(step: f.AnyValue) -> str:
    path = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call else "?"
    return path.rpartition(".")[2].lstrip(":!")


def absolute(module: Module, path: str) -> str:
    """A path of an import in a module, with its leading dots resolved."""
    dots = len(path) - len(path.lstrip("."))
    if not dots:
        return path
    package = module.name.split(".")[: None if module.is_package else -1]
    above = package[: len(package) - dots + 1]
    return ".".join([*above, path[dots:]]) if path[dots:] else ".".join(above)


def _members(cls: Definition) -> Iterator[str]:
    """Names in a class's body, and those that any of its functions sets on any object."""
    assert cls.cls is not None
    body = cls.module.facts.functions[cls.cls.body]
    yield from body.names
    yield from cls.methods
    for step in body.values:
        if type(step) is f.Store:
            yield step.name
        elif type(step) is f.Const and type(step.value) is str:
            yield step.value  # `__slots__`
    yield from (one.name for one in cls.module.facts.classes if one.parent == cls.cls.body)
    for function in cls.module.facts.functions:
        yield from (step.name for step in function.values if type(step) is f.StoreAttr)
