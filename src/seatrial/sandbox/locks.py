"""What locks of uv, Poetry and PDM hold of what the program itself needs: neither its tools nor for other systems."""

import re
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

LOCKS = ("poetry.lock", "uv.lock", "pdm.lock")
_TOOLS = ("uv", "pdm", "poetry")
"""The younger first: who changes from one to another may leave the table of the older."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_SYSTEM = re.compile(r"sys_platform|platform_system|os_name|implementation_name|platform_python_implementation")


class Locked(list[str]):
    """Requirements that are all there is to install: what they depend on is among them."""


def of_the_tool(project: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the locks that belong to the tool which a `pyproject.toml` names; uv's where it names none.

    Other locks beside may be left from a tool of before, or be exported. Without a project there is none.
    """
    tables = project.get("tool", {})
    told = tuple(f"{tool}.lock" for tool in _TOOLS if tool in tables)
    return told or (("uv.lock",) if "project" in project else ())


def locked(folder: Path, asked: Iterable[str], names: Iterable[str]) -> list[str]:
    """The packages, `name==version` each, of the first of the named locks that holds any of what is asked for.

    They are those that are reached from there; all if nothing is asked for.
    """
    wanted = {canonicalize_name(found[0]) for one in asked if (found := _NAME.match(one))}
    return next(filter(None, (_pins(_packages(folder / name), wanted) for name in names)), [])


def _pins(packages: Sequence[Mapping[str, Any]], wanted: Iterable[str]) -> list[str]:
    reached = _reached(packages, wanted) if wanted else {_name(package) for package in packages}
    kept = _newest([one for one in packages if _name(one) in reached and "version" in one and not _is_own(one)])
    return [f"{_pin(one)}{_when(one)}" for one in kept if wanted or one.get("category") != "dev"]


def _pin(package: Mapping[str, Any]) -> str:
    """One package as it is locked: at its version, or at the commit of the repository that it comes from."""
    address = repository({**package, **_table(package, "source")})
    return f"{package['name']} @ {address}" if address else f"{package['name']}=={package['version']}"


def repository(said: Mapping[str, Any]) -> str:
    """The address, as pip has it, of the repository that a table names; empty if it names none.

    Poetry locks `url` and `resolved_reference` of the type `git`, uv an address with the commit behind `#`, PDM `git`
    and `revision`; in the tables of requirements it is `git` with `rev`, `ref`, `tag` or `branch`.
    """
    url = str(said.get("url", "") if said.get("type") == "git" else said.get("git", ""))
    plain, _, commit = url.partition("#")
    named = (said.get(name) for name in ("resolved_reference", "revision", "rev", "ref", "tag", "branch"))
    at = commit or next(filter(None, named), "")
    address, _, query = plain.partition("?")
    folder = said.get("subdirectory") or next(iter(parse_qs(query).get("subdirectory", ())), "")
    below = f"#subdirectory={folder}" if folder else ""
    return f"git+{address}{f'@{at}' if at else ''}{below}" if "://" in address else ""


def _table(package: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = package.get(name)
    return found if isinstance(found, Mapping) else {}


def _newest(packages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of a package that is locked in several versions, and nothing says for what, the newest: that of newer Pythons."""
    plain: dict[str, list[Mapping[str, Any]]] = {}
    for one in packages:
        plain.setdefault(_name(one), []).extend([] if _when(one) else [one])
    best = {name: max(several, key=_order) for name, several in plain.items() if several}
    return [one for one in packages if _when(one) or one is best[_name(one)]]


def _order(package: Mapping[str, Any]) -> Version:
    try:
        return Version(str(package["version"]))
    except InvalidVersion:
        return Version("0")


def _packages(path: Path) -> list[Mapping[str, Any]]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("package", ())
    except (OSError, ValueError):
        return []
    return [one for one in found if isinstance(one, dict) and "name" in one]


def _reached(packages: Iterable[Mapping[str, Any]], wanted: Iterable[str]) -> set[str]:
    """The names that are reached, step by step; those of the program's own packages from the start."""
    further: dict[str, set[str]] = {}
    for package in packages:
        further.setdefault(_name(package), set()).update(_needed(package))
    left = deque([*wanted, *(name for one in packages if _is_own(one) for name in _needed(one))])
    reached: set[str] = set()
    while left:
        if (name := left.popleft()) not in reached:
            reached.add(name)
            left.extend(further.get(name, ()))
    return reached


def _needed(package: Mapping[str, Any]) -> Iterator[str]:
    """The names of what a package needs on this system, and of what its extras do."""
    said = package.get("dependencies", ())
    listed = [(name, how) for name, how in said.items()] if isinstance(said, Mapping) else [(None, how) for how in said]
    extras = package.get("optional-dependencies", {})
    listed += [(None, how) for group in extras.values() for how in group] if isinstance(extras, Mapping) else []
    for name, how in listed:
        marker = (how.get("marker") or how.get("markers")) if isinstance(how, Mapping) else str(how).partition(";")[2]
        told = name or (how.get("name", "") if isinstance(how, Mapping) else how)
        if (found := _NAME.match(str(told))) and _is_here(marker or ""):
            yield canonicalize_name(found[0])


def _is_here(marker: str) -> bool:
    """Whether a marker holds on this system; what it says of the version of Python is left to pip."""
    if not _SYSTEM.search(marker):
        return True
    try:
        return Marker(marker.strip()).evaluate({"extra": ""})
    except InvalidMarker:
        return True


def _when(package: Mapping[str, Any]) -> str:
    """For which systems a version is meant, of a package that is locked in several."""
    markers = package.get("resolution-markers", ())
    own = package.get("markers", "")  # Poetry from version 2 on; a table if groups differ
    told = [f"({one})" for one in (*markers, *([own] if own and isinstance(own, str) else []))]
    return f" ; {' or '.join(told)}" if told else ""


def _name(package: Mapping[str, Any]) -> str:
    return canonicalize_name(package["name"])


def _is_own(package: Mapping[str, Any]) -> bool:
    return bool({"editable", "virtual"} & _table(package, "source").keys()) or package.get("path") == "."
