"""The work of a small helper, found again inside another body: the same values made from other inputs.

The helper's result is held against a value of the other body, operand by operand; the helper's parameters stand for
whatever is found in their place, the same each time. Loops, filters and branches around the values have to agree too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from seatrial.model import facts as f
from seatrial.model.facts import MADE_OF, NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.model.facts import Region
    from seatrial.program.names import Names
    from seatrial.program.parts import Function

_LAYOUT = frozenset({"line", "end_line", "region"})
"""Fields that say where something is written, not what it is."""
_NAMED: dict[type, str] = {f.Ref: "path", f.Call: "callee"}
_LEAVES = frozenset({f.Jump, f.Raise, f.Return, f.Yield, f.Await})
_UNKNOWN = frozenset({f.Free, f.Closure, f.ClassValue, f.Await, f.Yield, f.Enter, f.Caught, f.Other})
"""Values of which equal operands do not say that they are equal."""


def is_inlined(names: Names, helper: Function, result: int, body: Function, value: int) -> bool:
    """Whether `value` in `body` is what `helper` would give, called with values that are there already."""
    return _Comparison(names, helper, body, value).holds(result)


class _Comparison:
    """One attempt to find a helper's work at a value of another body."""

    def __init__(self, names: Names, helper: Function, body: Function, value: int) -> None:
        self._names, self._helper, self._body, self._value = names, helper, body, value
        self._around = list(body.enclosing(value))
        self._inputs: dict[str, int] = {}
        self._met: set[tuple[int, int]] = set()

    def holds(self, result: int) -> bool:
        params = {param.name for param in self._helper.facts.params}
        return self._same(result, self._value) and set(self._inputs) == params and not self._is_needed_apart()

    def _is_needed_apart(self) -> bool:
        """Whether what is called on the way serves for something else too, which the helper does not give."""
        inside = {theirs for _, theirs in self._met}
        calls = (at for at in inside if at != self._value and type(self._body.values[at]) is f.Call)
        users = (user for at in calls for user in self._through(at))
        return any(user not in inside for user in users)

    def _through(self, at: int) -> list[int]:
        """Who uses a value; that a variable holds it is no use of its own."""
        values, users = self._body.values, self._body.users.get(at, [])
        return [user for user in users if type(values[user]) not in {f.Store, f.Phi}]

    def _same(self, mine: int, theirs: int) -> bool:
        if NONE in (mine, theirs):
            return mine == theirs
        mine, theirs = self._helper.origin(mine), self._body.origin(theirs)
        one, other = self._helper.values[mine], self._body.values[theirs]
        if type(one) is f.Param:
            return self._is_input(one.name, theirs)
        if (mine, theirs) in self._met:  # a variable that a loop carries
            return True
        self._met.add((mine, theirs))
        if type(one) is not type(other) or type(one) in _UNKNOWN or not self._alike(one, other):
            return False
        if type(one) is f.Phi and not self._merges(mine):
            return False
        return self._made_alike(one, other) and self._placed_alike(mine, theirs)

    def _is_input(self, name: str, theirs: int) -> bool:
        known = self._inputs.setdefault(name, theirs)
        return not self._within(theirs) and _equal(self._body, known, theirs)

    def _alike(self, one: f.AnyValue, other: f.AnyValue) -> bool:
        """The same operator, literal, attribute, or callee."""
        name = _NAMED.get(type(one), "")
        skipped = {*_LAYOUT, *MADE_OF.get(type(one), ()), name}
        if any(getattr(one, x) != getattr(other, x) for x in one.__struct_fields__ if x not in skipped):
            return False
        if type(one) is f.Call and type(other) is f.Call and (one.receiver >= 0 or other.receiver >= 0):
            return one.callee == other.callee
        return not name or self._means_same(getattr(one, name), getattr(other, name))

    def _means_same(self, mine: str, theirs: str) -> bool:
        if mine == theirs and mine[:1] not in {":", ".", "?"}:
            return True
        here, there = (self._names.resolve(x.file, p) for x, p in ((self._helper, mine), (self._body, theirs)))
        return here == there

    def _merges(self, phi: int) -> bool:
        """Whether what decides between the options is seen: all but one lie in a branch of their own, or come round."""
        step = self._helper.values[phi]
        depth = self._depth(phi)
        return type(step) is f.Phi and sum(o < phi and self._depth(o) <= depth for o in step.options) <= 1

    def _depth(self, mine: int) -> int:
        return len(list(self._helper.enclosing(mine)))

    def _made_alike(self, one: f.AnyValue, other: f.AnyValue) -> bool:
        for name in MADE_OF.get(type(one), ()):
            mine, theirs = _ids(getattr(one, name)), _ids(getattr(other, name))
            if len(mine) != len(theirs) or [k for k, _ in mine] != [k for k, _ in theirs]:
                return False
            if not all(self._same(a, b) for (_, a), (_, b) in zip(mine, theirs, strict=True)):
                return False
        return not (type(one) is f.Collection and type(other) is f.Collection) or self._filtered_alike(one, other)

    def _filtered_alike(self, one: f.Collection, other: f.Collection) -> bool:
        if one.region < 0 or other.region < 0:
            return one.region == other.region
        mine, theirs = _filters(self._helper, one.region), _filters(self._body, other.region)
        return len(mine) == len(theirs) and all(self._same(a, b) for a, b in zip(mine, theirs, strict=True))

    def _placed_alike(self, mine: int, theirs: int) -> bool:
        """The loops and branches around the two agree, but for those around all of it."""
        here, there = list(self._helper.enclosing(mine)), self._within(theirs)
        if [r.kind for r in here] != [r.kind for r in there]:
            return False
        if any(_is_left(self._body, region) for region in there):
            return False
        return all(self._same(a.subject, b.subject) for a, b in zip(here, there, strict=True))

    def _within(self, theirs: int) -> Sequence[Region]:
        return [region for region in self._body.enclosing(theirs) if region not in self._around]


def _ids(field: Any) -> list[tuple[str, int]]:
    if type(field) is int:
        return [("", field)]
    return [one if type(one) is tuple else ("", one) for one in field]


def _filters(function: Function, region: int) -> list[int]:
    outer = function.regions[region]
    return [r.subject for r in function.regions if r.kind == "if" and outer.start <= r.start and r.end <= outer.end]


def _is_left(function: Function, region: Region) -> bool:
    """Whether something inside leaves the region before its end."""
    return any(type(function.values[at]) in _LEAVES for at in range(region.start, region.end))


def _equal(function: Function, one: int, other: int) -> bool:
    """Whether two values of a body are the same: one value, or a name, literal or attribute that is read twice."""
    one, other = function.origin(one), function.origin(other)
    left, right = function.values[one], function.values[other]
    if one == other:
        return True
    if type(left) is f.Attr and type(right) is f.Attr:
        return left.name == right.name and _equal(function, left.base, right.base)
    if type(left) in {f.Ref, f.Const} and type(left) is type(right):
        return msgspec.structs.replace(left, line=0) == msgspec.structs.replace(right, line=0)
    return False
