"""At once: whether two runs of a function are likely to meet, and what is told of a sum that one of them loses."""

import re

from seatrial.program import Function, Program
from seatrial.rules.contract import SLIGHT, Match

BY_SIGNAL = 0.75
"""Confidence where a signal leads to it: it follows whoever wrote."""
_TRIES = re.compile(r"(?:^|_)(?:attempts|retries|tries|retry_count|retry_number|(?:fail|failure|error)_count)$")
"""Columns that count how often the program tried something, or failed: who loses one counts the next."""
_RIGHTS = re.compile(r"login|auth|pass|pin|code|otp|failed|user|account")
"""What somebody else tries, who must be stopped in time."""


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
    """An administrator, or a worker that has the row in hand, is alone with it most often; a signal follows whoever wrote."""
    if program.occasions.is_by_hand(function):
        return 0.55
    if meets_itself(program, function):
        return 0.85
    return BY_SIGNAL if is_told(program, function) else SLIGHT


def counts_tries(table: str, column: str) -> bool:
    """The column counts the program's own tries of something; of logins it is another matter."""
    return bool(_TRIES.search(column)) and not _RIGHTS.search(f"{table}.{column}".lower())
