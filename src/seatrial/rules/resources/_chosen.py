"""Chosen: what a helper within a function is given, of which there is as much as the program says."""

from seatrial.model import facts as f
from seatrial.program import Function, Program
from seatrial.program.ancestry import made_of
from seatrial.program.arguments import passed


def is_chosen(program: Program, function: Function, value: int) -> bool:
    """A helper within a function is given what that one has chosen, of nothing that it was given itself."""
    param, outer = function.values[value], function.parent
    if type(param) is not f.Param or outer is None or not outer.is_callable:
        return False
    calls = [(caller, caller.values[call]) for caller, call in program.calls.callers(function)]
    given = [(c, passed(step, function, param.name)) for c, step in calls if type(step) is f.Call]
    made = (type(c.values[one]) for c, v in given if v >= 0 for one in made_of(c, v))
    return bool(given) and all(c is outer for c, _ in given) and not any(kind is f.Param for kind in made)
