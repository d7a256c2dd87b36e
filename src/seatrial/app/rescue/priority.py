"""In which order cards are worth their work: one formula, pure.

    priority = interest * blast * severity / effort

| factor | what it tells | with history | without |
|---|---|---|---|
| interest | what leaving it costs | L(changes) L(complexity) | L(importers) L(complexity) L(findings) L(copied / 10) |
| blast | whom it hits | L(importers + 2 * ways in that lead to it) | the same |
| severity | how badly | the weights of its findings, at most 60 | the same |
| effort | what mending costs | hours of change + hours of review, in the middle of their ranges | the same |

L(n) = log2(2 + n): the hundredth change tells less than the tenth, and what is not counted leaves a factor at 1.
An error weighs 4, a warning 2, a note 1; what an attacker uses, twice that.
More of anything but effort never lowers a priority; more effort never raises it.
"""

from math import log2

import msgspec

MOST_SEVERITY = 60.0
LINES_OF_A_THOUGHT = 10
"""Copied lines are counted in tens: a copied function is one thing to keep in step, not thirty."""
LEAST_HOURS = 0.25
"""No card costs less: somebody has to read it."""


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one card. None is negative."""

    changes: float = 0
    complexity: float = 0
    importers: float = 0
    ways_in: float = 0
    findings: float = 0
    duplicated: float = 0
    severity: float = 0
    hours: float = 1
    has_history: bool = True


def priority(of: Weights) -> float:
    """How much sooner than others: positive if anything is wrong; the unit means nothing."""
    blast = _level(of.importers + 2 * of.ways_in)
    return _interest(of) * blast * min(of.severity, MOST_SEVERITY) / max(of.hours, LEAST_HOURS)


def _interest(of: Weights) -> float:
    if of.has_history:
        return _level(of.changes) * _level(of.complexity)
    return (
        _level(of.importers) * _level(of.complexity) * _level(of.findings) * _level(of.duplicated / LINES_OF_A_THOUGHT)
    )


def _level(count: float) -> float:
    return log2(2 + count)
