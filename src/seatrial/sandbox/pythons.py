"""Which Python to make an environment with: ours if the program takes it, else another that lies on this machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from seatrial.sandbox.errors import StartError

_MINORS = range(20, 7, -1)
_KEPT = (".pyenv/versions/*/bin/python", ".local/share/uv/python/*/bin/python3")
"""Where pyenv and uv keep them, below the user's home."""
_PATIENCE = 20


def fitting(asked: str) -> Path:
    """A Python of a version that is asked for (PEP 440; empty for any).

    Raises `StartError` if there is none here.
    """
    try:
        wanted = SpecifierSet(asked)
    except InvalidSpecifier:
        return Path(sys.executable)  # pip will say what is wrong with it
    if wanted.contains(_own(), prereleases=True):
        return Path(sys.executable)
    found = ((version, python) for python in _others() if (version := _version(python)))
    best = next((python for version, python in found if wanted.contains(version, prereleases=True)), None)
    if best is None:
        raise StartError(
            f"the program asks for Python {asked}, and none is found here (this one is {_own()}). "
            "Install it, or name an interpreter that has what it needs: `--python PATH`, or `python` in `[app]`."
        )
    return best


def _own() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _others() -> Iterator[Path]:
    on_path = (shutil.which(f"python3.{minor}") for minor in _MINORS)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - `Path.home` raises where there is none
    kept = chain.from_iterable(sorted(home.glob(pattern), reverse=True) for pattern in _KEPT)
    yield from (Path(found) for found in on_path if found)
    yield from kept


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
