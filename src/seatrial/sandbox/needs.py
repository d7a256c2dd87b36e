"""What the program needs to be installed, as its own files say, in the order in which to try."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from seatrial.sandbox.decoding import decoded
from seatrial.sandbox.dependency_groups import main_groups, other_groups
from seatrial.sandbox.imported import imported
from seatrial.sandbox.locks import LOCKS, Locked, locked, of_the_tool, repository
from seatrial.sandbox.requirement_files import HASH, arguments, lines, says_nothing, without_options

_SETS = ("base", "common", "prod", "production", "requirements", "main", "default", "local", "dev", "development")
_LOCKS = ("requirements.txt", *(f"requirements/{name}.txt" for name in _SETS))
_HOMES = ("", "backend", "server", "api", "app", "src")
_SAID = ("manage.py", "requirements.txt", "pyproject.toml", "setup.py")
_ASIDE = frozenset({"docs", "doc", "tests", "test", "examples", "scripts", "tools", "node_modules", "frontend"})
_CARET = re.compile(r"^\^(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_FOR_DEVELOPERS = re.compile(r"dev|test|doc|lint|build|tool", re.IGNORECASE)
_RUN_WITH = re.compile(
    r"^(?:(?:FROM\s+|ARG\s+\w+=[\"']?)(?:\S+/)?python:|python-)?(3\.\d+)(?:\.\d+)?(?=[\s\"'-]|$)", re.MULTILINE
)
_PROJECTS = ("pyproject.toml", *LOCKS, "Pipfile", "Pipfile.lock", "setup.py")
_PYTHONS = (".python-version", "runtime.txt")
_LARGEST = 100_000
_EDITABLE = re.compile(r"^(?:-e|--editable)[= ]\s*")
_TILDE = re.compile(r"^~(\d+(?:\.\d+)*)")


def home(root: Path) -> Path:
    """The folder of the tree from which the program is run: the first that says what is needed, a usual one first.

    It is at the top, or up to two folders below. A top that lists needs and holds no code comes last: it is where
    several programs lie.
    """
    files = (file for below in ("*", "*/*") for name in _SAID for file in sorted(root.glob(f"{below}/{name}")))
    below = (file.parent for file in files if not any(map(_is_aside, _between(root, file))))
    usual = (root / name for name in _HOMES)
    said = (folder for folder in usual if any((folder / file).is_file() for file in (*_LOCKS, *_SAID)))
    found = [*chain(said, below)]
    return next((folder for folder in found if _has_code(folder)), next(iter(found), root))


def _has_code(folder: Path) -> bool:
    """Whether modules lie in it, or in folders below it that say nothing of their own needs."""
    below = [one for pattern in ("*/", "src/*/") for one in folder.glob(pattern) if one.is_dir() and not _is_aside(one)]
    own = [one for one in below if not any((one / name).is_file() for name in _SAID)]
    return any(next(place.glob("*.py"), None) for place in (folder, *own))


def listing(root: Path) -> Path:
    """The folder of the tree whose files say what is needed: the one that the program is run from, or one above it."""
    start = home(root)
    above = (folder for folder in (start, *start.parents) if folder.is_relative_to(root))
    return next((folder for folder in above if declared(folder)), start)


def _between(root: Path, file: Path) -> Iterator[Path]:
    return (folder for folder in file.parents if folder != root and folder.is_relative_to(root))


def _is_aside(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _ASIDE


def needs(folder: Path) -> Iterator[Sequence[str]]:
    """Arguments for pip, one list after another to be tried: exact versions first, then what is asked for."""
    yield from listed(folder)
    yield from asked_for(folder)


def asked_for(folder: Path) -> Iterator[Sequence[str]]:
    """What the project asks for itself, mostly with less exactness than what it lists; else what its code imports."""
    if declared(folder):
        yield from _declared(folder)
    elif told := [*dict.fromkeys(imported(folder).values())]:
        yield told


def declared(folder: Path) -> bool:
    """Whether anything says what is needed, be it in a list or in the project."""
    return any(listed(folder)) or any(_declared(folder))


def _declared(folder: Path) -> Iterator[Sequence[str]]:
    if asked := _asked_for(folder):
        yield asked
    elif (folder / "setup.py").is_file():
        yield [str(folder)]
    elif not any(listed(folder)) and (grouped := other_groups(_toml(folder / "pyproject.toml"))):
        yield grouped


def listed(folder: Path) -> Iterator[Sequence[str]]:
    """What locks and files of requirements list.

    Of several files with exact versions, that of the tool which the project names comes before what is exported, and
    that before what other tools left. A file that names an index of packages is tried as it is, and then with the
    user's own: theirs may be out of reach.
    """
    asked = _asked_for(folder)
    own = of_the_tool(_toml(folder / "pyproject.toml")) if asked else ()
    if pinned := locked(folder, asked, own):
        yield Locked(pinned)
    if (lock := _lock(folder)) and not says_nothing(lock):
        yield arguments(lock)
        if plain := without_options(lock):
            yield plain
    if not pinned and (left := locked(folder, asked, LOCKS) or [*_pipenv(folder / "Pipfile.lock")]):
        yield Locked(left)


def _asked_for(folder: Path) -> list[str]:
    """What the project and Pipenv's file ask for, as requirements."""
    project = _toml(folder / "pyproject.toml")
    pipfile = _toml(folder / "Pipfile").get("packages", {})
    own = project.get("project", {}).get("dependencies", ())
    return [*own, *_poetry(project), *_asked(pipfile)] or main_groups(project)


