"""A request to make of the program, and how one of its statements is named to the probe."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote
from zlib import crc32

import msgspec

FORM = "application/x-www-form-urlencoded"
"""The kind of body that the form of a page is sent as."""


_SAFE = "%/:=&?~#+!$,;'@()*[]"
"""What has a meaning in an address, or is escaped already."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request to make. `delay` (ms) and `stop` (a statement's `mark`) are for the probe."""

    method: str
    path: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    delay: float = 0.0
    stop: str = ""
    within: float = 30.0
    """Seconds in which an answer must begin and go on."""

    @property
    def sent(self) -> str:
        """The path as it goes over the wire, in ASCII: a page may link to one that is written out."""
        return self.path if self.path.isascii() else quote(self.path, safe=_SAFE)


def mark(statements: Sequence[str], number: int) -> str:
    """The name of a statement, counted from 1, by which it is known in another run: its text, and how often it came.

    Its number is none: a pool asks now and then whether a connection is alive. `inside.recording` makes the same.
    """
    text = statements[number - 1]
    return f"{crc32(text.encode(errors='replace')):08x}.{statements[:number].count(text)}"
