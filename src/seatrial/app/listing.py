"""Lists what lies in a tree: as git sees it, or by walking where there is no git. Opens no file."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git
from seatrial.app.roles import never_entered
from seatrial.model.source import LeftOut


class Listing(NamedTuple):
    """Paths relative to the root, with `/`, as the operating system spells them (`os.fsdecode`), sorted, each once."""

    paths: list[str]
    left_out: list[LeftOut]
    note: str


def listing(root: Path) -> Listing:
    """The files of the tree, ignored ones left out where git says what is ignored.

    A tree that git cannot list, or that is itself ignored (git lists nothing), is walked.
    """
    left_out: list[LeftOut] = []
    try:
        paths = set(_from_git(root, "", left_out))
    except git.GitError as error:
        return Listing(sorted(_walk(root, left_out)), left_out, f"walked, since git says: {error}")
    if not paths:
        return Listing(sorted(_walk(root, left_out)), left_out, "walked, since git lists nothing here")
    return Listing(sorted(paths), left_out, "listed by git")


def _from_git(root: Path, prefix: str, left_out: list[LeftOut]) -> Iterator[str]:
    for listed in git.files(root / prefix):
        path = prefix + git.path_of(listed)
        if not listed.nested:
            yield path
        elif (root / path / ".git").exists() and not (root / path).is_symlink():
            yield from _from_nested(root, path + "/", left_out)
        else:
            left_out.append(LeftOut(path, "submodule that is not checked out", 0))


def _from_nested(root: Path, prefix: str, left_out: list[LeftOut]) -> Iterator[str]:
    try:
        yield from list(_from_git(root, prefix, left_out))
    except git.GitError:
        yield from (prefix + path for path in _walk(root / prefix, left_out))


def _walk(root: Path, left_out: list[LeftOut]) -> Iterator[str]:
    """Walks without following links to folders, so that circles of links cannot trap it."""
    folders = [""]
    while folders:
        prefix = folders.pop()
        try:
            entries = list(os.scandir(root / prefix))
        except OSError as error:
            left_out.append(LeftOut(prefix.rstrip("/"), f"folder cannot be read: {error.strerror}", 0))
            continue
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield prefix + entry.name
            elif not never_entered(entry.name):
                folders.append(f"{prefix}{entry.name}/")
