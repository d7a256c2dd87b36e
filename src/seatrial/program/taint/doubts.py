"""Doubts: values that were asked about on the way by means whose worth is not known (`if not is_valid(name): return`).

`checks` proves that a value is harmless; what is asked here proves nothing, but whoever wrote it thought of the fault.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.parts import Function
from seatrial.program.taint.conditions import is_switch
from seatrial.program.taint.nouns import Condition
from seatrial.program.taint.shapes import shape, wholes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.program.program import Program
    from seatrial.program.taint.checks import Checks

DEPTH = 3
"""How many calls deep a function is asked whether it refuses anything; how deep a test is taken apart."""

_REFUSALS = re.compile(
    r"(?:^|[._!:?])_*(?:validate|check|verify|ensure|assert|require|refuse|reject|forbid|authori[sz]e|enforce|guard)"
)
"""Names of functions that are called for nothing but that they may refuse."""
_KEEPING = frozenset({"relative_to", "is_relative_to", "commonpath", "safe_join"})
"""What says whether a path leads out of a folder."""
_VALID = frozenset({"is_valid", "validate"})
"""Methods of forms that say whether all that they were filled with is in order."""
_WHOLE = frozenset({"get", "pop", "strip", "as_posix", "getlist", "lower", "decode"})
"""Methods whose result is asked about when their receiver is: a form was filled from all that was sent."""


class Doubts:
    """Answers whether a value was asked about before its use. Remembers what functions may refuse."""

    def __init__(self, program: Program, checks: Checks) -> None:
        self._program = program
        self._checks = checks
        self._refuses: dict[Function, bool] = {}
        self._known: dict[tuple[Function, int], frozenset[object]] = {}

    def arise(self, function: Function, value: int, user: int, given: tuple[Condition, ...] = ()) -> bool:
        """True when some test on the way to `user`, or a call that may raise, was given the value."""
        asked = self._at(function, user) | self._shapes(function, self._tested(function, given))
        return bool(asked) and any(shape(function, one) in asked for one in _holders(function, value))

    def _at(self, function: Function, user: int) -> frozenset[object]:
        key = (function, user)
        if key not in self._known:
            tested = self._tested(function, (*self._checks.before(function, user), *_left(function, user)))
            self._known[key] = self._shapes(function, (*tested, *self._refused(function, user)))
        return self._known[key]

    def _shapes(self, function: Function, values: Iterable[int]) -> frozenset[object]:
        return frozenset(shape(function, whole) for value in values for whole in wholes(function, value))

    def _tested(self, function: Function, conditions: Iterable[Condition]) -> Iterator[int]:
        for condition in conditions:
            if condition.value >= 0:
                yield from self._questions(function, condition, 0)

    def _questions(self, function: Function, test: Condition, depth: int) -> Iterator[int]:
        """What the calls in a test are given, and what is in something where the test holds."""
        at = function.origin(test.value)
        step = function.values[at]
        if depth > DEPTH:
            return
        if type(step) is f.Call:
            yield from self._asked(function, at, step)
        elif type(step) is f.Compare and step.op in {"in", "not in"}:
            is_listed = (step.op == "in") is test.holds and type(function.values[step.right]) is not f.Const
            yield from (step.left,) if is_listed else ()
        elif type(step) is f.Binary and step.op != ("and" if test.holds else "or"):
            yield from self._both(function, step, test, depth)
        elif type(step) in {f.Unary, f.Binary, f.Compare, f.Part, f.Phi}:
            holds = not test.holds if type(step) is f.Unary else test.holds
            for operand in f.operands(step):
                yield from self._questions(function, Condition(operand, holds), depth + 1)

    def _both(self, function: Function, step: f.Binary, test: Condition, depth: int) -> Iterator[int]:
        """`is_good(x) or is_known(x)`: one of them holds, so that it counts what both are given."""
        sides = (Condition(side, test.holds) for side in (step.left, step.right))
        left, right = (list(self._questions(function, side, depth + 1)) for side in sides)
        known = self._shapes(function, right)
        yield from (value for value in left if shape(function, value) in known)

    def _asked(self, function: Function, at: int, call: f.Call) -> Iterator[int]:
        """What is given to a function of the program, to one that nobody knows, or to a form that is asked."""
        target = self._program.target(function, at)
        if call.callee in {"!any", "!all"}:
            yield from _sought(function, call)
        elif target.functions or (target.model is None and not call.callee.startswith("!")):
            yield from (*call.args, *(value for _, value in call.keywords))
        maker = function.values[function.origin(call.receiver)] if call.receiver >= 0 else None
        if type(maker) is f.Call and call.callee in _VALID:
            yield from (*maker.args, *(value for _, value in maker.keywords))

    def _refused(self, function: Function, user: int) -> Iterator[int]:
        """What calls before were given that are there for nothing but that they may raise, in a branch as well."""
        for call in function.calls:
            if call >= user:
                return
            step = function.values[call]
            is_passed = _is_gone_through(function, function.region_of[call], user)
            if type(step) is not f.Call or not is_passed:
                continue
            if function.users.get(call):
                if self._keeps_inside(function, call):
                    yield from (*step.args, *(value for _, value in step.keywords))
            elif step.callee == "relative_to":
                yield step.receiver
            elif self._may_refuse(function, call, step):
                yield from (*step.args, *(value for _, value in step.keywords))

    def _keeps_inside(self, function: Function, call: int) -> bool:
        """What is called makes a path of what it is given, and asks whether that leads out of a folder."""
        steps = (body.values[at] for body in self._program.target(function, call).functions for at in body.calls)
        return any(type(step) is f.Call and step.callee.rpartition(".")[2] in _KEEPING for step in steps)

    def _may_refuse(self, function: Function, at: int, call: f.Call) -> bool:
        target = self._program.target(function, at)
        if target.functions:
            return any(self._raises(reached, 0) for reached in target.functions)
        return target.model is None and _REFUSALS.search(call.callee) is not None

    def _raises(self, function: Function, depth: int) -> bool:
        if function not in self._refuses:
            self._refuses[function] = False
            self._refuses[function] = any(type(step) is f.Raise for step in function.values) or any(
                self._ends(function, call, depth) for call in function.calls
            )
        return self._refuses[function]

    def _ends(self, function: Function, call: int, depth: int) -> bool:
        target = self._program.target(function, call)
        if target.model is not None and "exit" in target.model.effects:
            return True
        return depth < DEPTH and any(self._raises(reached, depth + 1) for reached in target.functions)


def _left(function: Function, user: int) -> Iterator[Condition]:
    """The tests that leave the function inside a branch before: `if SERVER_MODE: if not is_good(x): return`."""
    for region in function.regions:
        is_branch = region.kind in {"if", "else"} and region.end <= user and region.parent >= 0
        if is_branch and region.exits and _is_gone_through(function, region.parent, user):
            yield Condition(region.subject, region.kind == "else")


def _is_gone_through(function: Function, index: int, user: int) -> bool:
    """The way to `user` leads through a region before it, but for a setting that turns the checks in it off.

    What else may lead around it (`if request.args.get("strict")`) is the visitor's to choose.
    """
    while index >= 0 and not function.regions[index].start <= user < function.regions[index].end:
        region = function.regions[index]
        if region.kind == "else" or (region.kind == "if" and not _is_given(function, region.subject, user)):
            return False
        index = region.parent
    return True


def _is_given(function: Function, test: int, user: int) -> bool:
    """The test is a setting, or something that has been found true again before `user`."""
    step = function.values[function.origin(test)]
    if type(step) is f.Binary and step.op == "and":
        return any(_is_given(function, side, user) for side in (step.left, step.right))
    return is_switch(function, test) or shape(function, test) in _found_true(function, user)


def _found_true(function: Function, user: int) -> Iterator[object]:
    for subject, holds in function.guards(user):
        step = function.values[function.origin(subject)] if subject >= 0 else None
        if holds and type(step) is f.Compare and step.op == "==":
            yield shape(function, step.left)
        elif holds and step is not None:
            yield shape(function, subject)


def _sought(function: Function, call: f.Call) -> Iterator[int]:
    """`any(bad in name for bad in BREAKERS)`: the text that each is looked for in."""
    for argument in call.args:
        listed = function.values[function.origin(argument)]
        for item in listed.items if type(listed) is f.Collection and listed.region >= 0 else ():
            step = function.values[function.origin(item)]
            if type(step) is f.Compare and step.op in {"in", "not in"}:
                yield step.right
            elif type(step) is f.Call:
                yield step.receiver if step.receiver >= 0 else item


def _holders(function: Function, value: int) -> Iterator[int]:
    """The value, and what it was read from: of `request.form["name"]` also `request.form`."""
    while value >= 0:
        yield value
        step = function.values[function.origin(value)]
        if type(step) is f.Index:
            value = step.base
        elif type(step) is f.Call and step.callee in _WHOLE:
            value = step.receiver
        else:
            return
