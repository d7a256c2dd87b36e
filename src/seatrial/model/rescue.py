"""Rescue: the few pieces of work that make code that sank sail again, each with a check that says when it is done."""

from enum import StrEnum

import msgspec

from seatrial.model.finding import Place

PHASES = ("stop the bleeding", "safety net", "seams", "strangle", "delete")
"""The order of work, by number: gate new code and exempt old, pin behaviour, cut, replace, take away."""


class Verb(StrEnum):
    """What a card asks for; there is nothing else."""

    DELETE = "delete"
    MERGE_DUPLICATES = "merge-duplicates"
    BREAK_CYCLE = "break-cycle"
    EXTRACT_SEAM = "extract-seam"
    PIN_CONTRACT = "pin-contract"
    ADD_CHARACTERISATION_TEST = "add-characterisation-test"
    BOUND_QUERY = "bound-query"
    REPLACE = "replace"
    QUARANTINE = "quarantine"
    KEEP = "keep"


class Span(msgspec.Struct, frozen=True):
    """A range that an estimate lies in: no estimate of work is a number."""

    low: float
    high: float


class Effort(msgspec.Struct, frozen=True):
    """What a card costs: minutes of a reviewer's reading, hours of an author's work."""

    review_minutes: Span
    change_hours: Span


class Fact(msgspec.Struct, frozen=True):
    """A number that a card rests on, and what it counts: `changes in two years`, 41."""

    name: str
    value: float


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work that one person can finish and another can check."""

    id: str
    """Stable while verb and unit stay: `break-cycle-3fa2c1`."""
    phase: int
    """Index in `PHASES`."""
    verb: Verb
    unit: str
    """What is worked on: a file, `file:symbol`, or several, separated by ` + `; `.` is the whole tree."""
    paths: tuple[str, ...]
    """The files that it is about; empty for the whole tree."""
    title: str
    """What to do, in a sentence."""
    reason: str
    """Why this comes before the rest."""
    how: str
    """How it is done, in a sentence or two; may be empty where the title says it all."""
    evidence: tuple[Fact, ...]
    places: tuple[Place, ...]
    """Where to look, the gravest first."""
    precondition: str
    done_when: tuple[str, ...]
    """Ids of checks that seatrial runs; the card is done when all hold."""
    effort: Effort
    risk_removed: str
    rollback: str
    owner: str
    """Empty if neither `CODEOWNERS` nor history names one."""
    depends_on: tuple[str, ...] = ()
    """Ids of cards that come first; all are of earlier phases, or of the same phase and further up."""
    priority: float = 0.0


class History(msgspec.Struct, frozen=True):
    """What git tells of the tree. `commits` is 0 when hotspots had to be found without."""

    commits: int
    dropped: int
    """Changes of so many files that they tell of none (renamings, formatting)."""
    days: int
    note: str = ""
    """Why history could not be used, or how far it reaches."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """At most ten cards, in the order of work, and what they leave."""

    root: str
    version: str
    revision: str
    """The commit that was measured, as a full object id; empty outside git."""
    files: int
    lines: int
    findings: int
    """Findings that stand (no human or trial has answered them), in code that is not test code."""
    carried: int
    """How many of them the cards take away."""
    history: History
    cards: tuple[Card, ...]
    left: tuple[str, ...] = ()
    """What is on no card, in words, the most first."""
    gaps: int = 0
    """What could not be read."""


class Ran(msgspec.Struct, frozen=True):
    """A check and how it came out: `holds`, and what was counted."""

    id: str
    holds: bool
    saw: str


class Shift(msgspec.Struct, frozen=True):
    """A number of a card, when the plan was kept and now."""

    name: str
    before: float
    now: float


class Progress(msgspec.Struct, frozen=True):
    """How a card of a kept plan stands today."""

    card: Card
    checks: tuple[Ran, ...]
    shifts: tuple[Shift, ...]

    @property
    def done(self) -> bool:
        """True when every check holds."""
        return all(check.holds for check in self.checks)
