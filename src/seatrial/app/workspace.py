"""Reads a tree: the checkout on disk, or the tree of a commit. The only way by which source gets in."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from seatrial.app import environment, git, texts
from seatrial.app.discovery import Discovery, Entry, Wanted, discover, shown, sift
from seatrial.app.manifests import is_manifest
from seatrial.app.reading import decode, read, too_large
from seatrial.app.roles import classifier
from seatrial.errors import SourceError
from seatrial.facts import Source
from seatrial.model.outside import Outside
from seatrial.model.source import TEXT, Gap, LeftOut, Manifest, Role, SourceFile, Stage
from seatrial.model.text import printable

_NOT_OURS = frozenset({Role.TEST, Role.EXAMPLE})
"""A manifest among tests or examples speaks of them, not of the program."""


class Tree(NamedTuple):
    """All that was read of a tree, in order of path, and what was not."""

    sources: list[Source]
    manifests: list[Manifest]
    left_out: list[LeftOut]
    gaps: list[Gap]
    note: str
    """How the files were found, for `-v`."""
    root: Path = Path()
    installed: tuple[str, ...] = ()
    """The `.dist-info` folders of virtual environments at the top of `root` (see `environment`)."""
    outside: Outside = Outside()
    """What the user brought along."""


class Selection(NamedTuple):
    """What to read: `languages` maps a file's suffix to its language; `exclude` holds patterns (see `globs`)."""

    languages: Mapping[str, str]
    exclude: Sequence[str] = ()

    def language(self, path: str) -> str:
        """The language of a file; empty if no front end reads it."""
        found = self.languages.get(path[path.rfind(".") :], "") if "." in path else ""
        return "" if found == TEXT and not texts.is_by_hand(path) else found

    @property
    def wanted(self) -> Wanted:
        """The same, as discovery asks for it."""
        return Wanted(lambda path: bool(self.language(path)) or is_manifest(path), self.exclude)


def require(root: Path) -> None:
    """Raises `SourceError` unless `root` is a folder."""
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "does not exist"
        raise SourceError(f"{printable(str(root))} {what}. Give the folder that holds the code to audit.")


def checkout(root: Path, selection: Selection) -> Tree:
    """Reads the files below `root` as they are on disk. Raises `SourceError` if there is no such folder."""
    require(root)
    found = discover(root, selection.wanted)
    tree = _tree(found, (read(root, entry) for entry in found.entries), selection)
    if all(source.file.language == TEXT for source in tree.sources):
        tree.gaps.append(Gap("", 0, Stage.DISCOVERY, "no file of code was found here: is it the right folder?"))
    return tree._replace(root=root, installed=environment.records(root))


def commit(root: Path, oid: str, selection: Selection) -> Tree:
    """Reads the files below `root` as they are in a commit, from git's objects: nothing is checked out.

    Raises `GitError` when an object is missing.
    """
    blobs = {git.path_of(blob): blob for blob in git.blobs(root, oid)}
    taken, left_out = sift(sorted(blobs), selection.wanted)
    entries = [Entry(shown(path), path, blobs[path].size) for path in taken]
    code = [entry for entry in entries if selection.language(entry.path) != TEXT or not _is_data(entry)]
    gaps = [gap for entry in code if (gap := too_large(entry))]
    small = [entry for entry in code if not too_large(entry)]
    found = Discovery(small, left_out, gaps, f"read from commit {oid[:12]}")
    tree = _tree(found, git.contents(root, [blobs[entry.real].oid for entry in small]), selection)
    return tree._replace(root=root, installed=environment.records(root))  # today's, so that only the code differs


def _tree(found: Discovery, contents: Iterable[bytes | Gap], selection: Selection) -> Tree:
    tree = Tree([], [], list(found.left_out), list(found.gaps), found.note)
    role = classifier([entry.path for entry in found.entries])
    for entry, data in zip(found.entries, contents, strict=True):
        language = selection.language(entry.path)
        if language == TEXT and _is_data(entry):
            tree.left_out.append(texts.left_out(entry.path))
        elif isinstance(data, Gap):
            tree.gaps.append(data)
        else:
            if is_manifest(entry.path) and role(f"{posixpath.dirname(entry.path)}/_") not in _NOT_OURS:
                tree.manifests.append(Manifest(entry.path, data.decode("utf-8", "replace")))
            if language:
                _take(tree, SourceFile(entry.path, language, role(entry.path), sha256(data).hexdigest()), data)
    tree.left_out.sort()
    return tree


def _is_data(entry: Entry) -> bool:
    return entry.size > texts.SIZE_LIMIT and not texts.is_settings(entry.path) and not is_manifest(entry.path)


def _take(tree: Tree, file: SourceFile, data: bytes) -> None:
    text = texts.plain(data) if file.language == TEXT else decode(file.path, data)
    if isinstance(text, Gap):
        tree.gaps.append(text)
    elif text is not None:
        tree.sources.append(Source(file, text))
