"""Filters: what the conditions of a query say of the rows that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function

_NARROWS = frozenset({"filter", "exclude", "where", "filter_by", "having", "join", "with_parent", "none", "returning"})
_CHOOSES = frozenset({"filter", "where", "filter_by"})
_KEYS = frozenset({"pk", "id"})
_COLUMNS = frozenset({"OuterRef", "F"})


def null_relations(function: Function, step: f.Call) -> Iterator[str]:
    """The relations that a filter says are null, so that reading them runs no query: `filter(parent__isnull=True)`."""
    for name, value in step.keywords if step.callee.rpartition(".")[2] in {"filter", "get"} else ():
        given = function.values[function.origin(value)]
        if type(given) is f.Const and ((given.kind == "none") or (name.endswith("__isnull") and given.value is True)):
            yield name.removesuffix("__isnull")


def is_by_key(function: Function, step: f.Call) -> bool:
    """It asks for the one row of a key: `filter(pk=order.pk)`, `where(Order.id == key)`."""
    if step.callee.rpartition(".")[2] not in _CHOOSES:
        return False
    compared = (function.values[function.origin(value)] for value in step.args)
    columns = ((written(function, c.left), c.right) for c in compared if type(c) is f.Compare and c.op == "==")
    asked = (*step.keywords, *((column.rpartition(".")[2], value) for column, value in columns))
    return any(name in _KEYS and not _is_column(function.values[function.origin(value)]) for name, value in asked)


def _is_column(step: f.AnyValue) -> bool:
    """`Line.order_id`, `OuterRef("pk")`: as many rows as the other table has."""
    return type(step) is f.Ref or (type(step) is f.Call and step.callee.rpartition(".")[2] in _COLUMNS)


def narrows(step: f.Call) -> bool:
    """It gives some of the rows, not all."""
    name = step.callee.rpartition(".")[2]
    return name in _NARROWS or (name == "in_bulk" and bool(step.args or step.keywords))
