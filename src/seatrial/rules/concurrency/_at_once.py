"""At once: whether two runs of a function are likely to meet, and what is told of a sum that one of them loses."""

from seatrial.program import Function, Program
from seatrial.program.occasions import BY_HAND, Occasion
from seatrial.rules.contract import SLIGHT, Match

_IN_TURN = frozenset({Occasion.ADMIN, Occasion.TASK, *BY_HAND})
"""What is done by one at a time, most often: an administrator, a worker that has the row in hand."""


def is_told(program: Program, function: Function) -> bool:
    """A signal of a row that was written leads to it: it runs where the row was written, for whoever did."""
    told = program.reached(one.handler for one in program.endpoints if one.kind == "signal")
    return function in told


def meets_itself(program: Program, function: Function) -> bool:
    """True when two runs of a function may well be at once: requests of several people lead to it.

    A program that shows no way in is used by others that are not known.
    """
    occasions = program.occasions
    return occasions.is_waited_for(function) or (not program.endpoints and not occasions.is_by_hand(function))


def lost_sum(program: Program, function: Function, read: int, write: int, column: str, *, asked: str = "") -> Match:
    """A column (`Stock.left`) that Python reads, sums up and writes back; `asked` says what is read where it differs."""
    return Match(
        message=f"{column} is read, changed in Python and written back without a lock",
        function=function,
        line=function.values[write].line,
        key=column,
        path=(
            function.step(read, f"reads {asked or column}"),
            function.step(write, "writes what it made of it: what others wrote in between is lost"),
        ),
        confidence=_confidence(program, function),
        weight=3.0,
    )


def _confidence(program: Program, function: Function) -> float:
    if program.occasions.is_by_hand(function):
        return 0.55
    if meets_itself(program, function):
        return 0.85
    alone = program.occasions.of(function) <= _IN_TURN and not is_told(program, function)
    return SLIGHT if alone else 0.75
