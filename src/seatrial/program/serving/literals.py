"""Literals: names listed in a class body, such as `fields = (*Base.Meta.fields, "total")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Class, Function
    from seatrial.program.program import Program

DEPTH = 8
"""How many names a list is followed through."""


def member(program: Program, cls: Class, name: str) -> tuple[Function, int] | None:
    """The body and id of what a class, or a base of it, assigns to a name in its body."""
    found = program.types.member(cls, name)
    entity = found.entity if found else None
    return (entity.function, held(entity.function, entity.value)) if isinstance(entity, Variable) else None


def held(body: Function, value: int) -> int:
    """The value behind aliases and the assignment that keeps it."""
    value = body.origin(value)
    step = body.values[value]
    return held(body, step.value) if type(step) is f.Store and step.value >= 0 else value


def text(body: Function, value: int) -> str:
    """The text that a value is; empty if it is none, or not written as one."""
    step = body.values[held(body, value)] if value >= 0 else None
    return step.value if type(step) is f.Const and isinstance(step.value, str) else ""


def is_true(body: Function, value: int) -> bool:
    """The value is `True`."""
    step = body.values[held(body, value)] if value >= 0 else None
    return type(step) is f.Const and step.value is True


def texts(program: Program, body: Function, value: int, depth: int = 0) -> Iterator[str]:
    """The texts of a list, or the one text; sums, spreads and lists kept under a name are followed."""
    value = held(body, value) if value >= 0 else value
    if value < 0 or depth > DEPTH:
        return
    step = body.values[value]
    if type(step) is f.Const and isinstance(step.value, str):
        yield step.value
    elif type(step) is f.Collection and step.kind != "dict":
        for item in step.items:
            yield from texts(program, body, item, depth + 1)
    elif type(step) is f.Binary:
        yield from texts(program, body, step.left, depth + 1)
        yield from texts(program, body, step.right, depth + 1)
    elif type(step) is f.Spread:
        yield from texts(program, body, step.value, depth + 1)
    elif type(step) is f.Ref:
        entity = program.names.resolve(body.file, step.path)
        if isinstance(entity.entity, Variable) and not entity.rest:
            yield from texts(program, entity.entity.function, entity.entity.value, depth + 1)
