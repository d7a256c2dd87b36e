"""Kinds: of which kind each value of a body is, a byte each, so that a search by kind runs in C, without the values."""

from collections.abc import Iterable
from functools import cache
from typing import get_args

from seatrial.model.facts import AnyValue

_BYTES = {kind: byte for byte, kind in enumerate(get_args(AnyValue))}


def kinds(values: Iterable[AnyValue]) -> bytes:
    """The kinds of values, in their order."""
    return bytes(map(_BYTES.__getitem__, map(type, values)))


@cache
def marks(sought: frozenset[type]) -> bytes:
    """The table that translates kinds (`bytes.translate`): 1 where one of these is, else 0."""
    wanted = {_BYTES[kind] for kind in sought}
    return bytes(byte in wanted for byte in range(256))
