"""Pair: two functions that a finding takes for one, and that do nothing but answer."""

import msgspec


class Side(msgspec.Struct, frozen=True, order=True):
    """A function at the top level of a file. `path` is relative to the root."""

    path: str
    line: int
    name: str


class Pair(msgspec.Struct, frozen=True, order=True):
    """`rule` is that of the finding, which lies at `right`."""

    rule: str
    left: Side
    right: Side
