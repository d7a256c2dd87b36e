"""Read lock files: `uv.lock`, `poetry.lock`, `pdm.lock`, `pylock.toml` (PEP 751) and `Pipfile.lock`."""

import json
import re
from collections.abc import Iterator
from typing import Any

from packaging.utils import NormalizedName, canonicalize_name

from seatrial.program.manifests.pyproject import load, table
from seatrial.program.manifests.reading import Lines, Reading

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def read_toml(path: str, text: str) -> Reading:
    """The entries of a lock file that lists `[[package]]` (or `[[packages]]`) tables."""
    reading = Reading(path)
    data = load(reading, text)
    entries = data.get("package") or data.get("packages") or []
    numbers = _name_lines(text)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            _entry(reading, entry, numbers)
    return reading


def _entry(reading: Reading, entry: dict[str, Any], numbers: dict[str, list[int]]) -> None:
    name, version, marker = entry["name"], entry.get("version"), entry.get("marker")
    waiting = numbers.get(name, [])
    line = waiting.pop(0) if waiting else 0
    reading.lock(
        name,
        version if isinstance(version, str) else "",
        line,
        reading.marker(marker, line) if isinstance(marker, str) else None,
        () if _is_own(entry) else tuple(_asked(entry)),
    )


def _is_own(entry: dict[str, Any]) -> bool:
    """Whether an entry is a part of this repository."""
    return not {"virtual", "editable", "directory"}.isdisjoint(table(entry, "source"))


def _asked(entry: dict[str, Any]) -> Iterator[NormalizedName]:
    """The names that an entry asks for: keys of a table, tables with a name, or requirements."""
    for group in (entry.get("dependencies"), *table(entry, "optional-dependencies").values()):
        for one in group if isinstance(group, (list, dict)) else ():
            name = one.get("name") if isinstance(one, dict) else one
            if isinstance(name, str) and (found := _NAME.match(name)):
                yield canonicalize_name(found[0])


def _name_lines(text: str) -> dict[str, list[int]]:
    """For each name the lines that give it to an entry: `name = "…"` at the start of a line."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("name = ") and len(line) > 8:
            found.setdefault(line.removeprefix("name = ")[1:].partition(line[7])[0], []).append(number)
    return found


def read_pipfile_lock(path: str, text: str) -> Reading:
    """The entries of a `Pipfile.lock`."""
    reading = Reading(path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        reading.gap(0, f"not JSON: {error}")
        return reading
    lines = Lines(text)
    for category in (key for key in table(data) if key != "_meta"):
        for name in table(data, category):
            version = table(data, category, name).get("version")
            line = lines.find(f'"{category}"', f'"{name}"')
            reading.lock(name, version.lstrip("=") if isinstance(version, str) else "", line)
    return reading
