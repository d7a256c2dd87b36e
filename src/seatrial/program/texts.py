"""Texts: what a value says, as far as it is written in the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from seatrial.program.parts import Function

DEPTH = 8
"""How deep a text is put together."""


def text_of(function: Function, value: int, depth: int = 0) -> str:
    """The text that a value begins with, as far as it is written in the program; parts that are not are `?`."""
    if value < 0 or depth > DEPTH:
        return ""
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Const:
        return str(step.value)
    if type(step) is f.Template:
        return "".join(text_of(function, p, depth + 1) or "?" for p in step.parts)
    if type(step) is f.Binary and step.op in {"+", "%"}:
        right = text_of(function, step.right, depth + 1) if step.op == "+" else ""
        return text_of(function, step.left, depth + 1) + right
    if type(step) is f.Call:
        is_inside = step.callee in {"format", "strip", "join"} and step.receiver >= 0
        inner = step.receiver if is_inside else next(iter(step.args), -1)
        return text_of(function, inner, depth + 1)
    return ""
