"""Groups of requirements in a project's file (PEP 735), for programs that are no package and say nothing else."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

_USUAL = ("main", "default", "base", "common", "prod", "production")
_FOR_DEVELOPERS = re.compile(r"dev|test|doc|lint|typ|build|tool", re.IGNORECASE)


def main_groups(project: Mapping[str, Any]) -> list[str]:
    """The requirements of the groups that a program is run with by their names, if it is no package."""
    groups = _groups(project)
    return _joined([name for name in _USUAL if name in groups], groups)


def other_groups(project: Mapping[str, Any]) -> list[str]:
    """Those of all groups, where no name tells what the program is run with; what is for developers comes last."""
    groups = _groups(project)
    return _joined(sorted(groups, key=lambda name: _FOR_DEVELOPERS.search(name) is not None), groups)


def _groups(project: Mapping[str, Any]) -> Mapping[str, Any]:
    found = {} if "project" in project else project.get("dependency-groups", {})
    return {name.lower(): said for name, said in found.items() if isinstance(said, list)}


def _joined(names: Collection[str], groups: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(one for name in names for one in _members(name, groups, ())))


def _members(name: str, groups: Mapping[str, Any], within: tuple[str, ...]) -> Iterator[str]:
    """The requirements of a group, and of those that it includes."""
    for one in groups.get(name, ()) if name not in within else ():
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            yield from _members(str(one.get("include-group", "")).lower(), groups, (*within, name))
