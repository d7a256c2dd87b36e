"""Taint: which values chosen outside reach a call that they can harm, followed backwards from the sinks.

Sources, sinks, sanitizers and carriers are data of `libraries`; this package knows how values flow: through text,
containers, fields and calls, past the checks on the way (CWE-20, CWE-74). `search` has the order, `kinds` one step.
"""

from seatrial.libraries.form import Danger
from seatrial.program.taint.nouns import Flow, Origin, Sinking, Spot
from seatrial.program.taint.search import Taint
from seatrial.program.taint.sinks import of_call, sinks
from seatrial.program.taint.wording import all_before, before, literals, statements

__all__ = [
    "Danger",
    "Flow",
    "Origin",
    "Sinking",
    "Spot",
    "Taint",
    "all_before",
    "before",
    "literals",
    "of_call",
    "sinks",
    "statements",
]
