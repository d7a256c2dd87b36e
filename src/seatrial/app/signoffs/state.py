"""What one state of the repository (the checkout, or a commit) says about sign-offs: `.seatrial` and settings."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from seatrial import registry
from seatrial.app import git, settings
from seatrial.app.settings import Settings
from seatrial.decisions.signoffs import exemptions, records, revoked, roles, signers
from seatrial.errors import DecisionError
from seatrial.model.mandate import Exemption
from seatrial.model.text import as_kept, printable

FOLDER = ".seatrial"
LARGEST = 50_000_000
"""Bytes. More is no record that a tool of ours wrote."""


class State(msgspec.Struct, frozen=True):
    """The files below `.seatrial` by path, and the settings as used and as written."""

    files: Mapping[str, bytes]
    settings: Settings
    options: Mapping[str, Any]
    settings_file: str

    @property
    def has_mandate(self) -> bool:
        """Whether sign-offs are asked for."""
        return roles.NAME in self.files

    @property
    def trust(self) -> records.Trust:
        """Whose signatures count. Raises `DecisionError`."""
        return records.read_trust(signers.parse(self.text(signers.NAME)), self.revoked)

    @property
    def revoked(self) -> revoked.Revoked:
        """Keys that no longer count. Raises `DecisionError`."""
        return revoked.parse(self.files.get(revoked.NAME, b""))

    @property
    def exemptions(self) -> tuple[Exemption, ...]:
        """Units that need no sign-off as they stand. Raises `DecisionError`."""
        return exemptions.parse(self.text(exemptions.NAME))

    @property
    def records(self) -> dict[str, bytes]:
        """The files of all sign-offs by path."""
        return {path: data for path, data in self.files.items() if records.is_one(path)}

    def text(self, name: str) -> str:
        """A file as text; empty if it is not there. Raises `DecisionError`."""
        try:
            return self.files.get(name, b"").decode()
        except UnicodeDecodeError as error:
            raise DecisionError(f"{name} is not UTF-8: {error.reason}. Restore it from version control.") from None


def on_disk(root: Path) -> State:
    """The state of the checkout. Raises `ConfigError`, `DecisionError` (too for a link: who reads it may be misled)."""
    loaded = settings.load(root, registry.rule_ids())
    return State(dict(_files(root)), loaded.settings, loaded.options, _relative(root, loaded.file))


def of_commit(root: Path, commit: str) -> State:
    """The state of a commit (a full object id). Raises `ConfigError`, `SourceError` when objects are missing."""
    with git.needing(commit):
        if links := git.links(root, commit, FOLDER):
            raise _linked(f"{links[0]} of commit {commit[:12]}")
        blobs = [blob for blob in git.blobs(root, commit, FOLDER) if blob.size <= LARGEST]
        contents = git.contents(root, [blob.oid for blob in blobs])
        files = {git.path_of(blob): as_kept(data) for blob, data in zip(blobs, contents, strict=True)}
        found = settings.of_commit(root, lambda path: git.file_at(root, commit, path), registry.rule_ids())
    return State(files, found.settings, found.options, found.file)


def _files(root: Path) -> list[tuple[str, bytes]]:
    """The files below `.seatrial`. Raises `DecisionError` when one cannot be read, and for a link."""
    found: list[tuple[str, bytes]] = []
    if (root / FOLDER).is_symlink():
        raise _linked(FOLDER)
    for folder, names, files in os.walk(root / FOLDER):
        names.sort()
        for path in (Path(folder, name) for name in (*names, *sorted(files))):
            if path.is_symlink():
                raise _linked(path.relative_to(root).as_posix())
            if path.is_file():
                found.append((path.relative_to(root).as_posix(), _read(path)))
    return found


def _linked(what: str) -> DecisionError:
    return DecisionError(f"{printable(what)} is a link, and who may sign must stand there itself. Put the file there.")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DecisionError(f"{path.name} is larger than {LARGEST:,} bytes. Restore or remove it.")
        return as_kept(path.read_bytes())
    except OSError as error:
        raise DecisionError(f"{path.name} cannot be read: {error.strerror}. Make it a readable file.") from error


def _relative(root: Path, file: str) -> str:
    return os.path.relpath(file, root.resolve()).replace(os.sep, "/") if file else ""
