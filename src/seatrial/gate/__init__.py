"""The gate: everything that is known, judged by what the policy asks for.

Pure: no files, no clock, no order. `judge` holds findings against the policy, `stand` code against its sign-offs.
"""

from seatrial.gate.counting import problems
from seatrial.gate.criteria import leaves, version
from seatrial.gate.decisions import with_decisions
from seatrial.gate.findings import WITHOUT_REASON, judge
from seatrial.gate.standing import minutes, stand, with_standing

__all__ = [
    "WITHOUT_REASON",
    "judge",
    "leaves",
    "minutes",
    "problems",
    "stand",
    "version",
    "with_decisions",
    "with_standing",
]
