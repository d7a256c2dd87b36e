"""The texts of a program's tree, for those who look in them without running any."""

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

_LARGEST = 500_000
"""Bytes above which a file holds data, or is made by a machine."""
_LENT = frozenset({"site-packages", "node_modules"})
_PREFIX = re.compile(r"env_prefix\s*=\s*[\"'](\w+)[\"']|[\"']env_prefix[\"']\s*:\s*[\"'](\w+)[\"']")
_COMPOSED = re.compile(r"^[ \t]*(\w+)(?:\s*:[^=\n]+)?\s*=\s*\(?\s*f[\"'][^\n]*\{", re.MULTILINE)


def texts(root: Path, endings: tuple[str, ...], without: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Every file below `root` whose name ends so, with its text; folders of the names `without` are not entered."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in without)
        for file in (Path(folder, name) for name in sorted(names) if name.endswith(endings)):
            if file.is_file() and file.stat().st_size < _LARGEST:
                yield file, file.read_text(errors="replace")


def own_modules(root: Path) -> frozenset[str]:
    """The names of all folders and modules of Python below `root`."""
    found: set[str] = set()
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _LENT and not name.startswith(".")]
        modules = [Path(name).stem for name in names if name.endswith(".py")]
        found.update(modules)
        if modules and Path(folder) != root:
            found.add(Path(folder).name)
    return frozenset(found)


def prefixes(text: str) -> tuple[str, ...]:
    """What its classes of settings put before the names of their fields, in capitals."""
    return tuple(dict.fromkeys((one or other).upper() for one, other in _PREFIX.findall(text)))


def composed(text: str) -> set[str]:
    """The names that a program makes of other values, as it writes them: those are set instead."""
    return {found[1] for found in _COMPOSED.finditer(text)}
