"""Verdict: open or shut, and why."""

from enum import StrEnum

import msgspec

from seatrial.model.curve import Curve
from seatrial.model.decision import Suppression
from seatrial.model.evidence import Evidence
from seatrial.model.finding import Finding
from seatrial.model.source import Gap, LeftOut


class State(StrEnum):
    """How a finding stands when everything is known. The first three speak against; the rest is folded away."""

    NEW = "new"
    KNOWN = "known"
    """In the baseline: SARIF `unchanged`."""
    LAPSED = "lapsed"
    """Was accepted, but its code changed: counts as new."""
    SUPPRESSED = "suppressed"
    CLEARED = "cleared"
    """A trial cleared it."""


class Judged(msgspec.Struct, frozen=True, order=True):
    """A finding and how it stands. `justification` is the reason that a human gave, if any."""

    finding: Finding
    state: State
    justification: str = ""
    evidence: tuple[Evidence, ...] = ()


class Reason(msgspec.Struct, frozen=True, order=True):
    """One reason why the gate is shut, and the cheapest way to green."""

    what: str
    way_to_green: str
    fingerprint: str = ""
    """The finding that shuts it; empty if it is something else, such as a gap."""
    rule: str = ""
    path: str = ""
    line: int = 0


class Verdict(msgspec.Struct, frozen=True):
    """The gate's answer. It is shut exactly when `reasons` is not empty."""

    reasons: tuple[Reason, ...]
    judged: tuple[Judged, ...]
    gaps: tuple[Gap, ...]
    stale: tuple[str, ...]
    """Baseline entries (fingerprints) that match nothing any more: to be removed, since a baseline may only shrink."""
    unused: tuple[Suppression, ...]
    """Comments that silence nothing, or not all that they meant to; `problem` says why and what to do."""
    notices: tuple[str, ...] = ()
    """What must be told though it shuts nothing: decisions in doubt, sign-offs that end soon."""

    @property
    def open(self) -> bool:
        """True when nothing speaks against the change."""
        return not self.reasons


class Counts(msgspec.Struct, frozen=True):
    """What was read, for the report's last lines."""

    files: int
    lines: int
    test_lines: int
    functions: int
    endpoints: int
    tables: int
    seconds: float


class Edge(msgspec.Struct, frozen=True, order=True):
    """An import between two packages, for the architecture map. `weight` counts the imports."""

    source: str
    target: str
    weight: int
    in_cycle: bool


class RuleInfo(msgspec.Struct, frozen=True, order=True):
    """What a report needs to know of a rule."""

    id: str
    quality: str
    severity: str
    cwe: tuple[int, ...]
    category: tuple[str, ...]
    sentence: str
    why: str
    mend: str
    page: str
    """The whole page, Markdown."""
    confirmed_by: str


class Report(msgspec.Struct, frozen=True):
    """Everything that a report format renders: it reads nothing else."""

    root: str
    """The audited folder, as the user named it; its own name if that was `.`."""
    version: str
    date: str
    """ISO 8601, UTC."""
    verdict: Verdict
    counts: Counts
    left_out: tuple[LeftOut, ...]
    rules: tuple[RuleInfo, ...]
    map: tuple[Edge, ...]
    hidden: int
    """Findings below the confidence threshold, not in `verdict`."""
    gate: bool
    """True when the user asked for the gate (the verdict matters), False for a plain audit."""
    scope: str = ""
    """What the report is limited to: "changed since origin/main"; empty for everything."""
    prefix: str = ""
    """Where the audited folder lies in its repository: `backend/`, or empty at the top, from where hosts name files."""
    curves: tuple[Curve, ...] = ()
    """What trials measured, what sinks first first."""
    tried: str = ""
    """What the trials ran with, `seed 0, on postgresql`; empty if none ran."""
    in_full: bool = False
    """True when the user asked for every finding in full, not only the few that matter most."""
