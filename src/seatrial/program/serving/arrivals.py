"""Arrivals: by which ways a row comes to where it is read, and so what was loaded ahead with it.

A row that a function is given was fetched by those who call it; the row that a method of a serializer is given, by the
views that use the serializer.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.program.arguments import passed
from seatrial.program.handed import is_serializer
from seatrial.program.parts import Function
from seatrial.program.queries import Query
from seatrial.program.serving.given import Given
from seatrial.program.serving.paths import Paths
from seatrial.program.serving.rest import Rest
from seatrial.program.serving.serializers import Serializers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.program.effects import Effect
    from seatrial.program.parts import Class
    from seatrial.program.program import Program

DEPTH = 5
"""How many functions a row is followed back through."""
_GIVES = ("get_queryset", "index_queryset")
"""Methods that a library asks for rows."""
WAYS = 12
"""How many callers of one function are asked."""


class Way(msgspec.Struct, frozen=True):
    """A way by which a row arrives: the query that fetched it, or another row that `chain` leads from to this one.

    Without a query, nothing is known of it.
    """

    query: Query | None
    chain: tuple[str, ...] = ()

    def brings(self, *chain: str) -> bool:
        """What `chain` leads to from the row is loaded already."""
        return self.query is not None and self.query.loads(*self.chain, *chain)

    def brings_of_some(self, relation: str, *chain: str) -> bool:
        """So it is of those rows of a relation that a new query has."""
        return self.query is not None and not self.chain and self.query.loads_of_some(relation, *chain)


class Arrivals:
    """Answers how rows arrive."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._types = program.types

    def bring(self, function: Function, value: int, chain: tuple[str, ...]) -> bool | None:
        """Whether the row in `value` comes with what `chain` leads to: True when it does by every way.

        False when there is a way by which it surely does not; None when nothing is known, or not enough.
        """
        ways = list(self.ways(function, value))
        known = [way.brings(*chain) for way in ways if way.query]
        if not all(known):
            return False
        return True if known and len(known) == len(ways) else None

    def along(self, effect: Effect, value: int, name: str) -> bool:
        """Whether what an attribute leads to was loaded with the row in `value`, where the effect ends.

        The row is followed back by the calls through which the effect comes about, and by no others.
        """
        chain: tuple[str, ...] = (name,)
        for link, before in zip(effect.chain[::-1], (*effect.chain[-2::-1], None), strict=True):
            value, chain = _root(link.function, value, chain)
            query = self._program.queries.query(link.function, value)
            step = link.function.values[value]
            call = before.function.values[before.value] if before else None
            if query and query.whole:
                return query.loads(*chain)
            if type(step) is not f.Param or type(call) is not f.Call:
                return False
            is_own = value == 0 and link.function.cls is not None
            value = call.receiver if is_own else passed(call, link.function, step.name)
            if value < 0:
                return False
        return False

    def is_unseen(self, function: Function, value: int, *, nobody: bool) -> bool:
        """Nobody is seen to pass the row in `value` on; or, with `nobody`, nobody who fetched it with a query."""
        return not any(way.query or not nobody for way in self.ways(function, value))

    def is_for_each(self, function: Function) -> bool:
        """The function runs once for each row of a list: a method of a serializer that writes one."""
        return function.cls is not None and function.cls in self._listed

    def ways(self, function: Function, value: int, depth: int = 0) -> Iterator[Way]:
        """Every way by which the row in `value` arrives, as far as calls can be seen; unknown ones have no query."""
        value = function.origin(value)
        step = function.values[value] if value >= 0 else None
        if depth > DEPTH:
            yield Way(None)
        elif type(step) is f.Param:
            yield from self._of_parameter(function, value, depth)
        elif type(step) is f.Attr:
            before = self.ways(function, step.base, depth + 1)
            yield from (Way(way.query, (*way.chain, step.name)) for way in before)
        elif type(step) is f.Element:
            yield from self._of_rows(function, step.of, depth)
        elif type(step) is f.Phi:
            for option in step.options:
                if option < value:
                    yield from self.ways(function, option, depth + 1)
        else:
            query = self._program.queries.query(function, value) if step else None
            yield Way(query if query and query.whole else None)

    def _of_rows(self, function: Function, rows: int, depth: int) -> Iterator[Way]:
        query = self._program.queries.query(function, rows)
        if query and query.whole:
            yield Way(query)
        elif type(function.values[function.origin(rows)]) is f.Param and depth < DEPTH:
            for caller, given in self._given(function, function.origin(rows)):
                yield from self._of_rows(caller, given, depth + 1)
        else:
            yield Way(None)

    def _of_parameter(self, function: Function, index: int, depth: int) -> Iterator[Way]:
        if function in self._fetching:
            yield Way(Query(loaded=frozenset({"*"})))
            return
        if index == 1 and function.cls and is_serializer(self._types, function.cls):
            yield from self._serialized.get(function.cls, (Way(None),))
            return
        callers = list(self._given(function, index))
        for caller, given in callers:
            yield from self.ways(caller, given, depth + 1)
        if index == 1 and function.cls and not callers:
            yield from (Way(query) for query in self._chosen(function.cls))

    def _chosen(self, cls: Class) -> Iterator[Query]:
        """The rows that a library asks a class for, to hand them to its methods one by one: those of a search index."""
        members = (self._types.member(cls, name) for name in _GIVES)
        gives = next((found.entity for found in members if found and isinstance(found.entity, Function)), None)
        for returned in gives.returns if gives else ():
            query = self._program.queries.query(gives, returned) if gives else None
            if query:
                yield query

    def _given(self, function: Function, index: int) -> Iterator[tuple[Function, int]]:
        """What the callers of a function give to the parameter at a position, each with the caller."""
        name = function.facts.params[index].name
        for caller, call in self._program.calls.callers(function)[:WAYS]:
            step = caller.values[call]
            if type(step) is f.Call:
                is_own = index == 0 and function.cls is not None
                given = step.receiver if is_own else passed(step, function, name)
                if given >= 0:
                    yield caller, given

    @cached_property
    def _fetching(self) -> frozenset[Function]:
        """The functions that load relations of rows which are there already; believed to load what is needed."""
        return frozenset(function for function, _ in self._program.index.calls("prefetch_related_objects"))

    @cached_property
    def _serialized(self) -> Mapping[Class, list[Way]]:
        """How rows arrive in each serializer."""
        found: dict[Class, list[Way]] = defaultdict(list)
        for serializer, query in self._rest.uses():
            for inner, chain in self._serializers.within(serializer):
                for cls in self._types.mro(inner):
                    found[cls].append(Way(query, chain))
        return found

    @cached_property
    def _listed(self) -> frozenset[Class]:
        """The serializers that write rows of a list, or parts of them, and their bases."""
        inner = (cls for listed in self._rest.listed() for cls, _ in self._serializers.within(listed))
        return frozenset(base for cls in inner for base in self._types.mro(cls))

    @cached_property
    def _serializers(self) -> Serializers:
        return Serializers(self._program, Paths(self._program))

    @cached_property
    def _rest(self) -> Rest:
        return Rest(self._program, self._serializers, Given(self._program))


def _root(function: Function, value: int, chain: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """What a row was read from, or the rows it is one of; with the attributes that lead on from there."""
    while True:
        value = function.origin(value)
        step = function.values[value]
        if type(step) is f.Attr:
            value, chain = step.base, (step.name, *chain)
        elif type(step) is f.Element:
            value = step.of
        elif (found := _looked_up(function, step)) >= 0:
            value = found
        else:
            return value, chain


def _looked_up(function: Function, step: f.AnyValue) -> int:
    """A row of those that a dictionary was made of: `{row.number: row for row in rows}[number]`; NONE if it is none."""
    if type(step) is f.Call and step.receiver >= 0 and step.callee == "get":
        table = function.values[function.origin(step.receiver)]
    elif type(step) is f.Index:
        table = function.values[function.origin(step.base)]
    else:
        return f.NONE
    is_table = type(table) is f.Collection and table.kind == "dict" and table.region >= 0 and table.items
    held = function.origin(table.items[-1]) if is_table and type(table) is f.Collection else f.NONE
    return held if held >= 0 and type(function.values[held]) is f.Element else f.NONE
