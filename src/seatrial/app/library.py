"""The libraries that are installed beside the code, as rules ask for them: files are found and read, never imported."""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from seatrial import registry
from seatrial.facts import Source, Store, extract
from seatrial.model.facts import FileFacts
from seatrial.model.outside import Module
from seatrial.model.source import Installed, Role, SourceFile

LARGEST = 2_000_000
"""Bytes of a module that is read."""


class Environment:
    """The modules below the `site-packages` folders of an environment. Facts are kept in the store like all others."""

    def __init__(self, folders: Sequence[Path], installed: Sequence[Installed], store: Store) -> None:
        self._folders = tuple(folders)
        self._installed = installed
        self._store = store
        self._known: dict[str, Module | None] = {}

    def module(self, name: str) -> Module | None:
        """See `Library`. A stub is read where only compiled code lies beside it."""
        if name not in self._known:
            try:
                self._known[name] = self._module(name)
            except OSError:  # a file that nobody may read says nothing, like compiled code
                self._known[name] = None
        return self._known[name]

    def owner(self, name: str) -> Installed | None:
        """See `Library`."""
        return self._owners.get(name)

    @cached_property
    def _owners(self) -> dict[str, Installed]:
        return {top.partition(".")[0]: one for one in self._installed for top in one.imports}

    def _module(self, name: str) -> Module | None:
        if not all(part.isidentifier() for part in name.split(".")):
            return None
        for file, is_package in self._files(name):
            facts = self._facts(file) if file.is_file() and file.stat().st_size <= LARGEST else None
            if facts:
                return Module(name, is_package, facts, frozenset(_inner(file.parent)) if is_package else frozenset())
        return None

    def _files(self, name: str) -> Iterator[tuple[Path, bool]]:
        """Where the text of a module may lie, in the order in which Python looks."""
        for folder in self._folders:
            base = folder.joinpath(*name.split("."))
            yield base / "__init__.py", True
            yield base / "__init__.pyi", True
            yield base.with_suffix(".py"), False
            yield base.with_suffix(".pyi"), False

    def _facts(self, file: Path) -> FileFacts | None:
        try:
            data = file.read_bytes()
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        source = Source(SourceFile(str(file), "python", Role.CODE, sha256(data).hexdigest()), text)
        found = extract([source], registry.languages(), self._store).files
        return found[0][1] if found else None


def _inner(folder: Path) -> Iterator[str]:
    """The modules and packages in a package's folder."""
    for entry in os.scandir(folder):
        name, _, suffix = entry.name.partition(".")
        if name.isidentifier() and (
            entry.is_dir() or f".{suffix}" in (".py", ".pyi") or suffix.endswith(("so", "pyd"))
        ):
            yield name
