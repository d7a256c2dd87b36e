"""What manifests say, as values: requirements, lock entries, parts of the repository."""

from enum import StrEnum
from itertools import chain

import msgspec
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from seatrial.model.source import Gap, Installed


class Use(StrEnum):
    """What a requirement is for."""

    RUN = "run"
    EXTRA = "extra"
    """An optional feature of the program: its code may rest on it."""
    DEVELOPMENT = "development"
    """Tests, documentation, linting: the program's own code may not rest on it."""
    BUILD = "build"
    CONSTRAINT = "constraint"
    """Says which version if it is installed, but does not ask for it."""


HATCH = "hatch.envs."
"""How the group of a requirement begins of one of hatch's environments, which it makes without a lock."""


class Requirement(msgspec.Struct, frozen=True):
    """One declared requirement.

    `name` is normalised (PEP 503); empty for a direct reference that does not name itself.
    """

    name: NormalizedName
    written: str
    """The name as it stands in the file."""
    specifier: SpecifierSet
    marker: Marker | None
    extras: frozenset[str]
    use: Use
    group: str
    """The extra or group that holds it; empty for the plain list."""
    direct: str
    """URL or path (relative to the root) that it is fetched from; empty if it comes from an index."""
    hashed: bool
    """Pinned by hash: a resolver has seen it."""
    path: str
    line: int


class Locked(msgspec.Struct, frozen=True):
    """One entry of a lock file: the version that a resolver chose. None for something without version (a path).

    `needs` are the names that it asks for itself, empty if the lock does not say, or for a part of this repository.
    """

    name: NormalizedName
    version: Version | None
    marker: Marker | None
    path: str
    line: int
    needs: tuple[NormalizedName, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """A project of the repository: the folder of its manifests, and what they say together.

    `requirements` holds what included files (`-r`, `-c`) bring, too. `folder` is relative to the root (itself: empty).
    """

    folder: str
    distribution: NormalizedName
    """Its own name; empty if it has none."""
    requirements: tuple[Requirement, ...]
    locked: tuple[Locked, ...]
    requires_python: SpecifierSet
    declares: bool
    """It says somewhere what it needs (even if that is nothing)."""
    complete: bool
    """Everything that declares was read; False with computed lists or includes that are not there."""
    private_index: bool
    """It also takes distributions from an index of its own, whose names nobody else knows."""
    published: bool
    """Its metadata (classifiers, links) addresses strangers: a library, whose users choose what goes with it."""
    members: tuple[str, ...]
    """Folders of parts of this repository that it is installed together with (path and workspace requirements)."""


class Requirements(msgspec.Struct, frozen=True):
    """Everything that the repository's manifests say. Parts are sorted by folder."""

    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    installed: tuple[Installed, ...] = ()

    def part_of(self, path: str) -> Part | None:
        """The part that a source file belongs to: that of the nearest folder above it which declares something."""
        return next(iter(self.enclosing(path)), None)

    def locks(self, part: Part) -> tuple[Locked, ...]:
        """The lock entries that hold for a part: its own, and those of a folder above whose lock lists it."""
        above = (one for one in self.parts if one is not part and inside(part.folder, one.folder))
        shared = (one.locked for one in above if any(part.distribution == entry.name for entry in one.locked))
        return tuple(chain(part.locked, *shared))

    def enclosing(self, path: str) -> list[Part]:
        """The parts above a source file, nearest first."""
        found = [part for part in self.parts if part.declares and inside(path, part.folder)]
        return sorted(found, key=lambda part: -len(part.folder))


def inside(path: str, folder: str) -> bool:
    """Whether `path` lies in `folder`; the empty folder holds everything."""
    return not folder or path == folder or path.startswith(f"{folder}/")
