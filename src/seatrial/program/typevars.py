"""Type variables: what `T` of a generic class stands for in a class that says so, `class Orders(Repository[Order])`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program import annotated
from seatrial.program.parts import Class, Function
from seatrial.program.type import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.program.types import Types

_GENERICS = ("Generic", "Protocol")
_ANY = "*"
"""Stands for whatever name the only variable of a class has that was written in brackets: `class Repository[T]`."""


def returned(types: Types, method: Function, receiver: Class) -> Type | None:
    """What a method of a generic class returns when a class below it is called that says what its variables are."""
    outer, value = method.parent, method.facts.returns
    if method.cls is None or outer is None or value < 0 or receiver is method.cls:
        return None
    known = _arguments(types, method.cls, receiver)
    return _filled(types, outer, value, known) if known else None


def _arguments(types: Types, generic: Class, receiver: Class) -> Mapping[str, Type]:
    """The variables of a generic class by name, as a class at or below it sets them."""
    for cls in types.mro(receiver):
        for base in cls.facts.bases:
            step = cls.outer.values[base]
            if type(step) is f.Index and _means(types, cls, step.base) is generic:
                given = [annotated.read(types, cls.outer, one) for one in annotated.items(cls.outer, step.key)]
                named = zip(_variables(generic) or (_ANY,), given, strict=False)
                return {name: one for name, one in named if one is not None}
    return {}


def _means(types: Types, cls: Class, value: int) -> object:
    step = cls.outer.values[value]
    return types.entity(cls.file, step.path) if type(step) is f.Ref else None


def _variables(generic: Class) -> list[str]:
    """The names between the brackets of `Generic[…]`, in order."""
    outer = generic.outer
    for base in generic.facts.bases:
        step = outer.values[base]
        named = outer.values[step.base] if type(step) is f.Index else None
        if type(step) is f.Index and type(named) is f.Ref and named.path.endswith(_GENERICS):
            return [_name(outer, one) for one in annotated.items(outer, step.key)]
    return []


def _name(function: Function, value: int) -> str:
    step = function.values[value]
    if type(step) is f.Call and step.args:  # T = TypeVar("T"), read in the body that makes it
        step = function.values[step.args[0]]
        return step.value if type(step) is f.Const and isinstance(step.value, str) else ""
    path = step.path if type(step) is f.Ref else step.name if type(step) is f.Free else ""
    return path.lstrip(":.!?").rpartition(".")[2]


def _filled(types: Types, function: Function, value: int, known: Mapping[str, Type]) -> Type | None:
    step = function.values[value]
    if type(step) is f.Free:
        return known.get(step.name) or known.get(_ANY)
    if type(step) is f.Ref:
        return known.get(_name(function, value))
    if type(step) is f.Binary:
        return _filled(types, function, step.left, known) or _filled(types, function, step.right, known)
    if type(step) is f.Index:
        args = [_filled(types, function, one, known) for one in annotated.items(function, step.key)]
        outer = annotated.read(types, function, value)
        if outer is None:  # Optional[T]
            return next((one for one in args if one is not None), None)
        return replace(outer, args=tuple(one or Type("") for one in args)) if any(args) else None
    return None
