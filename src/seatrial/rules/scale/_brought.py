"""Brought: whether rows that belong to another row came along with it, and what is read of them too."""

from seatrial.model import facts as f
from seatrial.program import Function, Program

BROUGHT = 0.25
"""Less where some who pass the rows on load all that is read of them, and of the others nothing is known."""


def comes_along(program: Program, function: Function, rows: int, chain: tuple[str, ...]) -> bool | None:
    """True when whoever gives a row (`order`) has loaded `chain` of its rows (`order.lines.all()`); None: perhaps."""
    step = _owned(function, rows)
    owner = program.type_of(function, step.base) if type(step) is f.Attr else None
    if type(step) is not f.Attr or (owner is not None and owner.meta):  # `get_user_model().objects`: of no single row
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
