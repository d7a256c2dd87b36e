"""Again: whether what a function leaves behind can add up, in a process that lives on."""

from seatrial.program import Function, Program
from seatrial.program.occasions import Occasion


def adds_up(program: Program, function: Function) -> bool:
    """True when it is seen to run again and again; or the program shows no way in, and it is no command of its own."""
    occasions = program.occasions
    if occasions.is_by_hand(function):
        return False
    return occasions.recurs(function) or not (program.endpoints or Occasion.COMMAND in occasions.of(function))
