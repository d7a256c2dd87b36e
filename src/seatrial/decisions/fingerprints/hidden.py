"""Characters that a reader does not see: those that turn the direction of text, and those without width.

A comment or string that holds one may read otherwise than it runs (CVE-2021-42574, "Trojan Source").
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")


class Hidden(NamedTuple):
    """One of them: line (1-based), column (characters before it), and its name in Unicode."""

    line: int
    column: int
    name: str


def hidden(text: bytes) -> Iterator[Hidden]:
    """The hidden characters of a file in UTF-8, in order. A byte order mark at the very start is none."""
    if text.isascii():
        return
    lines = text.removeprefix("\ufeff".encode()).splitlines()
    for number, line in enumerate(lines, 1):
        for found in _HIDDEN.finditer("" if line.isascii() else line.decode("utf-8", "replace")):
            yield Hidden(number, found.start(), unicodedata.name(found[0], f"U+{ord(found[0]):04X}"))
