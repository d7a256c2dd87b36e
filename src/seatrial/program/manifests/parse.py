"""Put the readings of single manifests together: includes resolved, one `Part` for each project of the repository."""

import posixpath
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

from msgspec.structs import replace
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName

from seatrial.model.source import Gap, Installed, Manifest, Stage
from seatrial.program.manifests import conda, locks, pipenv, pyproject, requirements_txt, setup_files
from seatrial.program.manifests.nouns import Part, Requirement, Requirements, Use
from seatrial.program.manifests.reading import Reading

_READERS = {
    "pyproject.toml": pyproject.read,
    "setup.cfg": setup_files.read_cfg,
    "setup.py": setup_files.read_py,
    "tox.ini": setup_files.read_tox,
    "Pipfile": pipenv.read,
    "Pipfile.lock": locks.read_pipfile_lock,
    "poetry.lock": locks.read_toml,
    "uv.lock": locks.read_toml,
    "pdm.lock": locks.read_toml,
    "pylock.toml": locks.read_toml,
    "environment.yml": conda.read,
    "environment.yaml": conda.read,
}
_FOLDERS = frozenset({"requirements", "requires", "reqs", "dependencies", "constraints"})
"""Folders that hold nothing but requirement files: these speak for the folder above."""


@lru_cache(maxsize=4)
def parse(manifests: tuple[Manifest, ...], installed: tuple[Installed, ...] = ()) -> Requirements:
    """Everything that the manifests say.

    Args:
        manifests: the files, in any order; a name that is not known is read if it looks like a requirement file.
        installed: distributions found in a virtual environment of the tree, if there is one.
    """
    readings = {one.path: reading for one in manifests if (reading := read(one)) is not None}
    folders: dict[str, list[Reading]] = {}
    for path in sorted(readings):
        folders.setdefault(_part_folder(path), []).append(readings[path])
    missing = [gap for reading in readings.values() for gap in _missing(reading, readings)]
    parts = [_part(folder, inside, readings) for folder, inside in sorted(folders.items())]
    gaps = [gap for reading in readings.values() for gap in reading.gaps]
    return Requirements(_link(parts), tuple(sorted({*gaps, *missing})), installed)


def read(manifest: Manifest) -> Reading | None:
    """What one manifest says; None if its name is that of no format."""
    name = posixpath.basename(manifest.path)
    if name in _READERS:
        return _READERS[name](manifest.path, manifest.text)
    if name.startswith("pylock.") and name.endswith(".toml"):
        return locks.read_toml(manifest.path, manifest.text)
    if name.endswith((".txt", ".in", ".pip")):
        return requirements_txt.read(manifest.path, manifest.text)
    return None


def _part_folder(path: str) -> str:
    folders = path.split("/")[:-1]
    cut = next((at for at, name in enumerate(folders) if name in _FOLDERS), len(folders))
    return "/".join(folders[:cut])


def _missing(reading: Reading, known: Collection[str]) -> Iterator[Gap]:
    for include in reading.includes:
        if include.path not in known:
            yield Gap(reading.path, include.line, Stage.PROGRAM, f"includes {include.path}, which was not read")


def _part(folder: str, readings: list[Reading], known: dict[str, Reading]) -> Part:
    everything = [need for reading in _sources(readings) for need in _with_includes(reading, known)]
    sourced = {name for reading in readings for name in reading.sourced}
    has_files = any(
        reading.declares
        and reading.path.endswith((".txt", ".in", ".pip"))
        and requirements_txt.use_of(reading.path) is Use.RUN
        for reading in readings
    )
    return Part(
        folder=folder,
        distribution=next((r.distribution for r in readings if r.distribution), NormalizedName("")),
        requirements=tuple(_from_source(need, sourced) for need in dict.fromkeys(everything)),
        locked=tuple(entry for reading in readings for entry in reading.locked),
        requires_python=_python(readings),
        declares=any(reading.declares for reading in readings),
        complete=_complete(readings, known, has_files=has_files),
        private_index=any(reading.private_index for reading in readings),
        published=any(reading.published for reading in readings),
        members=tuple(member for reading in readings for member in reading.members),
    )


def _sources(readings: list[Reading]) -> list[Reading]:
    """The readings that say what is asked for: a compiled file does only if there is nothing that it was made from."""
    written = [reading for reading in readings if reading.declares and not reading.compiled]
    uses = {
        requirements_txt.use_of(one.path) if one.path.endswith((".txt", ".in", ".pip")) else None for one in written
    }
    return [one for one in readings if not one.compiled or not uses & {None, requirements_txt.use_of(one.path)}]


def _with_includes(reading: Reading, known: dict[str, Reading]) -> list[Requirement]:
    """A manifest's requirements and those of the files that it includes, in a circle or not, each for its use."""
    found = list(reading.requirements)
    waiting = [(include.path, include.use) for include in reading.includes]
    seen: set[tuple[str, Use]] = set()
    while waiting:
        path, use = waiting.pop()
        if (path, use) in seen or path not in known:
            continue
        seen.add((path, use))
        found += [_used(need, use) for need in known[path].requirements]
        waiting += [(one.path, one.use if one.use is Use.CONSTRAINT else use) for one in known[path].includes]
    return found


def _used(need: Requirement, use: Use) -> Requirement:
    return need if need.use is use else replace(need, use=use)


def _from_source(need: Requirement, sourced: set[NormalizedName]) -> Requirement:
    return need if need.direct or need.name not in sourced else replace(need, direct="source")


def _python(readings: Iterable[Reading]) -> SpecifierSet:
    whole = SpecifierSet()
    for reading in readings:
        whole &= reading.requires_python
    return whole


def _complete(readings: list[Reading], known: dict[str, Reading], *, has_files: bool) -> bool:
    """A computed list counts as read when requirement files of the program lie beside it: it is computed from them."""
    included = all(one.path in known for reading in readings for one in reading.includes)
    return included and (has_files or not any(reading.computed for reading in readings))


def _link(parts: list[Part]) -> tuple[Part, ...]:
    """Parts with `members` as folders of parts that exist: patterns and names looked up."""
    by_name = {f"name:{part.distribution}": part.folder for part in parts if part.distribution}
    linked = []
    for part in parts:
        wanted = [by_name.get(one, one) for one in part.members] + [
            need.direct for need in part.requirements if need.direct
        ]
        patterns = ["" if one == "." else one for one in wanted]
        others = (other.folder for other in parts if other is not part)
        members = sorted(folder for folder in others if any(fnmatchcase(folder, pattern) for pattern in patterns))
        linked.append(replace(part, members=tuple(members)))
    return tuple(linked)
