"""Submodules that a change brings or moves: their code is held against sign-offs only as far as it is checked out."""

import os
from collections.abc import Iterator
from pathlib import Path

from seatrial.app import git
from seatrial.model.globs import matcher
from seatrial.model.standing import Fault

_SUBMODULE = b"160000 "


def unread(root: Path, start: str, exclude: tuple[str, ...]) -> Iterator[Fault]:
    """The submodules that stand elsewhere than in the commit `start`, and whose code is not here as it would be then.

    `exclude` is as in the settings. Raises `GitError`.
    """
    before, excluded = _pointers(root, start), matcher(exclude)
    for path, commit in _pointers(root, "HEAD").items():
        if before.get(path) != commit and not excluded(path) and _checked_out(root / path) != commit:
            way = f"check it out (`git submodule update --init {path}`; in CI: `submodules: true`), or `exclude` it"
            yield Fault(f"the submodule {path} is moved to {commit[:12]}, and its code is not here", way, path)


def _pointers(root: Path, commit: str) -> dict[str, str]:
    listed = b"".join(git.stream(root, "ls-tree", "-r", "-z", commit)).split(b"\0")
    found = (entry.partition(b"\t") for entry in listed if entry.startswith(_SUBMODULE))
    return {os.fsdecode(path): head.split()[2].decode() for head, _, path in found}


def _checked_out(folder: Path) -> str:
    if not (folder / ".git").exists():
        return ""
    try:
        return git.head(folder)[0]
    except git.GitError:
        return ""
