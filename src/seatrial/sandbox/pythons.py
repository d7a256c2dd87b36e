"""Which Python to make an environment with: ours if the program takes it, else another that lies on this machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

_NEWEST = 30
_OLDEST = 8
_MICROS = range(30)
_MINORS = range(_NEWEST, _OLDEST - 1, -1)
_KEPT = (".pyenv/versions/*/bin/python", ".local/share/uv/python/*/bin/python3")
"""Where pyenv and uv keep them, below the user's home."""
_PATIENCE = 20
BY_URL = "name where it answers: `--url http://127.0.0.1:8000 --openapi FILE`"
"""What to do with a program that the sandbox cannot start at all."""


def fitting(asked: str, liked: Sequence[str] = ()) -> Path:
    """A Python of a version that is asked for (PEP 440; empty for any); the nearest one if there is none such here.

    `liked` are versions (`3.12`) that the program is run with elsewhere: one of them comes first if it is here; where
    all are older than the sandbox knows, the oldest that it does.
    Many a program runs with another than it says; `unmet` tells of it where it does not.
    """
    wanted = _wanted(asked)
    young = [one for one in liked if int(one[2:]) >= _OLDEST]
    for version in young or [f"3.{_OLDEST}"] * bool(liked):
        if _own().startswith(f"{version}."):
            return Path(sys.executable)
        for python in _others((int(version[2:]),)):
            if _version(python).startswith(f"{version}.") and wanted.contains(_version(python), prereleases=True):
                return python
    too_young = bool(young) and int(young[0][2:]) > sys.version_info.minor
    if wanted.contains(_own(), prereleases=True) and not too_young:
        return Path(sys.executable)
    found = {version: python for python in _others() if _minor(version := _version(python)) >= _OLDEST}
    ranked = sorted(found, key=Version, reverse=True)
    newer = [version for version in reversed(ranked) if Version(version) > Version(_own())]
    fit = (version for version in (*newer, *ranked) if wanted.contains(version, prereleases=True))
    best = next(fit, "")  # the nearest to ours: what was locked when it was new has no builds for the newest
    minors = _minors(wanted)
    nearest = sorted(ranked, key=lambda version: min((abs(_minor(version) - one) for one in minors), default=0))
    if too_young and wanted.contains(_own(), prereleases=True) and (not best or Version(best) < Version(_own())):
        return Path(sys.executable)
    return found.get(best or next(iter(nearest), ""), Path(sys.executable))


def newest_beyond(python: Path) -> Path | None:
    """The newest Python of this machine that is newer than an interpreter; None if there is none."""
    found = {Version(version): one for one in _others() if (version := _version(one))}
    newest = max(found, default=Version("0"))
    return found[newest] if newest > Version(_version(python) or "0") else None


def short(python: Path) -> str:
    """The version of an interpreter as `3.9`."""
    return ".".join(_version(python).split(".")[:2])


def unmet(asked: str, python: Path, liked: Sequence[str] = ()) -> str:
    """What to say of an interpreter of a version that is not asked for; empty if it is, or does not tell.

    So of a program that is run elsewhere (`liked`) with what the sandbox cannot run at all.
    """
    version = _version(python)
    old = asked if asked and not any(minor >= _OLDEST for minor in _minors(_wanted(asked))) else ""
    if old or (liked and all(int(one[2:]) < _OLDEST for one in liked)):
        return (
            f"It asks for Python {old or ', '.join(liked)} and was run with {version}; "
            f"trials run 3.{_OLDEST} and later. If that is why: start it yourself, and {BY_URL}."
        )
    if not version or _wanted(asked).contains(version, prereleases=True):
        return ""
    return f"It asks for Python {asked} and was run with {version}: name one that fits (`--python PATH`)."


def _wanted(asked: str) -> SpecifierSet:
    try:
        return SpecifierSet(asked)
    except InvalidSpecifier:
        return SpecifierSet()  # pip will say what is wrong with it


def _minors(wanted: SpecifierSet) -> list[int]:
    """The minor versions of Python 3 some of which are asked for; 0 for Python 2."""
    found = [minor for minor in range(_NEWEST) if any(wanted.contains(f"3.{minor}.{micro}") for micro in _MICROS)]
    return [*found, *([0] if wanted.contains("2.7.18") else [])]


def _minor(version: str) -> int:
    """That of a version of Python 3, else 0."""
    return int(version.split(".")[1]) if version.startswith("3.") else 0


def _own() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _others(minors: Iterable[int] = _MINORS) -> Iterator[Path]:
    on_path = (shutil.which(f"python3.{minor}") for minor in minors)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - `Path.home` raises where there is none
    kept = chain.from_iterable(sorted(home.glob(pattern), reverse=True) for pattern in _KEPT)
    yield from (Path(found) for found in on_path if found)
    yield from kept


@cache
def _version(python: Path) -> str:
    """The version that an interpreter gives itself; empty if it does not run (a shim that leads nowhere)."""
    code = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    try:
        done = subprocess.run(  # noqa: S603 -- an interpreter of the user's own, and our own code
            [str(python), "-I", "-c", code], capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
