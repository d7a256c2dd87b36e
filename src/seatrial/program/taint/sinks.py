"""Sinks: the calls that foreign text must not reach, found by the names that libraries give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import External
from seatrial.program.taint.nouns import Sinking
from seatrial.program.taint.shapes import text
from seatrial.program.taint.wording import speaks_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.form import Danger
    from seatrial.program.parts import Function
    from seatrial.program.program import Program


def sinks(program: Program, danger: Danger) -> Iterator[Sinking]:
    """Every argument in the judged code that foreign text of this danger must not reach."""
    for function, call in program.index.calls(*program.models.last_names(lambda model: danger in model.sinks)):
        yield from of_call(program, function, call, danger)


def of_call(program: Program, function: Function, call: int, danger: Danger) -> Iterator[Sinking]:
    """The arguments of one call that are sinks of this danger."""
    step = function.values[call]
    target = program.target(function, call)
    sink = target.model.sinks.get(danger) if target.model else None
    if sink is None or type(step) is not f.Call or not sink.applies(step, lambda v: _literal(program, function, v)):
        return
    for value in sink.arguments.select(step):
        if sink.text and _is_listed(program, function, value):
            continue
        if danger != "sql" or target.external or speaks_sql(program, function, value):
            yield Sinking(function, call, value, danger, target.external or step.callee)


def _is_listed(program: Program, function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    found = program.type_of(function, value)
    return type(step) is f.Collection or (found is not None and found.name in {"builtins.list", "builtins.tuple"})


def _literal(program: Program, function: Function, value: int) -> object:
    step = function.values[function.origin(value)]
    if type(step) is f.Const:
        return step.value
    if type(step) is f.Ref:
        entity = program.names.resolve(function.file, step.path).entity
        return entity.name if isinstance(entity, External) else text(program, function, value)
    return None
