"""Outcomes: tests whose outcome the program itself fixes, so that only one of the ways after them is ever taken."""

from __future__ import annotations

import operator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatrial.program.parts import Function

NOTHING: Mapping[int, Any] = MappingProxyType({})
DEPTH = 8
"""How deep an expression is worked out."""
LONGEST = 1000
"""Texts beyond this are not put together."""
LARGEST = 10**9
"""Numbers beyond this are not worked out."""

_COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_SUMS: Mapping[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_SHARES: Mapping[str, Callable[[Any, Any], Any]] = {"//": operator.floordiv, "%": operator.mod}
_ASKS: Mapping[str, Callable[[Any, Any], bool]] = {"startswith": str.startswith, "endswith": str.endswith}

Constant: TypeAlias = str | int | bool
Known: TypeAlias = "Mapping[int, Constant]"
"""What parameters are given, by position."""


def truth(function: Function, value: int, given: Known = NOTHING) -> bool | None:
    """The outcome of a test that only speaks of literals of its body; None if it depends on anything else."""
    found = constant(function, value, given)
    return None if found is None else bool(found)


def constant(function: Function, value: int, given: Known = NOTHING, depth: int = 0) -> Constant | None:
    """What a value is, worked out from literals and from what parameters are given; None if that is not known."""
    if value < 0 or depth > DEPTH:
        return None
    at = function.origin(value)
    step = function.values[at]
    if type(step) is f.Const:
        return step.value if isinstance(step.value, str | int) else None
    if type(step) is f.Param:
        return given.get(at)
    if type(step) is f.Unary and step.op == "not":
        known = constant(function, step.value, given, depth + 1)
        return None if known is None else not known
    if type(step) is f.Binary or type(step) is f.Compare:
        left, right = (constant(function, side, given, depth + 1) for side in (step.left, step.right))
        return _combined(step.op, left, right)
    if type(step) is f.Call:
        return _called(function, step, given, depth + 1)
    if type(step) is f.Index:
        key = constant(function, step.key, given, depth + 1)
        entry = _entry(function, step.base, key)
        return (
            constant(function, entry, given, depth + 1)
            if entry >= 0
            else _letter(constant(function, step.base, given, depth + 1), key)
        )
    return None


def _called(function: Function, step: f.Call, given: Known, depth: int) -> Constant | None:
    """`len("abc")`, `"abc".startswith("a")`: a few calls whose outcome is plain to see."""
    if step.keywords:
        return None
    if step.callee == "!len" and len(step.args) == 1:
        text = constant(function, step.args[0], given, depth)
        return len(text) if isinstance(text, str) else None
    ask = _ASKS.get(step.callee)
    text = constant(function, step.receiver, given, depth) if ask else None
    parts = [constant(function, value, given, depth) for value in step.args[:1]]
    known = ask is not None and isinstance(text, str) and len(step.args) == 1 and isinstance(parts[0], str)
    return ask(text, parts[0]) if known and ask else None


def _entry(function: Function, whole: int, key: Constant | None) -> int:
    """What a dictionary that is written down and never changed holds under a key; NONE if it is no such thing."""
    at = function.origin(whole)
    step = function.values[at]
    if type(step) is not f.Collection or step.kind != "dict" or step.region >= 0 or len(step.items) % 2:
        return f.NONE
    uses = (function.values[user] for user in function.users.get(at, ()))
    if key is None or any(
        type(use) not in {f.Index, f.Store} or (type(use) is f.Index and use.base != at) for use in uses
    ):
        return f.NONE
    pairs = zip(step.items[::2], step.items[1::2], strict=True)
    return next((value for name, value in pairs if constant(function, name) == key), f.NONE)


def _combined(op: str, left: str | int | None, right: str | int | None) -> str | int | bool | None:
    if left is None or right is None:
        return None
    if op in {"==", "!="}:
        return (left == right) is (op == "==")
    if isinstance(left, str) or isinstance(right, str):
        return _of_texts(op, left, right)
    if max(abs(left), abs(right)) > LARGEST:
        return None
    known = _COMPARES.get(op) or _SUMS.get(op) or (_SHARES.get(op) if right else None)
    return known(left, right) if known else None


def _of_texts(op: str, left: Constant, right: Constant) -> Constant | None:
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    if op in {"in", "not in"}:
        return (left in right) is (op == "in")
    return left + right if op == "+" and len(left) + len(right) < LONGEST else None


def _letter(text: str | int | None, at: str | int | None) -> str | None:
    if isinstance(text, str) and isinstance(at, int) and -len(text) <= at < len(text):
        return text[at]
    return None
