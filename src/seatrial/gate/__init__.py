"""The gate: everything that is known, judged by what the policy asks for.

Pure: no files, no clock, no order. `judge` holds findings against the policy, `stand` code against its sign-offs.
"""

from seatrial.gate.findings import WITHOUT_REASON, judge

__all__ = ["WITHOUT_REASON", "judge"]
