"""Who changed which unit since the base, and so cannot review it. To move code, or take it back, is not to write it."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git
from seatrial.app.fingerprinted import fingerprinted
from seatrial.errors import SourceError

Place = tuple[str, str]
_Unit = tuple[str, str]
"""Name and digest."""
_NONE: frozenset[_Unit] = frozenset()


class _Change(NamedTuple):
    """What one commit did to one file: its units before and after."""

    edit: git.Edit
    before: frozenset[_Unit]
    after: frozenset[_Unit]


def authors(root: Path, since: str, places: Iterable[Place]) -> tuple[str, ...]:
    """The addresses of those who changed some units (path and name) since HEAD left `since`. Raises `SourceError`."""
    wanted = set(places)
    changed = by_unit(root, git.merge_base(root, since), {path for path, _ in wanted})
    return tuple(sorted({who for place in wanted for who in changed.get(place, ())}))


def by_unit(root: Path, since: str, paths: set[str]) -> dict[Place, set[str]]:
    """Who changed which unit in the commits since `since` (a full object id), by address in small letters.

    Raises `SourceError`.
    """
    try:
        kinds = {_suffix(path) for path in paths}  # what lay in another file may have been moved here
        edits = [edit for edit in git.edits(root, since) if _suffix(edit.path) in kinds]
        versions = {(oid, _suffix(edit.path)) for edit in edits for oid in (edit.before, edit.after) if oid}
        known = _read(root, sorted(versions))
    except git.GitError as error:
        raise SourceError(f"the commits since {since[:12]} cannot be read ({error}). Fetch them first.") from error

    def units(oid: str, path: str) -> frozenset[_Unit]:
        return known.get((oid, _suffix(path)), _NONE)

    changes = [_Change(edit, units(edit.before, edit.path), units(edit.after, edit.path)) for edit in edits]
    found: dict[Place, set[str]] = {}
    for _, group in groupby(reversed(changes), key=lambda change: change.edit.commit):
        _follow(list(group), found)
    unchanged = _taken_back(changes)
    return {place: people for place, people in found.items() if place not in unchanged}


def _suffix(path: str) -> str:
    return path[path.rfind(".") :] if "." in path else ""


def _read(root: Path, versions: list[tuple[str, str]]) -> dict[tuple[str, str], frozenset[_Unit]]:
    """The units of versions of files, by object id and suffix. Raises `GitError`."""
    texts = git.contents(root, [oid for oid, _ in versions])
    made = fingerprinted({oid + end: data for (oid, end), data in zip(versions, texts, strict=True)})
    return {(oid, end): frozenset((one.name, one.digest) for one in made[oid + end]) for oid, end in versions}


def _follow(changes: list[_Change], found: dict[Place, set[str]]) -> None:
    """Adds what one commit did. Where it moved a unit, those who wrote it come along."""
    lost: dict[_Unit, set[str]] = {}
    for edit, before, after in changes:
        for unit in before - after:
            lost.setdefault(unit, set()).update(found.get((edit.path, unit[0]), ()))
    for edit, before, after in changes:
        for unit in after - before:
            wrote = lost[unit] if unit in lost else set(map(str.casefold, edit.authors))
            found.setdefault((edit.path, unit[0]), set()).update(wrote)


def _taken_back(changes: list[_Change]) -> set[Place]:
    """Units that are again what these files held at first: changes come the newest first."""
    last = {edit.path: after for edit, _, after in reversed(changes)}
    first = {edit.path: before for edit, before, _ in changes}
    at_first = {unit for units in first.values() for unit in units}
    return {(path, unit[0]) for path, units in last.items() for unit in units & at_first}
