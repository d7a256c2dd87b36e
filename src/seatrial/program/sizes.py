"""Sizes: whether a collection is bounded by the program's text or grows with data."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import External, Variable

if TYPE_CHECKING:
    from seatrial.program.parts import Function
    from seatrial.program.types import Types

_SETTINGS = "django.conf.settings."
FEW = 20
"""As many as one does not wait for, even if each costs a query."""
DEPTH = 12
"""How many steps back a collection is followed."""


class Size(StrEnum):
    """How large a collection can become."""

    BOUNDED = "bounded"
    """Written out in the program: a literal, `range(3)`, an enum."""
    ROWS = "rows"
    """Rows of a table."""
    UNKNOWN = "unknown"
    """Comes from a parameter, a call or a field: as large as the caller likes."""


_KEEP = frozenset(
    {"!list", "!tuple", "!sorted", "!reversed", "!set", "!enumerate", "!iter", "!zip", "!frozenset", "itertools.chain"}
)
_BATCHES = re.compile(r"(?i)batch|chunk|paginat")
"""Names of functions that hand out a collection in pieces."""
_VIEWS = frozenset({"items", "keys", "values", "copy"})


def size(types: Types, function: Function, value: int, depth: int = 0) -> Size:
    """How large the collection held by `value` can become."""
    value = function.origin(value)
    if depth > DEPTH or value < 0:
        return Size.UNKNOWN
    step = function.values[value]
    if type(step) is f.Collection:
        return _literal(types, function, step, depth)
    if type(step) is f.Const:
        return Size.BOUNDED
    if type(step) is f.Call:
        return _call(types, function, step, value, depth)
    if type(step) is f.Index and _takes_few(function, step):
        return Size.BOUNDED
    if type(step) is f.Ref:
        return _name(types, function, step, value, depth)
    if type(step) is f.Phi:
        sizes = {size(types, function, option, depth + 1) for option in step.options if option < value}
        return sizes.pop() if len(sizes) == 1 else Size.UNKNOWN
    return _by_type(types, function, value)


def _takes_few(function: Function, step: f.Index) -> bool:
    """A slice with a small end written out: `rows[:5]`."""
    key = function.values[step.key]
    ends = key.items[1:2] if type(key) is f.Collection and key.kind == "slice" else ()
    end = function.values[function.origin(ends[0])] if ends and ends[0] >= 0 else None
    return type(end) is f.Const and isinstance(end.value, int) and 0 <= end.value <= FEW


def _literal(types: Types, function: Function, step: f.Collection, depth: int) -> Size:
    if step.region >= 0:
        subject = function.regions[step.region].subject
        return size(types, function, subject, depth + 1)
    spread = any(type(function.values[i]) is f.Spread for i in step.items)
    return Size.UNKNOWN if spread else Size.BOUNDED


def _call(types: Types, function: Function, step: f.Call, value: int, depth: int) -> Size:
    if step.callee == "!range" and len(step.args) == len(("start", "stop", "step")):
        return Size.BOUNDED  # goes in batches: one round stands for many elements
    if step.callee == "!range":
        return (
            Size.BOUNDED
            if all(type(function.values[function.origin(a)]) is f.Const for a in step.args)
            else Size.UNKNOWN
        )
    if _BATCHES.search(step.callee):
        return Size.BOUNDED  # as above
    if step.callee in _KEEP and step.args:
        return size(types, function, step.args[0], depth + 1)
    if step.receiver >= 0 and step.callee in _VIEWS and not step.args:
        return size(types, function, step.receiver, depth + 1)
    return _by_type(types, function, value)


def _name(types: Types, function: Function, step: f.Ref, value: int, depth: int) -> Size:
    named = types.names.resolve(function.file, step.path)
    if isinstance(named.entity, External) and named.entity.name.startswith(_SETTINGS):
        return Size.BOUNDED  # as long as whoever runs it wrote it
    if isinstance(named.entity, Variable) and not named.rest:
        return size(types, named.entity.function, named.entity.value, depth + 1)
    found = types.named(named)
    if found and found.meta and types.has_kind(found, "enum"):
        return Size.BOUNDED
    return _by_type(types, function, value)


def _by_type(types: Types, function: Function, value: int) -> Size:
    found = types.of(function, value)
    if types.has_kind(found, "query") or types.has_kind(found, "manager"):
        return Size.ROWS
    if found and found.name == "builtins.list" and types.has_kind(found.element, "model"):
        return Size.ROWS
    if found and found.meta and types.has_kind(found, "enum"):
        return Size.BOUNDED
    return Size.UNKNOWN
