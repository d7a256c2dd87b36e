"""Outcomes: tests whose outcome the program itself fixes, so that only one of the ways after them is ever taken."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatrial.program.parts import Function

DEPTH = 8
"""How deep an expression is worked out."""
LARGEST = 10**9
"""Numbers beyond this are not worked out."""

_COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_SUMS: Mapping[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def truth(function: Function, value: int) -> bool | None:
    """The outcome of a test that only speaks of literals of its body; None if it depends on anything else."""
    found = constant(function, value)
    return None if found is None else bool(found)


def constant(function: Function, value: int, depth: int = 0) -> str | int | bool | None:
    """What a value is, worked out from literals; None if that is not known."""
    if value < 0 or depth > DEPTH:
        return None
    step = function.values[function.origin(value)]
    if type(step) is f.Const:
        return step.value if isinstance(step.value, str | int) else None
    if type(step) is f.Unary and step.op == "not":
        known = constant(function, step.value, depth + 1)
        return None if known is None else not known
    if type(step) is f.Binary or type(step) is f.Compare:
        left, right = (constant(function, side, depth + 1) for side in (step.left, step.right))
        return _combined(step.op, left, right)
    if type(step) is f.Index:
        return _letter(constant(function, step.base, depth + 1), constant(function, step.key, depth + 1))
    return None


def _combined(op: str, left: str | int | None, right: str | int | None) -> str | int | bool | None:
    if left is None or right is None:
        return None
    if op in {"==", "!="}:
        return (left == right) is (op == "==")
    if not isinstance(left, int) or not isinstance(right, int) or max(abs(left), abs(right)) > LARGEST:
        return None
    known = _COMPARES.get(op) or _SUMS.get(op)
    return known(left, right) if known else None


def _letter(text: str | int | None, at: str | int | None) -> str | None:
    if isinstance(text, str) and isinstance(at, int) and -len(text) <= at < len(text):
        return text[at]
    return None
