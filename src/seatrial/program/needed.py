"""Needed models: which libraries' modules a file speaks of, by its imports or, in a piece of code, by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.libraries import available, meant
from seatrial.model.facts import Call, FileFacts, Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_UNKNOWN = "?"
"""How a path begins whose first name nothing defines; see "Paths of names" in `model.facts`."""


def needed(files: Iterable[FileFacts]) -> set[str]:
    """The top-level modules whose models these files need.

    A file that imports nothing at its top is a piece of one (an answer, an excerpt, a cell of a notebook): a module's
    name that nothing in it defines means that module, and names that say enough mean what one module has (`Popen`).
    """
    return {module for facts in files for module in (*_imported(facts), *_presumed(facts))}


def _imported(facts: FileFacts) -> Iterator[str]:
    return (fact.module.partition(".")[0] for fact in facts.imports)


def _presumed(facts: FileFacts) -> Iterator[str]:
    if any(fact.function == 0 for fact in facts.imports):
        return
    known, named = available(), meant()
    for function in facts.functions:
        for step in function.values:
            path = step.callee if type(step) is Call else step.path if type(step) is Ref else ""
            name = path[1:].partition(".")[0] if path[:1] == _UNKNOWN else ""
            if name in known or name in named:
                yield named.get(name, name)
