"""Where things are in all judged code, shared by every rule that starts from "all calls named …" or "all loops".

What one file holds follows from its facts alone and is kept with them; the places of a name are put together when it is
first asked for.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from seatrial.model.facts import Call, Const, Store, StoreAttr, StoreItem
from seatrial.program.derived import derived
from seatrial.program.parts import LOOPS, File, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_STORES = frozenset({Store, StoreAttr, StoreItem})


ANY_KEY = "[]"
"""What an item is stored under whose key is worked out: `x[key] = …`."""


class _Table(msgspec.Struct, frozen=True, array_like=True):
    """What a file holds.

    `calls` and `stores`: by name, in turn, the index of a body and the id of a value in it. `regions` and `values`: by
    kind of region and of store, the indexes of the bodies that hold some.
    """

    calls: dict[str, list[int]]
    stores: dict[str, list[int]]
    regions: dict[str, list[int]]
    values: dict[str, list[int]]


class Index:
    """Where things are, in the order of files and lines."""

    def __init__(self, files: Iterable[File]) -> None:
        self._tables = [(file, _table(file)) for file in files]
        self._calls = _Places((file, table.calls) for file, table in self._tables)
        self._stores = _Places((file, table.stores) for file, table in self._tables)
        self._with: dict[str, list[Function]] = defaultdict(list)
        for file, table in self._tables:
            for kind, bodies in table.regions.items():
                self._with[kind] += map(file.functions.__getitem__, bodies)

    def calls(self, *names: str) -> Iterator[tuple[Function, int]]:
        """All calls whose callee's last name is one of these: `index.calls("get")` has `requests.get` and `x.get`."""
        return chain.from_iterable(map(self._calls.__getitem__, names))

    def calling(self, *ends: str) -> set[Function]:
        """All bodies with a call whose callee's last name ends in one of these."""
        return {body for name in self._calls.names if name.endswith(ends) for body, _ in self._calls[name]}

    def with_regions(self, *kinds: str) -> Iterator[Function]:
        """All bodies that hold a region of one of these kinds, each once."""
        yield from dict.fromkeys(f for kind in kinds for f in self._with.get(kind, ()))

    def with_stores(self, *kinds: type) -> Iterator[Function]:
        """All bodies that hold a store of one of these kinds, each once, in order."""
        for file, table in self._tables:
            held = {body for kind in kinds for body in table.values.get(kind.__name__, ())}
            yield from (file.functions[body] for body in sorted(held))

    def stores(self, *names: str) -> Iterator[tuple[Function, int]]:
        """All values given to a variable, attribute or key of one of these names: `x.name = …`, `x["name"] = …`.

        Under `ANY_KEY`: those whose key is worked out.
        """
        return chain.from_iterable(map(self._stores.__getitem__, names))

    def with_loops(self) -> Iterator[Function]:
        """All bodies that hold a loop or comprehension."""
        yield from self.with_regions(*sorted(LOOPS))


class _Places(dict[str, list[tuple[Function, int]]]):
    """The places by name, put together from the tables of all files when they are first asked for."""

    def __init__(self, tables: Iterable[tuple[File, Mapping[str, list[int]]]]) -> None:
        super().__init__()
        self.names: dict[str, list[tuple[File, list[int]]]] = defaultdict(list)
        for file, table in tables:
            for name, places in table.items():
                self.names[name].append((file, places))

    def __missing__(self, name: str) -> list[tuple[Function, int]]:
        found: list[tuple[Function, int]] = []
        for file, places in self.names.get(name, ()):
            found += zip(map(file.functions.__getitem__, places[::2]), places[1::2], strict=True)
        self[name] = found
        return found


@derived(_Table)
def _table(file: File) -> _Table:
    found = _Table(*(defaultdict[str, list[int]](list) for _ in _Table.__struct_fields__))
    for body in file.functions:
        values = body.values
        for call in body.calls:
            step = values[call]
            assert type(step) is Call
            found.calls[_last(step.callee)] += (body.index, call)
        for at in body.of(_STORES):
            found.stores[_stored_under(body, at)] += (body.index, at)
        for kind in dict.fromkeys(region.kind for region in body.regions):
            found.regions[kind].append(body.index)
        for held in dict.fromkeys(type(values[at]).__name__ for at in body.of(_STORES)):
            found.values[held].append(body.index)
    return found


def _stored_under(body: Function, at: int) -> str:
    step = body.values[at]
    if type(step) is StoreItem:
        key = body.values[step.key]
        return str(key.value) if type(key) is Const else ANY_KEY
    assert type(step) is Store or type(step) is StoreAttr
    return step.name


def _last(callee: str) -> str:
    return callee.rpartition(".")[2].lstrip("!:?")
