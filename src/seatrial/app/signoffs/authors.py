"""Who changed which unit since the base, and so cannot review it. To move code, or take it back, is not to write it."""

from collections.abc import Iterable, Iterator, Mapping
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
        kinds = {suffix(path) for path in paths}
        all_ = git.edits(root, since)
        edits = [edit for edit in all_ if edit.path in paths or not (edit.after or suffix(edit.path) not in kinds)]
        oids = sorted({oid for edit in edits for oid in (edit.before, edit.after) if oid})
        texts = dict(zip(oids, git.contents(root, oids), strict=True))
    except git.GitError as error:
        raise SourceError(f"the commits since {since[:12]} cannot be read ({error}). Fetch them first.") from error
    found: dict[Place, set[str]] = {}
    for _, group in groupby(edits, key=lambda edit: edit.commit):
        for place, people in _of_commit(list(group), texts):
            found.setdefault(place, set()).update(map(str.casefold, people))
    return {place: people for place, people in found.items() if place not in _taken_back(edits, texts)}


def suffix(path: str) -> str:
    """What a file's name ends with: `.py`."""
    return path[path.rfind(".") :] if "." in path else ""


def _of_commit(edits: list[git.Edit], texts: Mapping[str, bytes]) -> Iterator[tuple[Place, frozenset[str]]]:
    before = [_units(edit.path, texts.get(edit.before)) for edit in edits]
    after = [_units(edit.path, texts.get(edit.after)) for edit in edits]
    moved = {unit for old, new in zip(before, after, strict=True) for unit in old - new}
    for edit, old, new in zip(edits, before, after, strict=True):
        for name, digest in new - old:
            if (name, digest) not in moved:
                yield (edit.path, name), edit.authors


def _taken_back(edits: list[git.Edit], texts: Mapping[str, bytes]) -> set[Place]:
    """Units that are again what they were: edits come the newest first."""
    last = {edit.path: edit.after for edit in reversed(edits)}
    first = {edit.path: edit.before for edit in edits}
    return {
        (path, name)
        for path, oid in last.items()
        for name, _ in _units(path, texts.get(oid)) & _units(path, texts.get(first[path]))
    }


def _units(path: str, data: bytes | None) -> set[_Unit]:
    return {(one.name, one.digest) for one in symbols(path, data)} if data is not None else set()
