"""Risks: calls that are a fault whatever foreign text there is, as the library models name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import External, Variable
from seatrial.program.taint.exact import at_place
from seatrial.program.taint.outcomes import truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.form import Risk
    from seatrial.program.parts import Function
    from seatrial.program.program import Program


def risky(program: Program, risk: Risk) -> Iterator[tuple[Function, int]]:
    """Every call of the judged code that runs the risk, as (body, id of the call)."""
    for function, call in program.index.calls(*program.models.last_names(lambda model: risk in model.risks)):
        if _runs(program, function, call, risk):
            yield function, call


def _runs(program: Program, function: Function, call: int, risk: Risk) -> bool:
    step = function.values[call]
    model = program.model(function, call)
    sink = model.risks.get(risk) if model else None
    if sink is None or type(step) is not f.Call:
        return False
    return sink.applies(step, lambda value: _said(program, function, value))


def _said(program: Program, function: Function, value: int) -> object:
    """What an argument says: its literal, or the class that it is made of there (`paramiko.AutoAddPolicy()`)."""
    at = function.origin(value)
    step = function.values[at]
    if type(step) is f.Call and not step.args:
        return program.target(function, at).external
    return literal(program, function, value)


def literal(program: Program, function: Function, value: int) -> object:
    """The constant that a value holds, also by way of a module's variable, or the canonical name of a name outside."""
    step = function.values[function.origin(value)]
    if type(step) is f.Const:
        return step.value
    if type(step) is f.Store and step.value >= 0:
        return literal(program, function, step.value)
    if type(step) is f.Index:
        entry = at_place(function, step.base, step.key, function.origin(value))
        return None if entry is None else literal(program, function, entry)
    if type(step) is f.Conditional and (outcome := truth(function, step.test)) is not None:
        return literal(program, function, step.then if outcome else step.other)
    if type(step) is not f.Ref:
        return None
    entity = program.names.resolve(function.file, step.path).entity
    if isinstance(entity, Variable) and entity.function is not function:
        return literal(program, entity.function, entity.value)
    return entity.name if isinstance(entity, External) else None
