"""Decision: what people (or an accepted past) said about findings."""

from datetime import date
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """Where a decision comes from. Maps to SARIF `suppression.kind` and `baselineState`."""

    BASELINE = "baseline"
    SUPPRESSION = "suppression"


class Decision(msgspec.Struct, frozen=True, order=True):
    """One accepted finding: `fingerprint` says which, `digest` the code as it stood.

    A baseline entry accepts a finding that was there before seatrial came; a suppression was accepted by somebody,
    with a reason.
    """

    kind: Kind
    rule: str
    fingerprint: str
    digest: str
    """The code as accepted; empty if the decision sits in the code itself (a comment)."""
    reason: str
    who: str
    path: str
    line: int
    expires: date | None = None


class Suppression(msgspec.Struct, frozen=True, order=True):
    """A comment `seatrial: allow[rule, …] because reason` as found in the source.

    `line` is where it stands, `target` the line of code it speaks of. `reason` is empty when none is given.
    """

    path: str
    line: int
    target: int
    rules: tuple[str, ...]
    reason: str
    problem: str = ""
    """What is wrong with the comment (no bracket, an unknown rule) and what to write; empty if it can be understood."""
