"""Read `pyproject.toml`: PEP 621 metadata, dependency groups (PEP 735), tables of uv, PDM, hatch, flit, setuptools.

Poetry's own form of requirements is read by `poetry`.
"""

import posixpath
import tomllib
from collections.abc import Iterator
from typing import Any

from packaging.utils import canonicalize_name

from seatrial.program.manifests import poetry
from seatrial.program.manifests.nouns import HATCH, Use
from seatrial.program.manifests.reading import Include, Lines, Reading, Slot
from seatrial.program.manifests.requirements_txt import DEVELOPMENT_WORDS, words


def load(reading: Reading, text: str) -> dict[str, Any]:
    """A TOML text as tables; empty, with a gap, when it is malformed."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reading.gap(0, f"not TOML: {error}")
        return {}


def table(holder: object, *keys: str) -> dict[str, Any]:
    """The table below `keys`; empty when something on the way is no table."""
    for key in keys:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else {}


def strings(value: object) -> list[str]:
    """The strings of an array; empty when it is no array."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def read(path: str, text: str) -> Reading:
    """What a `pyproject.toml` says."""
    reading = Reading(path)
    data = load(reading, text)
    lines = Lines(text)
    _project(reading, table(data, "project"), lines)
    _groups(reading, table(data, "dependency-groups"), lines)
    _dynamic(reading, table(data, "tool", "setuptools", "dynamic"))
    _tools(reading, table(data, "tool"), lines)
    for need in strings(table(data, "build-system").get("requires")):
        reading.add(need, Slot(lines.find("[build-system]", need), Use.BUILD))
    poetry.read(reading, table(data, "tool", "poetry"), lines)
    return reading


def _project(reading: Reading, project: dict[str, Any], lines: Lines) -> None:
    if not project:
        return
    dynamic = strings(project.get("dynamic"))
    reading.distribution = canonicalize_name(str(project.get("name", "")))
    reading.computed = "dependencies" in dynamic
    reading.declares = not reading.computed
    reading.published = bool(project.get("classifiers") or project.get("urls"))
    python = project.get("requires-python")
    if isinstance(python, str):
        reading.requires_python = reading.specifier(python, lines.find("[project]", "requires-python"))
    for need in strings(project.get("dependencies")):
        reading.add(need, Slot(lines.find("[project]", "dependencies", need)))
    for extra, needs in table(project, "optional-dependencies").items():
        for need in strings(needs):
            reading.add(need, Slot(lines.find("optional-dependencies", extra, need), Use.EXTRA, extra))


def _groups(reading: Reading, groups: dict[str, Any], lines: Lines) -> None:
    for group in groups:
        for need in _group(groups, group, frozenset()):
            reading.add(need, Slot(lines.find("[dependency-groups]", group, need), group_use(group), group))
        reading.declares |= group_use(group) is Use.EXTRA and not reading.computed


def _group(groups: dict[str, Any], name: str, seen: frozenset[str]) -> Iterator[str]:
    """The requirements of a group and of the groups that it includes."""
    items = groups.get(name)
    for item in items if isinstance(items, list) else []:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict) and isinstance(included := item.get("include-group"), str) and included not in seen:
            yield from _group(groups, included, seen | {name, included})


def group_use(group: str) -> Use:
    """A group whose name does not say that it serves development is an optional part of the program."""
    return Use.DEVELOPMENT if words(group) & DEVELOPMENT_WORDS else Use.EXTRA


def _dynamic(reading: Reading, dynamic: dict[str, Any]) -> None:
    """Setuptools reads lists from files when `[project]` leaves them to it."""
    files = table(dynamic, "dependencies").get("file")
    for name in strings(files) or [item for item in (files,) if isinstance(item, str)]:
        reading.includes.append(Include(reading.resolve(name), Use.RUN, 0))
        reading.computed = False
    for extra in table(dynamic, "optional-dependencies").values():
        files = table(extra).get("file")
        for name in strings(files) or [item for item in (files,) if isinstance(item, str)]:
            reading.includes.append(Include(reading.resolve(name), Use.EXTRA, 0))


def _tools(reading: Reading, tool: dict[str, Any], lines: Lines) -> None:
    listed = [
        ("[tool.uv]", "dev-dependencies", table(tool, "uv"), Use.DEVELOPMENT),
        ("[tool.uv]", "constraint-dependencies", table(tool, "uv"), Use.CONSTRAINT),
        ("[tool.flit.metadata]", "requires", table(tool, "flit", "metadata"), Use.RUN),
    ]
    pdm = table(tool, "pdm", "dev-dependencies")
    listed += [("[tool.pdm.dev-dependencies]", group, pdm, Use.DEVELOPMENT) for group in pdm]
    for name, environment in table(tool, "hatch", "envs").items():
        for key in ("dependencies", "extra-dependencies"):
            for need in strings(table(environment).get(key)):
                line = lines.find(f"[tool.hatch.envs.{name}", key, need)
                reading.add(need, Slot(line, Use.DEVELOPMENT, f"{HATCH}{name}"))
    for header, key, holder, use in listed:
        for need in strings(holder.get(key)):
            reading.add(need, Slot(lines.find(header, key, need), use, key))
    reading.declares = reading.declares or bool(strings(table(tool, "flit", "metadata").get("requires")))
    reading.private_index = any(table(tool, "uv").get(key) for key in ("index", "index-url", "extra-index-url"))
    reading.private_index |= bool(table(tool, "pdm").get("source"))
    _uv_sources(reading, table(tool, "uv"))


def _uv_sources(reading: Reading, uv: dict[str, Any]) -> None:
    """Sources say which requirements are parts of the same repository, or come from elsewhere than the index."""
    for name, source in table(uv, "sources").items():
        path = table(uv, "sources", name).get("path")
        if isinstance(path, str):
            reading.members.append(reading.resolve(path))
        if isinstance(source, dict) and source.get("workspace"):
            reading.members.append(f"name:{canonicalize_name(name)}")
        if isinstance(source, (dict, list)):
            reading.sourced.add(canonicalize_name(name))
    if uv.get("workspace"):
        reading.members += [posixpath.join(reading.folder, one) for one in strings(uv["workspace"].get("members"))]
