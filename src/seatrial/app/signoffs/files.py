"""The files that sign-offs may be asked for: more than an audit reads, since nothing may hide by where it lies.

What git tracks counts even where an audit would take it for other people's code (`vendor/`, a folder with a
`pyvenv.cfg`), and a link counts as a copy of what it leads to.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git
from seatrial.app.discovery import Entry, shown
from seatrial.app.listing import listing
from seatrial.app.roles import vendored_top
from seatrial.model.globs import matcher


class Listed(NamedTuple):
    """A file by the path under which it can be imported. `entry` opens it."""

    path: str
    entry: Entry


def files(root: Path, exclude: tuple[str, ...]) -> list[Listed]:
    """All files below `root` but those that `exclude` means, and other people's that git does not track."""
    paths = listing(root).paths
    tracked = _tracked(root)
    environments = {path.rpartition("/")[0] for path in paths if path.endswith("/pyvenv.cfg")}
    excluded = matcher(tuple(exclude))
    own = (path for path in paths if path in tracked or not vendored_top(path, environments))
    found = (_listed(root, path, real) for path, real in _followed(root, own) if not excluded(path))
    return sorted(one for one in found if one)


def _tracked(root: Path) -> frozenset[str]:
    try:
        return git.tracked(root)
    except git.GitError:
        return frozenset()


def _followed(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each path with the file that it leads to; for a link to a folder, every path through it."""
    paths = list(paths)
    for path in paths:
        if not os.path.islink(f"{root}/{path}"):  # noqa: PTH114 - called per file; fast
            yield path, path
            continue
        real = _inside(root, path)
        if real is not None and (root / real).is_dir():
            prefix = "" if real == "." else f"{real}/"
            through = (other for other in paths if other.startswith(prefix) and other != path)
            yield from ((f"{path}/{other.removeprefix(prefix)}", other) for other in through)
        elif real is not None:
            yield path, real


def _inside(root: Path, path: str) -> str | None:
    """Where a link leads, from `root`; None if out of it, where nothing belongs to the change."""
    top = root.resolve()
    end = (root / path).resolve()
    return end.relative_to(top).as_posix() if end.is_relative_to(top) else None


def _listed(root: Path, path: str, real: str) -> Listed | None:
    full = root / real
    if full.is_symlink() or not full.is_file():
        return None
    return Listed(shown(path), Entry(shown(path), real, full.stat().st_size))
