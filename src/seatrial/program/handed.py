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

ADMIN = "django.contrib.admin.ModelAdmin"
_OF_REQUEST = frozenset(
    {
        "get_queryset", "get_urls", "get_ordering", "get_search_fields", "get_list_filter", "get_list_display",
        "get_list_select_related", "get_actions", "has_module_permission", "has_add_permission", "get_changelist",
        "get_sortable_by", "get_paginator", "get_model_perms", "get_changelist_instance", "get_preserved_filters",
    }
)  # fmt: skip
"""Methods of an admin that receive the request."""


def handed(types: Types, function: Function, position: int) -> Type | None:
    """The row that a method of a serializer, or a column of an admin, receives after `self`."""
    if position != 1 or function.cls is None:
        return None
    model = None
    if function.name.startswith(_WRITERS) and is_serializer(types, function.cls):
        model = serialized(types, function.cls)
    elif len(function.facts.params) == len(("self", "row")) and types.class_derives(function.cls, ADMIN):
        model = administered(types, function.cls) if function.name not in _OF_REQUEST else None
    return types.instance(model) if model else None


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


def administered(types: Types, cls: Class) -> Class | None:
    """The class of rows that an admin is registered for, in its own file."""
    for decorator in cls.facts.decorators:
        step = cls.outer.values[decorator]
        if type(step) is f.Call and _registers(step):
            return _first_class(types, cls.outer, step)
    for call in cls.file.body.calls:
        step = cls.file.body.values[call]
        if type(step) is f.Call and _registers(step) and step.args[1:]:
            found = types.of(cls.file.body, step.args[1])
            if found and found.cls is cls:
                return _first_class(types, cls.file.body, step)
    return None


def _registers(step: f.Call) -> bool:
    return step.callee.rpartition(".")[2] == "register" and bool(step.args)


def _first_class(types: Types, body: Function, step: f.Call) -> Class | None:
    """The class given first: alone, or as the only one of a list."""
    given = body.values[body.origin(step.args[0])]
    value = given.items[0] if type(given) is f.Collection and len(given.items) == 1 else step.args[0]
    found = types.of(body, value)
    return found.cls if found and found.meta else None
