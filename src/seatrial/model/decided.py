"""What the code and its history say of the decision records: what comes back, what is cited, what is signed."""

from enum import StrEnum

import msgspec

from seatrial.model.record import Record


class Sighting(msgspec.Struct, frozen=True, order=True):
    """A place that a record speaks against: a rejected option that is there, or a rule that is broken.

    `clause` is where the record says so, a key of `Record.lines`: `rejected.0`, `rules.2`.
    """

    record: str
    """The record's id."""
    clause: str
    path: str
    line: int
    what: str
    """What stands there, in a few words: "imports redis"."""


class Citation(msgspec.Struct, frozen=True, order=True):
    """Somebody names a record and goes on. A comment speaks for one line of code, a commit for the whole change."""

    id: str
    because: str
    path: str = ""
    """The file of the comment; empty for a commit's trailer `Decision: D-…`."""
    line: int = 0
    commit: str = ""
    speaks_for: int = 0
    """The line that the comment speaks for: its own, or the next one of code if it stands alone."""


class DoubtKind(StrEnum):
    """What was derived from the tree and the day; nobody types it in."""

    ANCHOR = "anchor"
    """The code that it rests on has changed: suspect."""
    REVIEW = "review"
    """Its day of review is past."""
    SCOPE = "scope"
    """Its scope, or a rule of it, speaks of nothing that is there."""
    CYCLE = "cycle"
    """Records supersede one another in a circle, or by one that does not exist."""
    TWICE = "twice"
    """Two records have one id."""

    @property
    def is_advice(self) -> bool:
        """Whether it is only shown."""
        return self in {DoubtKind.ANCHOR, DoubtKind.REVIEW}


class Doubt(msgspec.Struct, frozen=True, order=True):
    """Why a record may no longer hold. Advice is shown; the rest shuts the gate."""

    record: str
    kind: DoubtKind
    what: str
    way: str
    path: str = ""
    line: int = 0


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """All that the gate needs to judge a tree, or a change of it, by its decision records."""

    now: tuple[Record, ...] = ()
    before: tuple[Record, ...] | None = None
    """The records where the change started from; None if the whole tree is judged."""
    sightings: tuple[Sighting, ...] = ()
    """What the change brings in, or all that is there."""
    citations: tuple[Citation, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    signed: tuple[str, ...] = ()
    """What people have signed that they accept, as `id@bodyHash`."""
    mandate: bool = False
    """Whether this repository asks for signatures."""
