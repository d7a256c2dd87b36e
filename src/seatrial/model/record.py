"""Record: a decision that people took, why, what they turned down, and how a machine tells that it is kept.

The form is MADR 4.0 (https://adr.github.io/madr/) with keys of ours beside its own in the front matter.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from seatrial.model.finding import Severity

Names = tuple[str, ...]
_Words = Annotated[str, msgspec.Meta(min_length=1)]
_Dotted = tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][\w.]*$")], ...]


class _Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="kebab"):
    """A part of the front matter: its keys are written with dashes, and one that does not exist is an error."""


class Status(StrEnum):
    """Where a decision stands. `OTHER` is whatever a plain record says beside these, or if it says nothing."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEPRECATED = "deprecated"
    SUPERSEDED = "superseded"
    OTHER = ""


class Enforcement(StrEnum):
    """How hard a record holds: it is shown; it is cited or superseded; its rules cannot be cited away."""

    SURFACE = "surface"
    ACKNOWLEDGE = "acknowledge"
    ENFORCE = "enforce"


class RuleKind(StrEnum):
    """What a rule of a record asks of the code."""

    IMPORT_FORBIDDEN = "import-forbidden"
    LAYERS = "layers"
    DEPENDENCY_FORBIDDEN = "dependency-forbidden"
    PATTERN_FORBIDDEN = "pattern-forbidden"
    PATTERN_REQUIRED = "pattern-required"
    COMMAND = "command"


class Scope(_Form, frozen=True):
    """What a record speaks of. `paths` are patterns as in `.gitignore`, `symbols` `path:Class.method` or a name."""

    paths: Names = ()
    symbols: Names = ()
    imports: Names = ()
    terms: Names = ()


class Match(_Form, frozen=True):
    """How a machine tells that a rejected option is back."""

    imports: _Dotted = ()
    """Modules, with all that lies in them."""
    pattern: str = ""
    """A regular expression that a line of code matches somewhere."""
    dependency: Names = ()
    """Distributions that a manifest requires."""


class Rejected(_Form, frozen=True):
    """An option that was turned down, and when it may be looked at again."""

    option: _Words
    because: _Words
    match: Match = Match()
    revisit_when: str = ""


class Rule(_Form, frozen=True):
    """The machine's form of MADR's "Confirmation"; which fields it needs follows from `kind`."""

    id: _Words
    kind: RuleKind
    paths: Names = ()
    """Files that it holds for; empty: those of the record's scope, or all."""
    imports: _Dotted = ()
    layers: tuple[str | Names, ...] = ()
    """Packages from the top down; packages of one layer in a list."""
    dependency: Names = ()
    pattern: str = ""
    command: Names = ()
    """A program and its arguments; never run unless the user says so."""
    severity: Severity = Severity.ERROR


class Anchor(_Form, frozen=True):
    """The code that a record rests on, as it was when somebody last said that it still holds. Written by the tool."""

    path: str
    symbol: str = ""
    digest: str = ""


class TradeOff(_Form, frozen=True):
    """What a decision gives and what that costs."""

    gives: str
    costs: str


class Record(msgspec.Struct, frozen=True):
    """A decision record as it lies in a file. One without keys of ours is `plain`."""

    path: str
    """From the audited root, with `/`."""
    id: str
    """`D-20261122-slug`; the file's name without its suffix if the record names none."""
    title: str
    status: Status
    plain: bool
    text: str
    """The Markdown below the front matter."""
    body_hash: str
    """SHA-256 (hex) of all that must not change once it is accepted: the text, and the keys but for the status, the
    supersession, the anchors and the date."""
    decided: date | None = None
    """MADR's `date`: when it was last updated."""
    decision_makers: Names = ()
    scope: Scope = Scope()
    rejected: tuple[Rejected, ...] = ()
    rules: tuple[Rule, ...] = ()
    enforcement: Enforcement = Enforcement.ACKNOWLEDGE
    anchors: tuple[Anchor, ...] = ()
    review_by: date | None = None
    supersedes: Names = ()
    superseded_by: str = ""
    trade_offs: tuple[TradeOff, ...] = ()
    lines: dict[str, int] = {}
    """The line of each top key, and of `rejected.0`, `rules.0` and so on; 1-based."""

    @property
    def reference(self) -> str:
        """What a sign-off names: the id and what it said then."""
        return f"{self.id}@{self.body_hash}"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a new record says. Empty prose is left as a question to whoever fills it in."""

    title: str
    context: str = ""
    outcome: str = ""
    consequences: str = ""
    scope: Scope = Scope()
    rejected: tuple[Rejected, ...] = ()
    rules: tuple[Rule, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    enforcement: Enforcement = Enforcement.ACKNOWLEDGE
    review_by: date | None = None
    supersedes: Names = ()
    trade_offs: tuple[TradeOff, ...] = ()
    decision_makers: Names = ()


class Why(msgspec.Struct, frozen=True, order=True):
    """A small why: one sentence about a symbol, and the symbol's digest when it was written."""

    path: str
    symbol: str
    """As `model.symbols` names it; empty for the whole file."""
    digest: str
    because: str
    who: str = ""
    written: date | None = None
    stale: bool = False
    """The symbol has changed since, or is gone."""
