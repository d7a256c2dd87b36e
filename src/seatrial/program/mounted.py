"""Mounted: the view class that a framework is given as a function, `OrderView.as_view()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.program.names import Variable
from seatrial.program.parts import Class

if TYPE_CHECKING:
    from seatrial.model import facts as f
    from seatrial.program.parts import Function
    from seatrial.program.program import Program


def viewed_class(program: Program, body: Function, call: f.Call) -> Class | None:
    """The class whose `as_view` is called."""
    if call.receiver >= 0:
        found = program.type_of(body, call.receiver)
        return found.cls if found else None
    named = program.names.resolve(body.file, call.callee.rpartition(".")[0])
    if isinstance(named.entity, Variable):
        held = program.types.named(named)
        return held.cls if held else None
    return named.entity if isinstance(named.entity, Class) else None
