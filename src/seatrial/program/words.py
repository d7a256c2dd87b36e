"""Words: short names for values, as a reader of the source would call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.program.parts import Function

DEPTH = 4
"""How long a chain of attributes and calls is spelled out."""


def written(function: Function, value: int, depth: int = 0) -> str:
    """A short name for a value: `orders`, `self.items`, `Order.objects.all()`; empty if it has none."""
    if value < 0 or depth > DEPTH:
        return ""
    value = function.origin(value)
    step = function.values[value]
    if type(step) in {f.Param, f.Free}:
        return step.name  # type: ignore[union-attr] # both have a name
    if type(step) is f.Ref:
        return step.path.lstrip(":.!?")
    if type(step) is f.Attr:
        base = written(function, step.base, depth + 1)
        return f"{base}.{step.name}" if base else step.name
    if type(step) is f.Call:
        return _call(function, step, depth)
    return _variable(function, value)


def _call(function: Function, step: f.Call, depth: int) -> str:
    base = written(function, step.receiver, depth + 1)
    name = step.callee.lstrip(":.!?")
    dots = "…" if step.args or step.keywords else ""
    return f"{base}.{name}({dots})" if base and name else f"{name or base}({dots})"


def _variable(function: Function, value: int) -> str:
    for user in function.users.get(value, ()):
        step = function.values[user]
        if type(step) is f.Store and step.value == value:
            return step.name
    return ""


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names as the subject of a sentence, with its verb: `a is`, `a and b are`, `a, b, c and 2 more are`."""
    shown, rest = list(names[:most]), len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more are"
    if len(shown) == 1:
        return f"{shown[0]} is"
    return f"{', '.join(shown[:-1])} and {shown[-1]} are"
