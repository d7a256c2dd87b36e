"""Worth: what a finding about time is worth, by who waits for the code and how often it runs."""

import re

from seatrial.model import facts as f
from seatrial.program import Function, Program
from seatrial.rules.contract import SLIGHT

BY_HAND = 0.5
"""Of what runs once, with an operator near, or never: it may take its time."""

_EXPORTS = re.compile(r"(?i)(^|_)(dump|export|backup|csv|report)s?(_|$)")
"""Names of work that hands out the whole, and so must read it."""
_FILES = frozenset({"FileResponse", "StreamingHttpResponse", "StreamingResponse", "send_file"})
"""What answers with a file."""
_ATTACHED = "content-disposition"
_CALLS, _TEXTS = frozenset({f.Call}), frozenset({f.Const})


def hands_out(function: Function) -> bool:
    """It is there to hand out the whole, as its name says, or the file that it answers with."""
    calls = (function.values[at] for at in function.of(_CALLS))
    texts = (function.values[at] for at in function.of(_TEXTS))
    return (
        _EXPORTS.search(function.name) is not None
        or any(type(step) is f.Call and step.callee.rpartition(".")[2] in _FILES for step in calls)
        or any(type(step) is f.Const and str(step.value).lower().startswith(_ATTACHED) for step in texts)
    )


def weighed(program: Program, function: Function, confidence: float) -> float:
    """As given, or `BY_HAND` at most where only operators, starts and upgrades lead to the function, or nothing."""
    return min(confidence, BY_HAND) if program.occasions.is_by_hand(function) else confidence


def recurring(program: Program, function: Function, confidence: float) -> float:
    """As `weighed`, and `SLIGHT` at most where the program has ways in, but none is seen to lead to the function."""
    seen = program.occasions.recurs(function) or not program.endpoints
    return weighed(program, function, confidence if seen else min(confidence, SLIGHT))
