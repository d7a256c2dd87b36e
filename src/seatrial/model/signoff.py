"""Sign-off: what one person reviewed, against which criteria, and with what result; kept for good once it is signed.

Its form outside is an in-toto Statement v1 (`decisions.signoffs.statement`); here it is the noun that all parts share.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from seatrial.model.symbols import Symbol


class Kind(StrEnum):
    """What a sign-off says of its subjects."""

    FULL = "full"
    DELTA = "delta"
    """What changed since another sign-off, which it extends."""
    VIOLATION = "violation"
    """This code must not pass."""
    HUMAN_AUTHORED = "human-authored"
    """The reviewer wrote it."""
    EMERGENCY = "emergency"
    """One architect lets it pass for 72 hours."""


class Mark(StrEnum):
    """What a reviewer says of one criterion."""

    PASS = "pass"  # noqa: S105 - a mark, not a password
    CONDITIONAL = "conditional"
    FAIL = "fail"
    NOT_APPLICABLE = "n/a"


class Window(StrEnum):
    """Whether the reviewer caught enough of the planted defects lately. More of it never leaves their machine."""

    MET = "met"
    NOT_MET = "not-met"
    INSUFFICIENT = "insufficient"


class Subject(msgspec.Struct, frozen=True, order=True):
    """A symbol as it was reviewed. `signature` and `pragmas` are digests of their own, empty if there is nothing."""

    path: str
    name: str
    """`Class.method`, `<imports>`, `<module>` or `<file>`."""
    digest: str
    signature: str = ""
    pragmas: str = ""
    lines: int = 0

    @property
    def unit(self) -> str:
        """`shop/orders.py#Order.total`."""
        return f"{self.path}#{self.name}"


def subject(symbol: Symbol) -> Subject:
    """The symbol as a subject of a sign-off."""
    lines = symbol.end_line - symbol.line + 1 if symbol.line else 0
    return Subject(symbol.path, symbol.name, symbol.digest, symbol.signature, symbol.pragmas, lines)


class Criterion(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said of one criterion. `evidence` names findings (`finding:FINGERPRINT`), trials, lines."""

    id: str
    verdict: Mark
    note: str = ""
    evidence: tuple[str, ...] = ()
    version: int = 1
    """The criterion's version that was in force."""


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """One question of the review room: what the reviewer predicted before anything was shown, and what came out."""

    lens: str
    question: str
    prediction: str
    predicted_at: datetime
    revealed_at: datetime | None = None
    outcome: str = ""
    lines: tuple[int, ...] = ()


class Effort(msgspec.Struct, frozen=True, rename="camel"):
    """What the review took. `thoroughness` and `understanding` are the reviewer's own: none, low, medium, high."""

    active_seconds: int = 0
    loc: int = 0
    loc_per_hour: int = 0
    sessions: int = 1
    units_opened: int = 0
    units_total: int = 0
    thoroughness: str = "none"
    understanding: str = "none"


class Vigilance(msgspec.Struct, frozen=True):
    """The policy on planted defects that was in force, and whether its window was met."""

    policy: str = ""
    window: Window = Window.INSUFFICIENT


class Condition(msgspec.Struct, frozen=True):
    """What must still be done, by whom and until when; open past its day, the sign-off is stale."""

    text: str
    owner: str
    due: date


class Assist(msgspec.Struct, frozen=True, rename="camel"):
    """The models that helped the reviewer, and whether the reviewer led them."""

    models: tuple[str, ...] = ()
    human_guided: bool = True


class WrittenBy(msgspec.Struct, frozen=True, rename="camel"):
    """Who wrote the reviewed lines, as far as marks tell: lines by class of origin, tools, models."""

    lines: dict[str, int] = {}
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    agents_version: str = ""


class SignOff(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-off, before it is signed or after it was read. People are named by their principals (addresses)."""

    subjects: tuple[Subject, ...]
    kind: Kind
    reviewer: str
    role: str
    criteria: tuple[Criterion, ...] = ()
    base: str = ""
    """The id of the sign-off that a `delta` extends."""
    authors: tuple[str, ...] = ()
    operator: tuple[str, ...] = ()
    """Who directed the AI: authors too."""
    provenance: WrittenBy = WrittenBy()
    interrogation: tuple[Answer, ...] = ()
    effort: Effort = Effort()
    vigilance: Vigilance = Vigilance()
    decisions: tuple[str, ...] = ()
    """Decision records that the reviewer acknowledged, as `id@bodyHash`."""
    conditions: tuple[Condition, ...] = ()
    assist: Assist = Assist()
    policy: str = ""
    """The digest of the policy that was in force."""
    commit: str = ""
    tree: str = ""
    """The reviewed commit and its tree; empty if there was none."""
    reviewed_at: datetime | None = None
    """As the reviewer's machine tells it: proves nothing. None: when it is signed."""
