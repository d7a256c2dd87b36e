"""Which libraries a part of the repository uses for one job, and in which files."""

from __future__ import annotations

from collections import defaultdict
from posixpath import dirname
from typing import TYPE_CHECKING

import msgspec

from seatrial.libraries.rivals import rivals
from seatrial.model import facts as f
from seatrial.model.source import Manifest, Role
from seatrial.program.derived import derived
from seatrial.program.manifests.owned import Import, Way, for_development
from seatrial.program.parts import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.libraries.rivals import Job

_CALLS = frozenset({f.Call})


class Use(msgspec.Struct, frozen=True):
    """A library that does a job, and the first import of it in each file that has it done."""

    library: str
    imports: tuple[Import, ...]


class Rivalry(msgspec.Struct, frozen=True):
    """A job that several libraries do, the one with the most files first."""

    job: str
    uses: tuple[Use, ...]


def rivalries(outward: Iterable[Import], manifests: Iterable[Manifest]) -> Iterator[Rivalry]:
    """The jobs for which a part of the repository (a folder with a manifest) uses more than one library.

    Files that serve tests or developers do not count, nor imports that may fail, nor adapters: modules that bear the
    library's name.
    """
    folders = sorted({dirname(manifest.path) for manifest in manifests}, key=len, reverse=True)
    parts: dict[str, dict[str, list[Import]]] = defaultdict(lambda: defaultdict(list))
    for one in outward:
        part = next((folder for folder in folders if not folder or one.file.path.startswith(f"{folder}/")), "")
        if one.way is not Way.GUARDED and one.file.role is Role.CODE and not for_development(one.file, part):
            parts[part][one.head].append(one)
    for imports in parts.values():
        for job in rivals():
            present = [library for library in job.libraries if library in imports]
            uses = _uses(job, {library: imports[library] for library in present}) if len(present) > 1 else []
            if len(uses) > 1:
                yield Rivalry(job.name, tuple(uses))


def _uses(job: Job, imports: dict[str, list[Import]]) -> list[Use]:
    found = [Use(library, tuple(_users(library, job.libraries[library], imports[library]))) for library in imports]
    return sorted((use for use in found if use.imports), key=lambda use: (-len(use.imports), use.library))


def _users(library: str, names: tuple[str, ...], imports: list[Import]) -> Iterable[Import]:
    found: dict[File, Import] = {}
    for one in imports:
        if one.file not in found and library.lower() not in one.file.module.lower() and _does(one.file, names):
            found[one.file] = one
    return found.values()


def _does(file: File, names: tuple[str, ...]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for path in _used(file) for name in names)


@derived(list[str])
def _used(file: File) -> list[str]:
    """The paths of what a file calls, derives from or decorates with, each once."""
    return list(dict.fromkeys(_paths(file)))


def _paths(file: File) -> Iterator[str]:
    for body in file.functions:
        for at in body.of(_CALLS):
            step = body.values[at]
            if type(step) is f.Call and step.receiver < 0:
                yield step.callee
        outer = body.parent or body
        yield from (v.path for i in body.facts.decorators if type(v := outer.values[i]) is f.Ref)
    for cls in file.classes:
        yield from (v.path for i in cls.facts.bases if type(v := cls.outer.values[i]) is f.Ref)
