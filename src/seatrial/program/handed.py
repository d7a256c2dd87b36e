"""Handed: what a framework passes to the methods that it calls, where neither an annotation nor a call says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import Variable
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from seatrial.program.type import Type
    from seatrial.program.types import Types

SERIALIZERS = ("rest_framework.Serializer", "rest_framework.BaseSerializer", "rest_framework.ListSerializer")
_WRITERS = ("get_", "to_representation")
"""How the methods of a serializer begin that receive the row which is written."""


def handed(types: Types, function: Function, position: int) -> Type | None:
    """The row that a serializer's method receives after `self`."""
    if position != 1 or function.cls is None or not function.name.startswith(_WRITERS):
        return None
    if is_serializer(types, function.cls):
        model = serialized(types, function.cls)
        return types.instance(model) if model else None
    return None


def is_serializer(types: Types, cls: Class) -> bool:
    """The class writes rows (Django REST framework)."""
    return any(types.class_derives(cls, base) for base in SERIALIZERS)


def serialized(types: Types, cls: Class) -> Class | None:
    """The class of rows that a serializer is made for: `Meta.model`."""
    meta = types.member(cls, "Meta")
    found = types.member(meta.entity, "model") if meta and isinstance(meta.entity, Class) else None
    return named_class(types, found.entity) if found and isinstance(found.entity, Variable) else None


def named_class(types: Types, variable: Variable) -> Class | None:
    """The class that a variable holds: `model = Order`."""
    found = types.of(variable.function, variable.value)
    step = variable.function.values[variable.value]
    if found is None and type(step) is f.Store:
        found = types.of(variable.function, step.value)
    return found.cls if found and found.meta else None
