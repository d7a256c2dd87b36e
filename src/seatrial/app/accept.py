"""Accepts today's findings as old debt, or takes out what has been mended since."""

from typing import NamedTuple

from seatrial.app import scanned
from seatrial.app.audit import Request, audit, find, recalling, report_on
from seatrial.app.progress import Progress
from seatrial.decisions import baseline
from seatrial.model.verdict import State


class Accepted(NamedTuple):
    """How the baseline stands now: entries in it, entries taken out, findings that it does not cover."""

    file: str
    entries: int
    removed: int
    uncovered: int


def accept(request: Request, progress: Progress) -> Accepted:
    """Writes the first baseline: every finding that the gate would see and no comment accepts.

    Raises `DecisionError` if there is a baseline: it may only shrink. Raises else as `audit`.
    """
    judged = audit(request, progress).verdict.judged
    written = baseline.create(request.root, [one.finding for one in judged if one.state in {State.NEW, State.LAPSED}])
    return Accepted(baseline.NAME, len(written), 0, 0)


def prune(request: Request, progress: Progress) -> Accepted:
    """Takes out of the baseline what matches nothing any more; adds nothing. Raises as `audit`.

    What it holds of another scanner stays unless that scanner's results were given: they may still be there.
    """
    audited = find(request, progress)
    judged = report_on(recalling(audited, request), request).verdict.judged
    old = baseline.read(request.root)
    heard = scanned.heard_decisions(old, audited.scanners)
    unheard = [entry for entry in old if entry not in heard]
    left = (*baseline.shrink(heard, [one.finding for one in judged]), *unheard)
    if len(left) < len(old):
        baseline.replace(request.root, left)
    uncovered = sum(one.state in {State.NEW, State.LAPSED} for one in judged)
    return Accepted(baseline.NAME, len(left), len(old) - len(left), uncovered)
