"""Injected dependencies: the calls by which parameters ask a framework for something, wherever they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function
    from seatrial.program.program import Program

DEPTH = 3
"""How many names and functions a dependency is followed through."""


def dependencies(program: Program, body: Function, value: int, depth: int = 0) -> Iterator[tuple[Function, int]]:
    """The `Depends(…)` that a default is: as it is, by the name it was given, or as a function gives it."""
    value = body.origin(value) if value >= 0 else value
    step = body.values[value] if value >= 0 and depth < DEPTH else None
    if type(step) is f.Ref:
        entity = program.names.resolve(body.file, step.path).entity
        if isinstance(entity, Variable):
            yield from dependencies(program, entity.function, entity.value, depth + 1)
    elif type(step) is f.Store:
        yield from dependencies(program, body, step.value, depth + 1)
    elif type(step) is f.Call:
        target = program.target(body, value)
        if target.model and target.model.hook and target.model.hook.kind == "dependency":
            yield body, value
        for function in target.functions:
            for given in function.returns:
                yield from dependencies(program, function, given, depth + 1)
