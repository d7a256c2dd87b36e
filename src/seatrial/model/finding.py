"""Finding: one fault at one place, with the path that leads to it."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How badly it sinks. Maps to SARIF `error`, `warning`, `note`."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Quality(StrEnum):
    """The way in which code sinks; the folder of the rule."""

    ARCHITECTURE = "architecture"
    REDUNDANCY = "redundancy"
    DEPENDENCIES = "dependencies"
    SECURITY = "security"
    SCALE = "scale"
    CONCURRENCY = "concurrency"
    RESOURCES = "resources"
    HONESTY = "honesty"
    OTHER = "other"
    """Said by another scanner, which did not say in which way; no rule of ours has it."""


class Place(msgspec.Struct, frozen=True, order=True):
    """A stretch of lines. `path` is relative to the root with `/`; lines are 1-based, `end_line` inclusive."""

    path: str
    line: int
    end_line: int


class Step(msgspec.Struct, frozen=True, order=True):
    """One step of the path through the code that leads to a finding."""

    place: Place
    message: str
    """What happens here, in a few words: "the request's body enters", "called once for each row of orders"."""
    code: str = ""
    """The source line, stripped; filled in by `app` when the report needs it."""


class Finding(msgspec.Struct, frozen=True, order=True):
    """A fault. Made from a rule's `Match` by `rules.contract`; rules never make one themselves."""

    rule: str
    quality: Quality
    severity: Severity
    confidence: float
    """The probability, 0 to 1, that a reader of the code agrees."""
    message: str
    """What is wrong, in one sentence, naming the things involved."""
    place: Place
    symbol: str
    """Dotted name of the function or class that holds it, as in the file: `Order.total`; empty at module level."""
    path: tuple[Step, ...]
    """How it comes about, from the first cause to the place; may be empty when the place says it all."""
    fingerprint: str
    """Stable identity, 32 hex digits: survives moves and reformatting; differs for each occurrence."""
    digest: str
    """SHA-256 of the code that the finding rests on, in hex: when it changes, decisions about it lapse."""
    cwe: tuple[int, ...]
    category: tuple[str, ...]
    """Names for what has no good CWE (`nplus1`, `race`, `circular`): `properties.seatrialCategory` in SARIF."""
    why: str
    """Why it sinks at scale: from the rule's page."""
    mend: str
    """How to mend it: from the rule's page, or better from the match."""
    confirmed_by: str
    """The trial that could prove or clear it; empty if none."""
    weight: float
    """Order in the report: what sinks first has the highest."""
    code: str = ""
    """The source line, stripped; filled in by `app`."""
    in_test: bool = False
    also_found_by: tuple[str, ...] = ()
    """Rules of other scanners that speak of the same lines and weakness, sorted."""


def scanner_of(rule: str) -> str:
    """The other scanner that a rule belongs to, `bandit` of `bandit/B608`; empty for a rule of ours."""
    return rule.rpartition("/")[0].partition("/")[0]
