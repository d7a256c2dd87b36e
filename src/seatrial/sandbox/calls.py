"""A request to make of the program."""

from collections.abc import Mapping

import msgspec


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request to make. `delay` (ms) and `stop` (a statement's number) are for the probe."""

    method: str
    path: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    delay: float = 0.0
    stop: int = 0