def _lock(folder: Path) -> Path | None:
    """The requirements file of a folder: that which the project names, else of a usual name, else any.

    Any, if no project file says what is needed: many hold the settings of tools alone. Of several, what is for
    developers and tests comes last.
    """
    usual = (*_named_files(folder), *(folder / name for name in _LOCKS))
    if found := next((file for file in usual if file.is_file()), None):
        return found
    if _asked_for(folder) or any((folder / name).is_file() for name in (*LOCKS, "Pipfile.lock", "setup.py")):
        return None
    others = (*sorted(folder.glob("*requirements*.txt")), *sorted(folder.glob("*/*requirements*.txt")))
    own = [file for file in others if not _is_aside(file.parent)]
    return min(own, key=lambda file: _FOR_DEVELOPERS.search(file.stem) is not None, default=None)


def _named_files(folder: Path) -> Iterator[Path]:
    """The files of requirements from which a build by setuptools takes what the project asks for."""
    said = _toml(folder / "pyproject.toml").get("tool", {}).get("setuptools", {}).get("dynamic", {})
    named = said.get("dependencies", {}).get("file", ())
    yield from (folder / name for name in ([named] if isinstance(named, str) else named))


def plain(folder: Path) -> list[str]:
    """What `needs` asks for first, as requirements alone: what it takes from a repository too, no options."""
    found = list(next(needs(folder), ()))
    if found[:1] == ["-r"]:
        own = (HASH.sub("", _EDITABLE.sub("", line)).partition(" --")[0].strip() for line in lines(Path(found[1])))
        return [line for line in own if line and line[0] not in "-." and not line.startswith("file:")]
    return [] if found == [str(folder)] else [one for one in found if not one.startswith("-")]


def elsewhere(folder: Path) -> Iterator[str]:
    """Requirements that other files of the program name: those of developers, of tests, of further services."""
    for file in sorted({*folder.glob("*requirements*.txt"), *folder.glob("*requirements*/*.txt")}):
        yield from (line for line in lines(file) if not line.startswith("-") and "://" not in line)
    project = _toml(folder / "pyproject.toml")
    for group in (project.get("project", {}).get("optional-dependencies", {}), project.get("dependency-groups", {})):
        yield from (one for listed in group.values() for one in listed if isinstance(one, str))
    poetry = project.get("tool", {}).get("poetry", {})
    for said in (
        poetry.get("dev-dependencies", {}),
        *(one.get("dependencies", {}) for one in _values(poetry, "group")),
    ):
        yield from said
    yield from _asked(_toml(folder / "Pipfile").get("dev-packages", {}))


def _values(said: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return list(said.get(name, {}).values())


def sources(folder: Path) -> list[Path]:
    """The files that `needs` and `python` read."""
    named = [folder / name for name in (*_LOCKS, *_PROJECTS, *_PYTHONS)]
    return [file for file in dict.fromkeys((*named, _lock(folder))) if file and file.is_file()]


def python(folder: Path) -> str:
    """The versions of Python that the program asks for, as PEP 440 has them; empty if it asks for none."""
    project = _toml(folder / "pyproject.toml")
    asked = project.get("project", {}).get("requires-python", "")
    poetry = project.get("tool", {}).get("poetry", {}).get("dependencies", {}).get("python", "")
    pipenv = _toml(folder / "Pipfile").get("requires", {}).get("python_version", "")
    return str(asked or _range(str(poetry)) or (f"=={pipenv}.*" if pipenv else ""))


def pythons_named(folder: Path) -> list[str]:
    """The versions of Python (`3.12`) that the program is run with elsewhere, as its own files say."""
    patterns = (*_PYTHONS, "*ockerfile*", "docker/*ockerfile*")
    files = [file for top in (folder, folder.parent) for pattern in patterns for file in sorted(top.glob(pattern))]
    found = (version for file in files if file.is_file() for version in _RUN_WITH.findall(_text(file)))
    return list(dict.fromkeys(found))


def _text(path: Path) -> str:
    return decoded(path) if path.stat().st_size < _LARGEST else ""


def _pipenv(path: Path) -> Iterator[str]:
    try:
        locked = json.loads(path.read_text(encoding="utf-8"))["default"]
    except (OSError, ValueError, KeyError):
        return
    for name, said in locked.items():
        address = repository(said)
        if address or "version" in said:
            yield f"{name} @ {address}" if address else f"{name}{said['version']}"


def _poetry(project: Mapping[str, Any]) -> Iterator[str]:
    yield from _asked(project.get("tool", {}).get("poetry", {}).get("dependencies", {}))


def _asked(table: Mapping[str, Any]) -> Iterator[str]:
    """A table of dependencies, as Poetry and Pipenv have them, as requirements."""
    for name, said in table.items():
        if name != "python":
            version = said.get("version", "") if isinstance(said, Mapping) else str(said)
            extras = ",".join(said.get("extras", ())) if isinstance(said, Mapping) else ""
            address = repository(said) if isinstance(said, Mapping) else ""
            whole = f"{name}[{extras}]" if extras else name
            yield f"{whole} @ {address}" if address else f"{whole}{_range(version)}"


def _range(version: str) -> str:
    """Poetry's `^` and `~` as PEP 440 has them."""
    if caret := _CARET.match(version):
        major, minor = int(caret[1]), int(caret[2] or 0)
        return f">={version[1:]},<{major + 1}" if major else f">={version[1:]},<0.{minor + 1}"
    if tilde := _TILDE.match(version):
        return f"~={tilde[1]}" if "." in tilde[1] else f">={tilde[1]},<{int(tilde[1]) + 1}"
    return "" if version in {"", "*"} else version if version[0] in "<>=!~" else f"=={version}"


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(decoded(path))
    except (OSError, ValueError):
        return {}
