"""Reads what `git diff-tree` says of commits: which lines of which files went and came."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

OPTIONS = (
    *("-r", "-p", "--raw", "-U0", "-w", "-M", "-l0", "--root", "--full-index", "--no-abbrev", "--text", "--no-color"),
    *("--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--format=%x00%H"),
)
"""What `commits` wants of `diff-tree`. White space does not count (`-w`), renames do."""
FIRST_PARENT = ("--diff-merges=first-parent",)
COMBINED = ("-c", "--combined-all-paths", "-U3")
"""For merges: without lines around them, git writes some stretches' lengths as less than nothing."""

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NONE = 2**31
_RANGE = re.compile(rb"[-+](\d+)(?:,(\d+))?")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class Hunk(NamedTuple):
    """Lines of the file before that went, from `old` (1-based), and lines after that came, from `new`."""

    old: int
    new: int
    gone: list[bytes]
    come: list[bytes]


class Edit(NamedTuple):
    """What a commit did to a file: under which name it was before, its object id after, empty if it is gone."""

    path: str
    before: str
    oid: str
    hunks: list[Hunk]


class Mixed(NamedTuple):
    """A stretch of a merged file: where it begins in each parent and in the result, and its lines.

    Each line is in the result or not, and in each parent or not.
    """

    starts: tuple[int, ...]
    result: int
    lines: list[tuple[bool, tuple[bool, ...]]]


class Merged(NamedTuple):
    """A file of a merge that is like none of its parents: its name in each of them, and where they differ."""

    commit: str
    path: str
    before: tuple[str, ...]
    stretches: list[Mixed]


def commits(told: Iterable[bytes]) -> Iterator[tuple[str, list[Edit]]]:
    """The edits of each commit that has some, in the order in which git was asked."""
    lines = iter(told)
    nowhere = Edit("", "", "", [])  # takes what is said of files that are gone
    oid, edits, at = "", dict[str, Edit](), nowhere
    for line in lines:
        if line.startswith(b"\0"):
            if edits:
                yield oid, list(edits.values())
            oid, edits = line[1:].strip().decode(), {}
        elif line.startswith(b":"):
            edit = _raw(line)
            edits[edit.path] = edit
        elif line.startswith(b"+++ "):
            at = edits.get(unquoted(line[4:], b"b/"), nowhere)
        elif line.startswith(b"@@ "):
            at.hunks.append(_hunk(line, lines))
    if edits:
        yield oid, list(edits.values())


def merges(told: Iterable[bytes]) -> Iterator[Merged]:
    """The files of merges that are like none of the parents."""
    lines = iter(told)
    oid, at = "", Merged("", "", (), [])
    for line in lines:
        if line.startswith(b"\0"):
            oid = line[1:].strip().decode()
        elif line.startswith(b"diff --c"):
            if at.stretches:
                yield at
            at = Merged(oid, "", (), [])
        elif line.startswith(b"--- "):
            at = at._replace(before=(*at.before, unquoted(line[4:], b"a/")))
        elif line.startswith(b"+++ "):
            at = at._replace(path=unquoted(line[4:], b"b/"))
        elif line.startswith(b"@@@"):
            at.stretches.append(_mixed(line, lines))
    if at.stretches:
        yield at


def _raw(line: bytes) -> Edit:
    head, *paths = line.rstrip(b"\n").split(b"\t")
    oid = head.split()[3].decode()
    path = unquoted(paths[-1])
    return Edit(path, unquoted(paths[0]), oid if oid.strip("0") else "", [])


def _hunk(head: bytes, lines: Iterator[bytes]) -> Hunk:
    found = _HUNK.match(head)
    assert found, head
    gone, come = int(found[2] or 1), int(found[4] or 1)
    old, new = int(found[1]) + (gone == 0), int(found[3]) + (come == 0)
    return Hunk(old, new, _take(lines, gone), _take(lines, come))


def _take(lines: Iterator[bytes], count: int) -> list[bytes]:
    r"""The next lines of a hunk, without their signs; `\ No newline at end of file` may stand before them."""
    found = list(islice(lines, count))
    if found and found[0].startswith(b"\\"):
        found = [*found[1:], *islice(lines, 1)]
    return [line[1:] for line in found]


def _mixed(head: bytes, lines: Iterator[bytes]) -> Mixed:
    """One hunk of a combined diff (git-diff(1), "Combined diff format")."""
    ranges = [(int(start), _count(count)) for start, count in _RANGE.findall(head.split(b"@@@", 2)[1].strip(b"@"))]
    starts = tuple(start for start, _ in ranges)  # other than in plain diffs, also where the stretch is empty
    parents, found = len(ranges) - 1, list[tuple[bool, tuple[bool, ...]]]()
    left = [count for _, count in ranges]
    while any(left):
        signs = next(lines)[:parents]
        if signs.startswith(b"\\"):
            continue
        gone = b"-" in signs
        there = tuple((sign == ord("-")) if gone else (sign == ord(" ")) for sign in signs)
        found.append((not gone, there))
        left = [count - one for count, one in zip(left, (*there, not gone), strict=True)]
    return Mixed(starts[:-1], starts[-1], found)


def _count(told: bytes) -> int:
    """How many lines; git writes one less than none as the largest number that it has."""
    count = int(told or 1)
    return 0 if count >= _NONE else count


def unquoted(told: bytes, prefix: bytes = b"") -> str:
    """A path as git writes it: without the prefix, and with what it escapes."""
    told = told.rstrip(b"\n").rstrip(b"\t")
    if told.startswith(b'"'):
        told = _ESCAPE.sub(_letter, told[1:-1])
    return told.removeprefix(prefix).decode("utf-8", "surrogateescape")


def _letter(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes((int(code, 8),)) if len(code) == 3 else _LETTERS.get(code, code)
