"""Rescue: from a tree that is sinking to at most ten cards, in the order of work."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from seatrial import __version__
from seatrial.app.progress import Progress
from seatrial.app.rescue import faults, hotspots
from seatrial.app.rescue.choose import cards, choose
from seatrial.app.rescue.drafts import Draft
from seatrial.app.rescue.owners import owners
from seatrial.app.rescue.survey import Survey, survey
from seatrial.model.rescue import Plan

_FEW = 6


def plan(root: Path, progress: Progress | None = None) -> Plan:
    """The plan for a tree. Runs nothing of it and writes nothing into it.

    Raises:
        SourceError: there is no such folder.
        ConfigError: a setting cannot be used.
        DecisionError: the baseline cannot be read.
    """
    return planned(root, survey(root, progress or Progress()))


def planned(root: Path, measured: Survey) -> Plan:
    """The plan for a tree that is measured already."""
    drafts = [*faults.drafts(measured), *hotspots.drafts(measured)]
    chosen = choose(measured, drafts)
    carried = {one for draft in chosen for one in draft.findings} & {one.fingerprint for one in measured.findings}
    return Plan(
        root=root.name or root.resolve().name or str(root),
        version=__version__,
        revision=measured.told.revision,
        files=measured.counts.files,
        lines=measured.counts.lines,
        findings=len(measured.findings),
        carried=len(carried),
        history=measured.told.history,
        cards=tuple(cards(measured, chosen, owners(root, measured.told))),
        left=tuple(_left(measured, carried, chosen)),
        gaps=measured.gaps,
    )


def _left(measured: Survey, carried: Iterable[str], chosen: Iterable[Draft]) -> list[str]:
    """What is on no card, by rule."""
    known = {*carried, *(one for draft in chosen for one in draft.findings)}
    rest = Counter(one.rule for one in measured.findings if one.fingerprint not in known)
    ranked = sorted(rest.items(), key=lambda one: (-one[1], one[0]))
    few = [f"{count} {rule}" for rule, count in ranked[:_FEW]]
    return [*few, f"{sum(count for _, count in ranked[_FEW:])} more"] if len(ranked) > _FEW else few
