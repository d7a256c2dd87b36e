"""Marks that speak of lines: what tools recorded of a commit's files, line by line."""

from collections.abc import Iterable
from typing import NamedTuple

from seatrial.decisions.provenance.commits import Claim


class MarkedLines(NamedTuple):
    """A claim about the lines `first` to `last` (1-based) of a file as it is in a commit."""

    commit: str
    path: str
    first: int
    last: int
    claim: Claim


class Read(NamedTuple):
    """What was read of a carrier, and what of it could not be (one sentence each)."""

    lines: tuple[MarkedLines, ...]
    faults: tuple[str, ...]


def joined(parts: Iterable[Read]) -> Read:
    """Several readings as one."""
    parts = list(parts)
    return Read(tuple(one for part in parts for one in part.lines), tuple(one for part in parts for one in part.faults))
