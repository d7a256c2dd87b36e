"""Which class of a library an object is of: made right here, held by a field or variable, or said by an annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.model.facts import FunctionFacts
from seatrial.program.installed.offers import Definition, Offers

if TYPE_CHECKING:
    from seatrial.model.outside import Module
    from seatrial.program.parts import Class, File, Function

_DEEPEST = 6
_FIELDS = frozenset({f.StoreAttr})
_ATTRIBUTE = frozenset({"property", "cached_property"})
_SELF = frozenset({"Self", "typing.Self", "typing_extensions.Self"})


class Thing(msgspec.Struct, frozen=True):
    """An object: the dotted name of its class as a reader would say it, and where that class is defined."""

    whole: str
    cls: Definition
    exact: bool = True
    """It is of this very class; else an annotation says so, and it may be of one that derives from it."""


class Objects:
    """What is known of the objects that the program's values are."""

    def __init__(self, offers: Offers) -> None:
        self._offers = offers
        self._homes: dict[File, Module] = {}
        self._fields: dict[tuple[Class, str], Thing | None] = {}

    def adopt(self, file: File, module: Module) -> File:
        """Takes note that a file is a library's, so that paths in it are understood; gives it back."""
        self._homes[file] = module
        return file

    def of(self, function: Function, value: int, depth: int = 0) -> Thing | None:
        """The library's object that a value is; None if it is none, or that cannot be told."""
        if depth > _DEEPEST:
            return None
        value = function.origin(value)
        step = function.values[value]
        if type(step) is f.Call:
            return self._called(function, step, depth)
        if type(step) is f.Ref:
            return self._variable(function, step.path, depth)
        if type(step) is f.Enter:
            return self._result(self.of(function, step.manager, depth + 1), ("__enter__", "__aenter__"))
        if type(step) is f.Attr:
            owner = self.of(function, step.base, depth + 1)
            return self._attribute(owner, step.name) if owner else self._field(function, step, depth)
        return self._parameter(function, value) if type(step) is f.Param else None

    def held(self, function: Function, path: str) -> Thing | None:
        """The library's object that a variable of the module holds, or what properties below it give."""
        return self._variable(function, path, 0)

    def _called(self, function: Function, call: f.Call, depth: int) -> Thing | None:
        if call.receiver >= 0:
            return self._result(self.of(function, call.receiver, depth + 1), (call.callee,)) if call.callee else None
        home = self._homes.get(function.file)
        if home:
            return self._made(self._offers.dotted(home, call.callee))
        if call.callee[:1] == ":":
            name, _, method = call.callee.rpartition(".")
            return self._result(self._variable(function, name, depth), (method,)) if name else None
        return self._made(call.callee)

    def _made(self, path: str) -> Thing | None:
        found = self._offers.find(path) if path[:1].isalpha() else None
        if found and found.function:
            return self._returned(found, found.function, None)
        return self._instance(path, found)

    def _instance(self, path: str, found: Definition | None, *, exact: bool = True) -> Thing | None:
        made = found and found.cls and not self._offers.method(found, "__new__")
        return Thing(path, found, exact) if found and made else None

    def _result(self, owner: Thing | None, names: tuple[str, ...]) -> Thing | None:
        """What a method gives back, the first of these that the class has."""
        methods = [self._offers.method(owner.cls, name) for name in names] if owner else []
        plain = [one for one in methods if one and one.function and not one.function.decorators]
        given = (self._returned(one, one.function, owner) for one in plain if one.function)
        return next((one for one in given if one), None)

    def _attribute(self, owner: Thing, name: str) -> Thing | None:
        """What a property gives, by its annotation."""
        method = self._offers.method(owner.cls, name)
        if method is None or method.function is None or len(method.function.decorators) != 1:
            return None
        body = method.module.facts.functions[method.function.parent]
        said = body.values[method.function.decorators[0]]
        is_property = type(said) is f.Ref and said.path.rpartition(".")[2].lstrip("!:") in _ATTRIBUTE
        return self._returned(method, method.function, owner) if is_property else None

    def _returned(self, where: Definition, function: FunctionFacts, owner: Thing | None) -> Thing | None:
        if function.is_generator:
            return None
        if function.returns < 0:
            return owner if owner and _gives_itself(function) else None
        said = where.module.facts.functions[function.parent].values[function.returns]
        path = said.path if type(said) is f.Ref else f":{said.value}" if type(said) is f.Const else ""
        if path.lstrip(":") in _SELF or (path and path == _own_annotation(where, function)):
            return owner
        dotted = self._offers.dotted(where.module, path) if path else ""
        return self._instance(dotted, self._offers.find(dotted), exact=False) if dotted else None

    def _variable(self, function: Function, path: str, depth: int) -> Thing | None:
        """What a variable of the module holds, and attributes below it: `:client.chat`."""
        if path[:1] != ":":
            return None
        name, *below = path[1:].split(".")
        body = function.file.body
        stores = [step.value for step in body.values if type(step) is f.Store and step.name == name]
        found = self.of(body, stores[0], depth + 1) if len(stores) == 1 and stores[0] >= 0 else None
        for attribute in below:
            found = found and self._attribute(found, attribute)
        return found

    def _field(self, function: Function, step: f.Attr, depth: int) -> Thing | None:
        """What every assignment to a field of the program's own class makes: `self.client`."""
        if function.cls is None or function.facts.kind != "function" or step.base != 0:
            return None
        key = function.cls, step.name
        if key not in self._fields:
            self._fields[key] = None
            self._fields[key] = self._assigned(function.cls, step.name, depth)
        return self._fields[key]

    def _assigned(self, cls: Class, name: str, depth: int) -> Thing | None:
        made = [
            self.of(method, store.value, depth + 1) if store.value >= 0 else None
            for method in cls.methods.values()
            for store in (method.values[value] for value in method.of(_FIELDS))
            if type(store) is f.StoreAttr and store.name == name
        ]
        return made[0] if made and all(one == made[0] for one in made) else None

    def _parameter(self, function: Function, value: int) -> Thing | None:
        if function.parent is None or value >= len(function.facts.params):
            return None
        annotation = function.facts.params[value].annotation
        said = function.parent.values[annotation] if annotation >= 0 else None
        if type(said) is not f.Ref or not said.path[:1].isalpha():
            return None
        return self._instance(said.path, self._offers.find(said.path), exact=False)


def _own_annotation(where: Definition, function: FunctionFacts) -> str:
    """The type variable that a method's first parameter is annotated with: `def __enter__(self: T) -> T`."""
    annotation = function.params[0].annotation if function.params else -1
    said = where.module.facts.functions[function.parent].values[annotation] if annotation >= 0 else None
    return said.path if type(said) is f.Ref else ""


def _gives_itself(function: FunctionFacts) -> bool:
    """Whether every way out of a method gives back the object itself."""
    given = [step.value for step in function.values if type(step) is f.Return]
    return bool(given) and all(value == 0 for value in given) and type(function.values[0]) is f.Param
