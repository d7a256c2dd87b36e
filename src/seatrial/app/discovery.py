"""Decides which of the listed files are read, and tells of the rest: vendored, excluded, linked."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from seatrial.app.listing import listing
from seatrial.app.roles import template_top, vendored_top
from seatrial.model.globs import matcher
from seatrial.model.source import Gap, LeftOut, Stage


class Entry(NamedTuple):
    """A file to read: `path` is fit to show (what is not UTF-8 is written out), `real` opens it, `size` is in bytes."""

    path: str
    real: str
    size: int


class Discovery(NamedTuple):
    """The files to read, in order of path, and what was not taken."""

    entries: list[Entry]
    left_out: list[LeftOut]
    gaps: list[Gap]
    note: str


class Wanted(NamedTuple):
    """What to look for: a test on a file's path (is it source or a manifest?), and patterns to leave out."""

    interesting: Callable[[str], bool]
    exclude: Sequence[str] = ()


def discover(root: Path, wanted: Wanted) -> Discovery:
    """Finds the files below `root` that are wanted. Opens none; follows no link."""
    listed = listing(root)
    taken, left_out = sift(listed.paths, wanted)
    entries: list[Entry] = []
    gaps: list[Gap] = []
    linked = _Links(root)
    for real in taken:
        found = _look(root, real, linked)
        kind = entries if isinstance(found, Entry) else gaps if isinstance(found, Gap) else left_out
        if found is not None:
            kind.append(found)  # type: ignore[arg-type]  # each list takes its own kind, chosen the line before
    return Discovery(entries, sorted(left_out + listed.left_out), gaps, listed.note)


def sift(paths: Sequence[str], wanted: Wanted) -> tuple[list[str], list[LeftOut]]:
    """The paths that are wanted, and what is left out of them: one entry for each vendored folder and each pattern."""
    environments = {path.rpartition("/")[0] for path in paths if path.endswith("/pyvenv.cfg")}
    environments |= {
        path.rsplit("/", 2)[0] for path in paths if path.endswith(".dist-info/METADATA") and path.count("/") > 1
    }
    excluders = [(pattern, matcher((pattern,))) for pattern in wanted.exclude]
    left: Counter[tuple[str, str]] = Counter()
    taken: list[str] = []
    for path in filter(wanted.interesting, paths):
        if top := vendored_top(path, environments):
            left[top, "vendored: other people's code"] += 1
        elif top := template_top(path):
            left[top, "a template, whose names are filled in later"] += 1
        elif pattern := next((pattern for pattern, means in excluders if means(path)), ""):
            left[pattern, "excluded by settings"] += 1
        else:
            taken.append(path)
    return taken, [LeftOut(shown(top), reason, files) for (top, reason), files in left.items()]


def shown(real: str) -> str:
    r"""A path fit for reports: bytes that are not UTF-8 become `\xff`."""
    return os.fsencode(real).decode("utf-8", "backslashreplace")


class _Links:
    """Remembers which folders are reached through a symbolic link."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._known = {"": False}

    def lead_to(self, folder: str) -> bool:
        if folder not in self._known:
            above = self.lead_to(folder.rpartition("/")[0])
            self._known[folder] = above or os.path.islink(f"{self._root}/{folder}")  # noqa: PTH114 - called per folder; fast
        return self._known[folder]


def _look(root: Path, real: str, links: _Links) -> Entry | Gap | LeftOut | None:
    path = shown(real)
    if links.lead_to(real.rpartition("/")[0]):
        return LeftOut(path, "reached through a symbolic link", 1)
    try:
        status = os.lstat(f"{root}/{real}")
    except FileNotFoundError:
        return None  # tracked by git but deleted here: not part of the tree any more
    except OSError as error:
        return Gap(path, 0, Stage.DISCOVERY, f"cannot be looked at: {error.strerror}")
    if stat.S_ISLNK(status.st_mode):
        return LeftOut(path, "symbolic link: a file is read once, under its own name", 1)
    if not stat.S_ISREG(status.st_mode):
        return None if stat.S_ISDIR(status.st_mode) else Gap(path, 0, Stage.DISCOVERY, "not a regular file")
    return Entry(path, real, status.st_size)
