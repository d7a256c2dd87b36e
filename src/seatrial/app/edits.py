"""What differs between a commit and the files as they lie on disk, as bytes before and after."""

from hashlib import sha1, sha256
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git
from seatrial.app.discovery import Wanted, discover, sift
from seatrial.app.reading import read
from seatrial.model.source import SIZE_LIMIT, Gap


class Edits(NamedTuple):
    """Files that differ, by path; one that was added is not in `before`, one that was removed not in `after`."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    paths: frozenset[str]
    """Every file that is there now."""
    gaps: tuple[Gap, ...] = ()


def everything(root: Path, exclude: tuple[str, ...] = ()) -> Edits:
    """All files below `root`, as if all were new; other people's code is left out."""
    found = discover(root, Wanted(lambda _: True, exclude))
    contents = {entry.path: read(root, entry) for entry in found.entries if entry.size <= SIZE_LIMIT}
    after = {path: data for path, data in contents.items() if isinstance(data, bytes)}
    gaps = tuple(data for data in contents.values() if isinstance(data, Gap))
    return Edits({}, after, frozenset(entry.path for entry in found.entries), (*found.gaps, *gaps))


def edits(root: Path, commit: str, exclude: tuple[str, ...] = ()) -> Edits:
    """What differs between a commit (a full object id) and the files below `root`. Raises `SourceError`."""
    with git.needing(commit):
        blobs = {git.path_of(blob): blob for blob in git.blobs(root, commit)}
        now = everything(root, exclude)
        taken, _ = sift(sorted(blobs), Wanted(lambda _: True, exclude))
        same = {path for path in taken if (data := now.after.get(path)) is not None and _oid(data, blobs[path].oid)}
        changed = [path for path in taken if path not in same and blobs[path].size <= SIZE_LIMIT]
        before = dict(zip(changed, git.contents(root, [blobs[path].oid for path in changed]), strict=True))
    after = {path: data for path, data in now.after.items() if path not in same}
    return Edits(before, after, now.paths, now.gaps)


def _oid(data: bytes, oid: str) -> bool:
    """Whether the bytes are those of the object; git names it by SHA-1 or, in newer repositories, SHA-256."""
    digest = sha1(usedforsecurity=False) if len(oid) == 40 else sha256()
    digest.update(b"blob %d\0" % len(data) + data)
    return digest.hexdigest() == oid
