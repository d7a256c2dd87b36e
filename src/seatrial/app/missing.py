"""Which files of a history cannot be followed because objects of their past are not here, as in a partial clone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git
from seatrial.decisions.provenance.patches import unquoted

_RAW = ("-r", "--root", "-m", "--raw", "--no-renames", "--no-abbrev", "--format=%x00")


class _Touched(NamedTuple):
    """What one commit did to one file."""

    path: str
    objects: frozenset[str]
    kind: str


def paths(root: Path, suffixes: Sequence[str]) -> frozenset[str]:
    """The files, by path from the repository's top, of which some version that HEAD reaches is missing.

    And those that may have been made of one: what a commit adds where it takes such a file away. Raises `GitError`.
    """
    listed = git.stream(root, "rev-list", "--objects", "--missing=print", "HEAD")
    gone = {line[1:].strip().decode() for line in listed if line.startswith(b"?")}
    if not gone:
        return frozenset()
    commits = [touched for touched in _commits(root, suffixes) if touched]
    found = {one.path for touched in commits for one in touched if one.objects & gone}
    before = 0
    while before != len(found):  # a file that was renamed twice
        before = len(found)
        for touched in commits:
            if any(one.kind == "D" and one.path in found for one in touched):
                found |= {one.path for one in touched if one.kind == "A"}
    return frozenset(found)


def _commits(root: Path, suffixes: Sequence[str]) -> Iterator[list[_Touched]]:
    where = [f":(top,glob)**/*{suffix}" for suffix in suffixes]
    asked = b"".join(git.stream(root, "rev-list", "HEAD"))
    touched: list[_Touched] = []
    for line in git.stream(root, "diff-tree", "--stdin", *_RAW, "--", *where, stdin=asked):
        if line.startswith(b"\0"):
            yield touched
            touched = []
        elif line.startswith(b":"):
            head, path = line.rstrip(b"\n").split(b"\t", 1)
            _, _, old, new, kind = head.decode().split()
            touched.append(_Touched(unquoted(path), frozenset({old, new}), kind))
    yield touched
