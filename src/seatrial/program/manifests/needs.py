"""What the program's code needs from elsewhere: one `Need` for each part and distribution, with all its imports."""

from collections.abc import Iterable, Iterator

import msgspec

from seatrial.libraries.distributions import distributions
from seatrial.model.finding import Place, Step
from seatrial.model.source import Role
from seatrial.program.manifests.nouns import Part, Requirements
from seatrial.program.manifests.owned import Import, Way, for_development, optional
from seatrial.program.manifests.providers import providers
from seatrial.program.manifests.standing import Standing, standing
from seatrial.program.parts import File

_MOST_STEPS = 5


class Need(msgspec.Struct, frozen=True):
    """Imports of one distribution's modules in one part (None: no manifest speaks for these files)."""

    part: Part | None
    imports: tuple[Import, ...]
    """The surest to run first, then in the order of files and lines. Never empty."""
    standing: Standing
    optional: bool
    """Some file imports it under guard, so the program can do without."""
    packages: frozenset[str]
    """The folders that are packages."""

    @property
    def way(self) -> Way:
        """When the surest of its imports runs."""
        return self.imports[0].way

    @property
    def for_development(self) -> bool:
        """Only files that serve development import it."""
        folder = self.part.folder if self.part else ""
        return all(for_development(one.file, folder) for one in self.imports)

    @property
    def apart(self) -> bool:
        """It may be there though nothing declares it."""
        return self.imports[0].head in distributions().apart

    @property
    def packaged(self) -> bool:
        """Code that is shipped as a package imports it: a file inside a package of a part that has a name."""
        named = self.part is not None and bool(self.part.distribution)
        files = {one.file for one in self.imports}
        return named and any(f.folder in self.packages or (not self.packages and "." in f.module) for f in files)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The imports as steps of a finding's path, the first few of them; empty if there is but one."""
        places = [Place(one.file.path, one.line, one.line) for one in self.imports]
        distinct = list(dict.fromkeys(places))
        return tuple(Step(place, "imported here") for place in distinct[:_MOST_STEPS]) if len(distinct) > 1 else ()

    @property
    def others(self) -> str:
        """How many other places import it, in words; empty if none."""
        count = len({(one.file.path, one.line) for one in self.imports}) - 1
        return "" if not count else "1 other place" if count == 1 else f"{count} other places"


def needs(files: Iterable[File], imports: Iterable[Import], requirements: Requirements) -> Iterator[Need]:
    """Everything that the code (not its tests) needs from elsewhere, sorted by part and place."""
    files = tuple(files)
    packages = frozenset(file.folder for file in files if file.is_package)
    spared = optional(files)
    groups: dict[tuple[str, str], list[Import]] = {}
    parts: dict[str, Part | None] = {}
    for one in imports:
        if one.file.role is Role.CODE:
            part = requirements.part_of(one.file.path)
            key = part.folder if part else "\0"
            parts[key] = part
            groups.setdefault((key, next(iter(providers(one.module)), one.head)), []).append(one)
    for (key, _), group in sorted(groups.items()):
        part = parts[key]
        folder = part.folder if part else ""
        ordered = sorted(group, key=lambda one: (one.way, for_development(one.file, folder), one.file.path, one.line))
        yield Need(part, tuple(ordered), _standing(requirements, part, ordered), ordered[0].head in spared, packages)


def _standing(requirements: Requirements, part: Part | None, imports: list[Import]) -> Standing:
    """The worst standing among the modules imported: one that is declared speaks for no other."""
    if part is None:
        known = all(providers(one.module) for one in imports)
        return Standing.KNOWN if known else Standing.UNKNOWN
    return max(standing(requirements, part, module) for module in {one.module for one in imports})
