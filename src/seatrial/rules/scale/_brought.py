"""Brought: whether rows that belong to another row came along with it, and what is read of them too."""

from seatrial.model import facts as f
from seatrial.program import Function, Program
from seatrial.program.arguments import made_from

BROUGHT = 0.25
"""Less where some who pass the rows on load all that is read of them, and of the others nothing is known."""

_NARROWS = frozenset({"filter", "exclude", "order_by"})
_STEPS = 8
"""How many calls are followed back to the relation whose rows they narrow."""


def comes_along(program: Program, function: Function, rows: int, chain: tuple[str, ...]) -> bool | None:
    """True when whoever gives a row (`order`) has loaded `chain` of its rows (`order.lines.all()`); None: perhaps."""
    step = _owned(function, rows)
    if type(step) is not f.Attr:
        return _comes_with_some(program, function, rows, chain)
    owner = program.type_of(function, step.base)
    if owner is not None and owner.meta:  # `get_user_model().objects`: of no single row
        return False
    is_own = function.origin(step.base) == 0 and function.cls is not None  # a method of the row, for whoever has one
    if program.arrivals.is_unseen(function, step.base, nobody=is_own):
        return False
    return program.arrivals.bring(function, step.base, (step.name, *chain))


def _owned(function: Function, rows: int) -> f.AnyValue:
    step = function.values[function.origin(rows)]
    if type(step) is f.Call and step.callee == "all" and step.receiver >= 0:
        step = function.values[function.origin(step.receiver)]
    return step


def _comes_with_some(program: Program, function: Function, rows: int, chain: tuple[str, ...]) -> bool:
    """The rows of a relation are narrowed by a new query, which loads what that of a `Prefetch` says, and only that."""
    step = function.values[_before(program, function, rows)]
    if type(step) is not f.Attr:
        return False
    ways = list(program.arrivals.ways(function, step.base))
    return bool(ways) and all(way.brings_of_some(step.name, *chain) for way in ways)


def _before(program: Program, function: Function, rows: int) -> int:
    """What was there before it was narrowed: `order.lines` in `order.lines.filter(…)`, and in `shown(order.lines)`."""
    value = function.origin(rows)
    for _ in range(_STEPS):
        step = function.values[value]
        if type(step) is not f.Call:
            break
        reached = program.target(function, value).functions
        if reached:
            given = {made_from(step, one, back) for one in reached for back in one.returns}
            before = given.pop() if len(given) == 1 else f.NONE
        else:
            before = step.receiver if step.callee in _NARROWS else f.NONE
        if before < 0:
            break
        value = function.origin(before)
    return value
