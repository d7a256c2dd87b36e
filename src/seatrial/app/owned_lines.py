"""Which lines each symbol of a file has, remembered between runs by content."""

import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from pathlib import PurePosixPath

import msgspec

from seatrial.app.cache import Cache, NoCache
from seatrial.decisions.fingerprints import own_lines

_FORM = f"own-lines-1 {sys.version_info[:2]}".encode()
"""What is kept depends on this; another Python may parse what this one cannot."""
_Stretches = dict[str, list[tuple[int, int]]]


class OwnedLines:
    """Answers from the cache, or works it out and keeps it when `save` is called."""

    def __init__(self, cache: Cache | NoCache) -> None:
        self._cache = cache
        self._new: dict[bytes, bytes] = {}

    def of(self, path: str, data: bytes) -> dict[str, Sequence[int]]:
        """As `fingerprints.own_lines`."""
        key = sha256(_FORM + PurePosixPath(path).suffix.encode("utf-8", "surrogateescape") + b"\0" + data).digest()
        if kept := self._cache.get([key]).get(key):
            stretches = msgspec.msgpack.decode(kept, type=_Stretches)
            return {name: list(chain(*(range(first, last) for first, last in at))) for name, at in stretches.items()}
        found = own_lines(path, data)
        self._new[key] = msgspec.msgpack.encode({name: list(_stretches(lines)) for name, lines in found.items()})
        return dict(found)

    def save(self) -> None:
        """Keeps what was worked out."""
        self._cache.put(self._new)
        self._new = {}


def _stretches(lines: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Lines in order as half-open ranges."""
    first = last = -1
    for line in lines:
        if line != last:
            if last > 0:
                yield first, last
            first = line
        last = line + 1
    if last > 0:
        yield first, last
