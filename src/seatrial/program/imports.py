"""Imports between the program's files: which are run when a module is loaded, which later, which never."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.program.parts import File
from seatrial.program.running import scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seatrial.model.facts import ImportFacts
    from seatrial.program.names import Names


class When(StrEnum):
    """When an import is run."""

    LOAD = "load"
    """As the module is loaded: only these can make a circle that breaks."""
    LAZY = "lazy"
    """When a function is called, or the file is run as a script."""
    TYPES = "types"
    """Never: for type checkers alone."""


class Import(msgspec.Struct, frozen=True):
    """One file imports another. Several facts (`from a import b, c`) make several imports."""

    source: File
    target: File
    facts: ImportFacts
    when: When
    implicit: bool = False
    """The target is a package that is run only because a module below it is asked for."""


class Imports:
    """The import graph of a program."""

    def __init__(self, files: Iterable[File], names: Names) -> None:
        self._names = names
        self._above: dict[tuple[str, str], tuple[File, ...]] = {}
        self.all: tuple[Import, ...] = tuple(i for file in files for i in self._of(file))

    @cached_property
    def linked(self) -> frozenset[File]:
        """The files that import others of the program or are imported by them, tests aside."""
        found: set[File] = set()
        for one in self.all:
            if one.source is not one.target and not one.source.is_test:
                found.update((one.source, one.target))
        return frozenset(found)

    @cached_property
    def asked(self) -> frozenset[File]:
        """The files that others of the program import, tests aside."""
        return frozenset(one.target for one in self.all if one.source is not one.target and not one.source.is_test)

    def graph(self, when: When = When.LOAD) -> dict[File, dict[File, list[Import]]]:
        """For each file the files that it imports, with the imports that do so."""
        found: dict[File, dict[File, list[Import]]] = defaultdict(lambda: defaultdict(list))
        for one in self.all:
            if one.when is when and one.source is not one.target:
                found[one.source][one.target].append(one)
        return {source: dict(targets) for source, targets in found.items()}

    def _of(self, file: File) -> Iterator[Import]:
        known: dict[str, tuple[File | None, bool, list[File]]] = {}
        foreign = self._names.foreign
        of_script = scripts(file.body)
        for fact in file.facts.imports:
            if foreign[fact.module]:
                continue
            if fact.module not in known:
                known[fact.module] = self._behind(file, fact.module)
            own, holds, above = known[fact.module]
            when = _when(file, fact, of_script)
            named = self._named(file, fact, own, holds=holds)
            for target in named:
                yield Import(file, target, fact, when)
            for target in above:
                if target not in named:
                    yield Import(file, target, fact, when, implicit=True)

    def _behind(self, file: File, module: str) -> tuple[File | None, bool, list[File]]:
        """The file of a module that is imported, whether it holds the importer, and the packages above it."""
        own = self._names.module(file, module)
        packages = self._packages(file, self._names.absolute(file, module).rpartition(".")[0])
        above = [package for package in packages if not is_held(package, file)]
        return own, own is not None and is_held(own, file), above

    def _named(self, file: File, fact: ImportFacts, own: File | None, *, holds: bool) -> list[File]:
        """The files that an import names: the module itself, and a submodule of it.

        A package that holds the importer is already being loaded when the importer runs; importing a sibling does not
        ask for it again, only importing a name out of it does.
        """
        submodule = self._names.module(file, fact.path) if fact.path != fact.module and not fact.star else None
        named = [own] if own and (submodule is None or not holds) else []
        return [*named, submodule] if submodule and submodule is not own else named

    def _packages(self, file: File, package: str) -> tuple[File, ...]:
        """The packages that a dotted name goes through, as the files of one folder see them, the innermost first."""
        key = file.folder, package
        if package and key not in self._above:
            found = self._names.module(file, package)
            above = self._packages(file, package.rpartition(".")[0])
            self._above[key] = (found, *above) if found and found.is_package else above
        return self._above[key] if package else ()


def is_held(package: File, file: File) -> bool:
    """Whether a package holds a file, at any depth: it runs before that."""
    return package.is_package and file.path.startswith(package.folder + "/") and package is not file


def names_target(one: Import) -> bool:
    """The module itself is imported, not a name out of it."""
    return not one.implicit and one.facts.path.rpartition(".")[2] == one.target.module.rpartition(".")[2]


def _when(file: File, fact: ImportFacts, of_script: Sequence[f.Region]) -> When:
    if fact.type_only:
        return When.TYPES
    if fact.function == 0 and not of_script:
        return When.LOAD
    body = file.functions[fact.function]
    while body.facts.kind == "class":
        body = body.parent or file.body
    waits = any(region.line <= fact.line <= region.end_line for region in of_script)
    return When.LOAD if body.facts.kind == "module" and not waits else When.LAZY


def used_at_load(one: Import) -> int:
    """How many values of the importer need the imported name while the module is loaded (bases, decorators, calls)."""
    name = one.facts.path if one.facts.path != one.facts.module else one.facts.module
    return sum(
        1
        for body in one.source.functions
        if not body.is_callable
        for value, step in enumerate(body.values)
        if _mentions(step, name) and not body.is_annotation(value) and body.facts.names.get(one.facts.name) != value
    )


def _mentions(step: f.AnyValue, name: str) -> bool:
    path = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call and step.receiver < 0 else ""
    return path == name or path.startswith(name + ".")
