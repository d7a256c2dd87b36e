"""Reads the facts that questions are bound to from a tree: links its program without running a rule."""

import os
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from seatrial import registry
from seatrial.app import cache, workspace
from seatrial.app.analysis import Means
from seatrial.app.progress import Progress
from seatrial.app.questions.facts import facts_of
from seatrial.app.questions.question import Circumstance, Fact
from seatrial.app.settings import load
from seatrial.model.symbols import Symbol


def read(root: Path, paths: Collection[str], progress: Progress | None = None) -> tuple[Fact, ...]:
    """What the code of some files of the tree does, in view of the whole program. Runs nothing of it.

    Raises:
        SourceError: there is no such folder.
        ConfigError: a setting cannot be used.
    """
    from seatrial.app.examine import linked  # noqa: PLC0415 - brings program and rules, which asking alone needs not

    loaded = load(root, registry.rule_ids())
    store = cache.users_own()
    means = Means(store, os.cpu_count() or 1, progress or Progress())
    with closing(store):
        tree = workspace.checkout(root, workspace.Selection(registry.suffixes(), loaded.settings.exclude))
        return facts_of(linked(tree, loaded.settings, loaded.options, means), frozenset(paths))


def plain(path: str, symbol: str, lines: Collection[int]) -> tuple[Fact, ...]:
    """The facts that any code has, whatever its language: the symbol as a whole, and each of its lines."""
    first = min(lines, default=1)
    return (Fact(Circumstance.SYMBOL, path, symbol, first), *(Fact(Circumstance.LINE, path, symbol, n) for n in lines))


def about(circumstance: Circumstance, symbol: Symbol, line: int) -> Fact:
    """A fact of a symbol as a whole."""
    return Fact(circumstance, symbol.path, "" if symbol.name.startswith("<") else symbol.name, line)
