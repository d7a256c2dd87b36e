"""Branches: what of a function never runs, or not in one of its calls, by what that call gives to its parameters.

def rows(paths=None):
    if paths is None:
        paths = read()   # does not run for `rows(known)`
    if True:
        return paths
    else:
        return []        # never runs
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.arguments import passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function


_BARE = f.Call(line=0, callee="", receiver=f.NONE, args=(), keywords=(), end_line=0)
_WITHIN = frozenset({f.Attr, f.Compare, f.Unary, f.Binary, f.Call, f.Await, f.Conditional})
"""What one expression is made of."""
_OFF = {"if": False, "else": True}


def is_off(function: Function, region: f.Region) -> bool:
    """True for the branch that a constant condition never takes, as of `if False:`."""
    return region.kind in _OFF and is_literal(function, region.subject, truth=_OFF[region.kind])


def is_literal(function: Function, value: int, *, truth: bool) -> bool:
    """A constant that stands in the condition itself; a variable that holds one is a switch."""
    step = function.values[value] if value >= 0 else None
    return type(step) is f.Const and bool(step.value) is truth and value not in function.users


def is_left_out(function: Function, value: int, caller: Function, call: int) -> bool:
    """True when the value stands in a branch that surely does not run in this call of the function.

    What is no constant counts as given where it is asked whether it `is None`; nothing else is presumed of it.
    """
    step = caller.values[call]
    if type(step) is not f.Call or not function.facts.params:
        return False
    return _is_left_out(_Call(function, caller, step), function, value)


def is_left_out_bare(function: Function, value: int) -> bool:
    """As `is_left_out`, in a call that gives nothing, as those of templates."""
    return bool(function.facts.params) and _is_left_out(_Call(function, function, _BARE), function, value)


def _is_left_out(call: _Call, function: Function, value: int) -> bool:
    conditions = (*function.guards(value), *before(function, value))
    return any(call.truth(condition) is (not outcome) for condition, outcome in conditions)


def before(function: Function, value: int) -> Iterator[tuple[int, bool]]:
    """What decides in an expression whether the value is asked for, and how: `edits and order.open`."""
    while users := function.users.get(value, ()):
        user, step = users[0], function.values[users[0]]
        if type(step) not in _WITHIN or user <= value:
            return
        if type(step) is f.Binary and step.op in {"and", "or"} and function.origin(step.right) == value:
            yield step.left, step.op == "and"
        if type(step) is f.Conditional and value in {function.origin(step.then), function.origin(step.other)}:
            yield step.test, function.origin(step.then) == value
        value = user


class _Call:
    """One call of a function, and what it makes of conditions on parameters."""

    def __init__(self, function: Function, caller: Function, step: f.Call) -> None:
        self._function = function
        self._caller = caller
        self._step = step
        self._params = {param.name: param for param in function.facts.params if "star" not in param.kind}
        self._is_open = any(name == "**" for name, _ in step.keywords) or any(
            type(caller.values[value]) is f.Spread for value in step.args
        )

    def truth(self, condition: int) -> bool | None:
        """Whether the condition holds in this call; None where that is not known."""
        step = self._function.values[self._function.origin(condition)]
        if type(step) is f.Unary and step.op == "not":
            inner = self.truth(step.value)
            return None if inner is None else not inner
        if type(step) is f.Binary and step.op in {"and", "or"}:
            return self._either(step)
        if type(step) is f.Compare and step.op in {"is", "is not"}:
            none = self._is_none(step.left) if self._says_none(step.right) else None
            return none if none is None or step.op == "is" else not none
        if type(step) is f.Compare and step.op in {"==", "!="}:
            return self._is_equal(step)
        held = self._constant(step)
        return bool(held.value) if held is not None else None

    def _either(self, step: f.Binary) -> bool | None:
        """`a and b` is false where one is, `a or b` true where one is."""
        sides = {self.truth(step.left), self.truth(step.right)}
        ends = step.op == "or"
        if ends in sides:
            return ends
        return None if None in sides else not ends

    def _is_equal(self, step: f.Compare) -> bool | None:
        """`action == "edit"`, of a parameter that is given as a constant, or left at its default."""
        left = self._constant(self._function.values[self._function.origin(step.left)])
        right = self._function.values[self._function.origin(step.right)]
        if left is None or type(right) is not f.Const:
            return None
        return (left.value == right.value) is (step.op == "==")

    def _says_none(self, value: int) -> bool:
        step = self._function.values[self._function.origin(value)]
        return type(step) is f.Const and step.kind == "none"

    def _is_none(self, value: int) -> bool | None:
        step = self._function.values[self._function.origin(value)]
        held = self._constant(step)
        if held is not None:
            return held.kind == "none"
        if type(step) is not f.Param or step.name not in self._params or self._is_open:
            return None
        return False if passed(self._step, self._function, step.name) >= 0 else None

    def _constant(self, step: f.AnyValue) -> f.Const | None:
        """The constant that a parameter has in this call: given, or its default."""
        if type(step) is not f.Param or step.name not in self._params or self._is_open:
            return None
        given = passed(self._step, self._function, step.name)
        body, value = (self._caller, given) if given >= 0 else (self._function.parent, self._params[step.name].default)
        held = body.values[body.origin(value)] if body is not None and value >= 0 else None
        return held if type(held) is f.Const else None
