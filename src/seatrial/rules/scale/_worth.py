"""Worth: what a finding about time is worth, by who waits for the code and how often it runs."""

from seatrial.program import Function, Program
from seatrial.rules.contract import SLIGHT

BY_HAND = 0.5
"""Of what runs once, with an operator near, or never: it may take its time."""


def weighed(program: Program, function: Function, confidence: float) -> float:
    """As given, or `BY_HAND` at most where only operators, starts and upgrades lead to the function, or nothing."""
    return min(confidence, BY_HAND) if program.occasions.is_by_hand(function) else confidence


def recurring(program: Program, function: Function, confidence: float) -> float:
    """As `weighed`, and `SLIGHT` at most where the program has ways in, but none is seen to lead to the function."""
    seen = program.occasions.recurs(function) or not program.endpoints
    return weighed(program, function, confidence if seen else min(confidence, SLIGHT))
