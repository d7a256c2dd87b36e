"""Chosen: whether what is kept is what a request brings, or one of as many as the program has."""

from seatrial.model import facts as f
from seatrial.program import Function, Program
from seatrial.program.ancestry import made_of
from seatrial.program.arguments import passed

DEPTH = 4
"""How many callers lie at most between a request and what is kept."""
_READ = frozenset({f.Index, f.Attr})
"""What a handler takes from the request: `request.args["name"]`, `order.name`."""


def comes_from_request(program: Program, function: Function, value: int, depth: int = 0) -> bool:
    """A request brings it: it is of the request itself, a parameter of its handler, or given on by those that call the function."""
    param = function.values[value]
    if type(param) in _READ and program.occasions.answers(function):
        return True
    if type(param) is not f.Param or param.name in {"self", "cls"} or depth > DEPTH:
        return False
    if program.occasions.answers(function):
        return True
    for caller, call in program.calls.callers(function):
        step = caller.values[call]
        given = passed(step, function, param.name) if type(step) is f.Call else f.NONE
        if given >= 0 and any(comes_from_request(program, caller, one, depth + 1) for one in made_of(caller, given)):
            return True
    return False
