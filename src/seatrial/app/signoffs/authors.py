"""Who changed which unit since the base, and so cannot review it. To move code, or take it back, is not to write it."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from seatrial.app import git
from seatrial.decisions.fingerprints import symbols
from seatrial.errors import SourceError

Place = tuple[str, str]
_Unit = tuple[str, str]
"""Name and digest."""


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
        oids = sorted({oid for edit in edits for oid in (edit.before, edit.after) if oid})
        texts = dict(zip(oids, git.contents(root, oids), strict=True))
    except git.GitError as error:
        raise SourceError(f"the commits since {since[:12]} cannot be read ({error}). Fetch them first.") from error
    found: dict[Place, set[str]] = {}
    for _, group in groupby(reversed(edits), key=lambda edit: edit.commit):
        _follow(list(group), texts, found)
    unchanged = _taken_back(edits, texts)
    return {place: people for place, people in found.items() if place not in unchanged}


def _suffix(path: str) -> str:
    return path[path.rfind(".") :] if "." in path else ""


def _follow(edits: list[git.Edit], texts: Mapping[str, bytes], found: dict[Place, set[str]]) -> None:
    """Adds what one commit did. Where it moved a unit, those who wrote it come along."""
    before = [_units(edit.path, texts.get(edit.before)) for edit in edits]
    after = [_units(edit.path, texts.get(edit.after)) for edit in edits]
    lost: dict[_Unit, set[str]] = {}
    for edit, old, new in zip(edits, before, after, strict=True):
        for unit in old - new:
            lost.setdefault(unit, set()).update(found.get((edit.path, unit[0]), ()))
    for edit, old, new in zip(edits, before, after, strict=True):
        for unit in new - old:
            wrote = lost[unit] if unit in lost else set(map(str.casefold, edit.authors))
            found.setdefault((edit.path, unit[0]), set()).update(wrote)


def _taken_back(edits: list[git.Edit], texts: Mapping[str, bytes]) -> set[Place]:
    """Units that are again what these files held at first: edits come the newest first."""
    last = {edit.path: edit.after for edit in reversed(edits)}
    first = {edit.path: edit.before for edit in edits}
    at_first = {unit for path, oid in first.items() for unit in _units(path, texts.get(oid))}
    return {(path, unit[0]) for path, oid in last.items() for unit in _units(path, texts.get(oid)) & at_first}


def _units(path: str, data: bytes | None) -> set[_Unit]:
    return {(one.name, one.digest) for one in symbols(path, data)} if data is not None else set()
