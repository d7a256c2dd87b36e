"""Finds lines that a commit moved: what went in one place and came in another is nobody's new line.

As `git blame -M -C` does, with its limits; but a copy, whose source stays, is new: who copied it wrote it once more.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from seatrial.decisions.provenance.patches import Edit

Place = tuple[str, int]
"""A file before the commit, and a line of it (1-based)."""
_SAME_FILE, _OTHER_FILE = 20, 40
"""Letters and digits that a block must hold to count as moved (git-blame(1), `-M` and `-C`)."""
_LETTER = re.compile(rb"[0-9A-Za-z\x80-\xff]")
_MOST_ALIKE = 16
"""A line that went from more places than that tells nothing about where it came from."""


def moved(edits: Sequence[Edit]) -> dict[Place, Place]:
    """Where each moved line of the commit's files came from, by its place after it."""
    gone = {
        (edit.before, hunk.old + at): _key(line)
        for edit in edits
        for hunk in edit.hunks
        for at, line in enumerate(hunk.gone)
    }
    if not gone:
        return {}
    places: dict[bytes, list[Place]] = {}
    for place, key in gone.items():
        if _LETTER.search(key):  # a block begins with words, so that long runs of brackets are not tried at each line
            places.setdefault(key, []).append(place)
    return {
        (edit.path, hunk.new + at): place
        for edit in edits
        for hunk in edit.hunks
        for at, place in _blocks([_key(line) for line in hunk.come], edit.before, gone, places)
    }


def _blocks(
    come: Sequence[bytes], before: str, gone: Mapping[Place, bytes], places: Mapping[bytes, Sequence[Place]]
) -> Iterator[tuple[int, Place]]:
    """The lines of a hunk that came from elsewhere, by their number in it, block by block."""
    at = 0
    while at < len(come):
        starts = places.get(come[at])
        if not starts:
            at += 1
            continue
        _, length, (path, line) = max(_block(come, at, start, before, gone) for start in starts[:_MOST_ALIKE])
        yield from ((at + step, (path, line + step)) for step in range(length))
        at += length or 1


def _block(
    come: Sequence[bytes], at: int, start: Place, before: str, gone: Mapping[Place, bytes]
) -> tuple[int, int, Place]:
    """Weight and length of the block that begins at both places; nothing if it is too light."""
    path, line = start
    weight = length = 0
    while at + length < len(come) and gone.get((path, line + length)) == come[at + length]:
        weight += _weight(come[at + length])
        length += 1
    enough = weight >= (_SAME_FILE if path == before else _OTHER_FILE)
    return (weight, length, start) if enough else (0, 0, start)


def _weight(key: bytes) -> int:
    return sum(1 for letter in key.decode("utf-8", "replace") if letter.isalnum())


def _key(line: bytes) -> bytes:
    return b"".join(line.split())
