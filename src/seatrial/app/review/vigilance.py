"""Vigilance: whether a reviewer still sees what was planted. The window alone is ever told; the rest is theirs.

Rarely present targets are missed far more often (Wolfe et al. 2005), and a burst of frequent ones with feedback mends
that for a while (Wolfe et al. 2013). Of the last eight canaries four must have been caught: someone who signs without
looking (p = 0.1) gets through in 0.5 % of cases, an attentive reviewer (p = 0.7) is held up in 6 %.
"""

from collections.abc import Sequence
from math import sqrt

import msgspec

from seatrial.model.signoff import Window

LAST, CAUGHT = 8, 4
ROUND, PASSED = 5, 4
"""Items of a calibration round, and how many must be answered rightly."""
POLICY = f"{CAUGHT} of the last {LAST}"
_NINETY = 1.645


class Result(msgspec.Struct, frozen=True):
    """What became of one canary."""

    at: str
    """ISO 8601, UTC."""
    caught: bool


def window(results: Sequence[Result], calibrated: str = "") -> Window:
    """Whether enough was caught lately. It begins anew when a calibration round was passed (`calibrated`)."""
    last = [result.caught for result in sorted(results, key=lambda one: one.at) if result.at > calibrated][-LAST:]
    if len(last) < LAST:
        return Window.INSUFFICIENT
    return Window.MET if sum(last) >= CAUGHT else Window.NOT_MET


def interval(caught: int, of: int) -> tuple[float, float]:
    """The 90 % interval of a rate (Wilson 1927), as two shares; 0 to 1 if nothing is known."""
    if not of:
        return 0.0, 1.0
    rate, weight = caught / of, _NINETY**2 / of
    middle = (rate + weight / 2) / (1 + weight)
    half = _NINETY / (1 + weight) * sqrt(rate * (1 - rate) / of + weight / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)
