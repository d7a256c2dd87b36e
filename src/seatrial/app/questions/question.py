"""What reviewers are asked, and what of the code it is about."""

from enum import StrEnum

import msgspec


class Lens(StrEnum):
    """The three ways to look, one question each for a pack (Buçinca et al. 2021; cognitive forcing functions 2026)."""

    ASSUMPTION = "assumption"
    WHAT_IF = "what-if"
    TRACE = "trace"


class Circumstance(StrEnum):
    """What the code does that a question can be about."""

    UNBOUNDED_QUERY = "unbounded-query"
    LOOP_IO = "loop-io"
    RETRY = "retry"
    WRITE_PAIR = "write-pair"
    CACHE = "cache"
    CLOCK = "clock"
    MIGRATION = "migration"
    HTTP = "http"
    FILES = "files"
    WRITE = "write"
    ENDPOINT = "endpoint"
    PARAMETER = "parameter"
    CALL = "call"
    EXCEPT = "except"
    BRANCH = "branch"
    EFFECT = "effect"
    SYMBOL = "symbol"
    """The unit as a whole: there is always one."""
    LINE = "line"
    """One line of code: there is always one."""
    FIT = "fit"
    """The unit among what is there already, for a pass that looks at architecture alone."""
    TRUST = "trust"
    """The unit and who may reach it, for a pass that looks at security alone."""


class Fact(msgspec.Struct, frozen=True, order=True):
    """Something that the code does at a place. `what` and `other` are names as a reader knows them."""

    circumstance: Circumstance
    path: str
    symbol: str
    """Dotted in the file; empty at module level."""
    line: int
    what: str = ""
    other: str = ""


class Question(msgspec.Struct, frozen=True, order=True):
    """A question about a pack. `template` is the phrasing it was made of: `what-if/cache/3`."""

    lens: Lens
    circumstance: Circumstance
    text: str
    path: str
    symbol: str
    line: int
    template: str


class Asked(msgspec.Struct, frozen=True):
    """What a person was asked before. `age` counts reviews: 1 is the last one, 0 the one that is under way."""

    text: str
    template: str
    age: int
