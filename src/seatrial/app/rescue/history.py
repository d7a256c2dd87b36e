"""Hotspots: what git tells of each file of the last two years.

Sources: Tornhill, "Your Code as a Crime Scene" (change frequency by complexity, changes that come together); code-maat
(limits for the latter: at least 5 shared changes, at least half of all).
"""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

import msgspec

from seatrial import registry
from seatrial.app import git
from seatrial.app.changesets import Changeset, changesets
from seatrial.model.rescue import History
from seatrial.model.source import TEXT
from seatrial.model.text import counted

WINDOW = 730
"""Days before the commit that is checked out; older changes tell of code that is no more."""
MOST_FILES = 30
"""A change of more files is a renaming, a formatting or an import: it tells of none of them."""
FEW = 20
"""With fewer changes than these there is no history: hotspots are found without it."""
SHARED, SHARE = 5, 0.5
_DAY = 86_400
_FIX = re.compile(r"\b(?:fix(?:e[sd])?|bug(?:fix)?|regression|revert(?:ed)?|hotfix)\b", re.IGNORECASE)
_NO_FIX = re.compile(
    r"\b(?:typos?|lint|flake8?|ruff|mypy|format\w*|docs?|changelog|ci|spelling|tests?)\b", re.IGNORECASE
)
_TELLS_LITTLE = 0.5
"""Where more of all subjects say "fix" than this, the word is a custom and tells no fix."""


class Past(msgspec.Struct, frozen=True):
    """What happened to a file in the window: changes, how many of them were fixes, and who made how many."""

    changes: int = 0
    fixes: int = 0
    authors: tuple[tuple[str, int], ...] = ()


class Coupled(msgspec.Struct, frozen=True, order=True):
    """Two files that change together: `shared` times, of `either` changes of the one that changes less."""

    shared: int
    either: int
    left: str
    right: str


class Told(msgspec.Struct, frozen=True):
    """All that history tells, by the path that a file has today."""

    history: History
    revision: str = ""
    pasts: Mapping[str, Past] = {}
    coupled: tuple[Coupled, ...] = ()

    def past(self, path: str) -> Past:
        """What happened to a file; nothing if history knows it not."""
        return self.pasts.get(path, Past())


def tell(root: Path) -> Told:
    """The history below the folder. What cannot be used says so in its note, and is no error."""
    try:
        revision, time = git.head(root)
        made = changesets(root, time - WINDOW * _DAY)
        shallow = git.is_shallow(root)
    except git.GitError as error:
        return Told(History(0, 0, 0, f"there is no history ({error})"))
    sets = [change for change in made if len(change.paths) <= MOST_FILES]
    if len(sets) < FEW:
        why = "a shallow clone: fetch the whole history for hotspots" if shallow else "too few changes to tell hotspots"
        return Told(History(0, len(made) - len(sets), 0, f"{counted(len(sets), 'commit')}, {why}"), revision)
    days = max((time - min(change.time for change in sets)) // _DAY, 1)
    note = "a shallow clone: what lies before is not counted" if shallow else ""
    return Told(History(len(sets), len(made) - len(sets), days, note), revision, _pasts(sets), tuple(_coupled(sets)))


def _pasts(sets: Iterable[Changeset]) -> dict[str, Past]:
    changes: Counter[str] = Counter()
    fixes: Counter[str] = Counter()
    authors: dict[str, Counter[str]] = defaultdict(Counter)
    customary = _is_customary(sets)
    for change, paths in _followed(sets):
        changes.update(paths)
        if not customary and _is_fix(change.subject):
            fixes.update(paths)
        if not _is_bot(change.author):
            for path in paths:
                authors[path][change.author] += 1
    return {path: Past(changes[path], fixes[path], tuple(_ranked(authors[path]))) for path in changes}


def _ranked(authors: Counter[str]) -> list[tuple[str, int]]:
    return sorted(authors.items(), key=lambda one: (-one[1], one[0]))


def _is_fix(subject: str) -> bool:
    return bool(_FIX.search(subject)) and not _NO_FIX.search(subject)


def _is_customary(sets: Iterable[Changeset]) -> bool:
    told = [_is_fix(change.subject) for change in sets]
    return sum(told) > _TELLS_LITTLE * len(told)


def _is_bot(author: str) -> bool:
    return "[bot]" in author or author.endswith("-bot")


def _followed(sets: Iterable[Changeset]) -> Iterator[tuple[Changeset, list[str]]]:
    """Each change with the paths that its files have today. The newest come first, so moves are met before the past."""
    today: dict[bytes, bytes] = {}
    for change in sets:
        yield change, sorted({os.fsdecode(today.get(path, path)) for path in change.paths})
        today |= {former: today.get(path, path) for path, former in change.renamed}


def _coupled(sets: Iterable[Changeset]) -> Iterator[Coupled]:
    written = tuple(suffix for suffix, language in registry.suffixes().items() if language != TEXT)
    changes: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for _, paths in _followed(sets):
        code = [path for path in paths if path.endswith(written)]
        changes.update(code)
        pairs.update(combinations(code, 2))
    for (left, right), shared in sorted(pairs.items(), key=lambda one: (-one[1], one[0])):
        either = min(changes[left], changes[right])
        if shared >= SHARED and shared >= SHARE * max(changes[left], changes[right]):
            yield Coupled(shared, either, left, right)
