"""Accepts today's findings as old debt, or takes out what has been mended since."""

from pathlib import Path
from typing import NamedTuple

from seatrial.app.audit import Request, audit
from seatrial.app.progress import Progress
from seatrial.decisions import baseline
from seatrial.model.verdict import State


class Accepted(NamedTuple):
    """How the baseline stands now: entries in it, entries taken out, findings that it does not cover."""

    file: str
    entries: int
    removed: int
    uncovered: int


def accept(root: Path, progress: Progress) -> Accepted:
    """Writes the first baseline: every finding that the gate would see and no comment accepts.

    Raises `DecisionError` if there is a baseline: it may only shrink. Raises else as `audit`.
    """
    judged = audit(Request(root=root), progress).verdict.judged
    written = baseline.create(root, [one.finding for one in judged if one.state in {State.NEW, State.LAPSED}])
    return Accepted(baseline.NAME, len(written), 0, 0)


def prune(root: Path, progress: Progress) -> Accepted:
    """Takes out of the baseline what matches nothing any more; adds nothing. Raises as `audit`."""
    judged = audit(Request(root=root), progress).verdict.judged
    old = baseline.read(root)
    left = baseline.shrink(old, [one.finding for one in judged])
    if len(left) < len(old):
        baseline.replace(root, left)
    uncovered = sum(one.state in {State.NEW, State.LAPSED} for one in judged)
    return Accepted(baseline.NAME, len(left), len(old) - len(left), uncovered)
