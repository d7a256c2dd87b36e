"""Whom a card is for: the code owners, or whoever changed its files most often."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from seatrial.app import codeowners
from seatrial.app.rescue.history import Told
from seatrial.model.globs import matcher

FEW = 5
"""Changes to a file that tell who knows it."""
Owners: TypeAlias = Callable[[Iterable[str]], str]


def owners(root: Path, told: Told) -> Owners:
    """Says who answers for some files, by name; empty if nobody is known."""
    rules = _rules(root)

    def of(paths: Iterable[str]) -> str:
        files = list(paths)
        named = [owner for path in files or ["seatrial.toml"] if (owner := _declared(rules, path))]
        return named[0] if named else _by_history(told, files)

    return of


def _rules(root: Path) -> list[tuple[Callable[[str], bool], str]]:
    return [(matcher((pattern,)), " ".join(named)) for pattern, *named in codeowners.rules(root)]


def _declared(rules: Iterable[tuple[Callable[[str], bool], str]], path: str) -> str:
    """The last rule that means a path counts; one without owners takes it from all."""
    return next((owner for means, owner in reversed(list(rules)) if means(path)), "")


def _by_history(told: Told, paths: list[str]) -> str:
    """Whoever made most of the changes; of files that hardly changed, most of those beside them."""
    changes = _counted(told, paths or told.pasts)
    where = ""
    if changes.total() < FEW and paths:
        folder = paths[0].rpartition("/")[0]
        changes = _counted(told, (path for path in told.pasts if path.rpartition("/")[0] == folder))
        where = f" in {folder or 'its folder'}"
    if not changes:
        return ""
    name, most = min(changes.items(), key=lambda one: (-one[1], one[0]))
    return f"{name} ({most} of {changes.total()} changes{where})"


def _counted(told: Told, paths: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in paths:
        found.update(dict(told.past(path).authors))
    return found
