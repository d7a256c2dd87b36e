"""One pass over all judged code, shared by every rule that starts from "all calls named …" or "all loops"."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from seatrial.model.facts import Const, Store, StoreAttr, StoreItem
from seatrial.program.parts import LOOPS, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_STORES = frozenset({Store, StoreAttr, StoreItem})


ANY_KEY = "[]"
"""What an item is stored under whose key is worked out: `x[key] = …`."""


class Index:
    """Where things are, in the order of files and lines."""

    def __init__(self, functions: Iterable[Function]) -> None:
        self._calls: dict[str, list[tuple[Function, int]]] = defaultdict(list)
        self._with: dict[str, list[Function]] = defaultdict(list)
        self._functions = tuple(functions)
        last: dict[str, str] = {}
        for function in self._functions:
            for kind in {region.kind for region in function.regions} if function.regions else ():
                self._with[kind].append(function)
            values = function.values
            for call in function.calls:
                callee = values[call].callee  # type: ignore[union-attr]  # it is a call
                name = last.get(callee)
                if name is None:
                    name = last[callee] = _last(callee)
                self._calls[name].append((function, call))

    def calls(self, *names: str) -> Iterator[tuple[Function, int]]:
        """All calls whose callee's last name is one of these: `index.calls("get")` has `requests.get` and `x.get`."""
        for name in names:
            yield from self._calls.get(name, ())

    def calling(self, *ends: str) -> set[Function]:
        """All bodies with a call whose callee's last name ends in one of these."""
        return {body for name, calls in self._calls.items() if name.endswith(ends) for body, _ in calls}

    def with_regions(self, *kinds: str) -> Iterator[Function]:
        """All bodies that hold a region of one of these kinds, each once."""
        yield from dict.fromkeys(f for kind in kinds for f in self._with.get(kind, ()))

    def with_values(self, *kinds: type) -> Iterator[Function]:
        """All bodies that hold a value of one of these kinds, each once, in order."""
        held = frozenset(kinds)
        return (function for function, holds in self._kinds if not held.isdisjoint(holds))

    @cached_property
    def _kinds(self) -> list[tuple[Function, set[type]]]:
        return [(function, set(map(type, function.values))) for function in self._functions]

    def stores(self, *names: str) -> Iterator[tuple[Function, int]]:
        """All values given to a variable, attribute or key of one of these names: `x.name = …`, `x["name"] = …`.

        Under `ANY_KEY`: those whose key is worked out.
        """
        for name in names:
            yield from self._stores.get(name, ())

    @cached_property
    def _stores(self) -> dict[str, list[tuple[Function, int]]]:
        found: dict[str, list[tuple[Function, int]]] = defaultdict(list)
        for function in self.with_values(*_STORES):
            values = function.values
            for at in function.of(_STORES):
                step = values[at]
                if type(step) is Store or type(step) is StoreAttr:
                    found[step.name].append((function, at))
                elif type(step) is StoreItem:
                    key = values[step.key]
                    found[str(key.value) if type(key) is Const else ANY_KEY].append((function, at))
        return found

    def with_loops(self) -> Iterator[Function]:
        """All bodies that hold a loop or comprehension."""
        yield from self.with_regions(*sorted(LOOPS))


def _last(callee: str) -> str:
    return callee.rpartition(".")[2].lstrip("!:?")
