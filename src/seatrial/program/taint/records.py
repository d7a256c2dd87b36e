"""Records: what a named tuple holds in each field, as the call that makes one says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import Variable
from seatrial.program.taint.nouns import Edge, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function
    from seatrial.program.program import Program

_MAKES = frozenset({"collections.namedtuple", "namedtuple"})


def made(program: Program, spot: Spot, call: f.Call) -> list[Edge] | None:
    """What flows into a record that is made here: into the field that is picked, else into any; None if it is none."""
    names = _fields(program, spot.function, call)
    if names is None:
        return None
    given = dict(zip(names, call.args, strict=False)) | dict(call.keywords)
    wanted = spot.pick[0] if spot.pick else None
    name = names[wanted] if isinstance(wanted, int) and wanted < len(names) else wanted
    if isinstance(name, str) and name in given:
        return [Edge(Spot(spot.function, given[name], spot.context, spot.pick[1:]), spot.value)]
    return [Edge(Spot(spot.function, value, spot.context), spot.value) for value in given.values()]


def _fields(program: Program, function: Function, call: f.Call) -> list[str] | None:
    """The fields of `Pair = namedtuple("Pair", "first second")`, where the call is of `Pair`."""
    entity = program.names.resolve(function.file, call.callee).entity if call.receiver < 0 and call.callee else None
    if not isinstance(entity, Variable):
        return None
    body = entity.function
    step = body.values[body.origin(entity.value)]
    step = body.values[body.origin(step.value)] if type(step) is f.Store and step.value >= 0 else step
    if type(step) is not f.Call or step.callee.lstrip("?") not in _MAKES or len(step.args) < len(("name", "fields")):
        return None
    return list(_said(body, step.args[1]))


def _said(body: Function, value: int) -> Iterator[str]:
    step = body.values[body.origin(value)]
    if type(step) is f.Const and isinstance(step.value, str):
        yield from step.value.replace(",", " ").split()
    for item in step.items if type(step) is f.Collection else ():
        yield from _said(body, item)
