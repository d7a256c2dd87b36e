"""Settings: module-level names of a settings file that a framework reads, such as Django's `MIDDLEWARE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.model.source import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function
    from seatrial.program.program import Program


def named(program: Program, name: str) -> Iterator[tuple[Function, int]]:
    """The values that module-level variables of this name hold, in files that are not tests."""
    for file in program.files:
        if file.role is not Role.TEST and name in file.body.facts.names:
            for step in file.body.values:
                if type(step) is f.Store and step.name == name and step.value >= 0:
                    yield file.body, step.value


def entry(body: Function, mapping: int, key: str) -> int:
    """The value under a key of a dict literal; -1 if there is none."""
    step = body.values[body.origin(mapping)]
    if type(step) is f.Collection and step.kind == "dict":
        for at, value in zip(step.items[::2], step.items[1::2], strict=False):
            held = body.values[at]
            if type(held) is f.Const and held.value == key:
                return value
    return -1


def texts(body: Function, value: int) -> Iterator[tuple[int, str]]:
    """The texts of a list literal, sums of lists included, each with its id."""
    step = body.values[body.origin(value)]
    if type(step) is f.Collection and step.kind != "dict":
        for item in step.items:
            held = body.values[item]
            if type(held) is f.Const and isinstance(held.value, str):
                yield item, held.value
    elif type(step) is f.Binary:
        yield from texts(body, step.left)
        yield from texts(body, step.right)
