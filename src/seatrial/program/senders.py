"""Senders: who probably calls a function, by names alone, before any type is known.

Parameters that say nothing of themselves are typed by what callers pass, and callers of methods are found by types: to
break that circle, callers are first looked for by name. A method counts as called where its name is used and only one
class has it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from seatrial.model.facts import Call
from seatrial.program.names import Names
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMON = frozenset(dir(str)) | frozenset(dir(dict)) | frozenset(dir(list)) | frozenset(dir(set))
"""Names that say nothing about whose method it is."""


class Senders:
    """Calls by the function that their names lead to. Made on first use."""

    def __init__(self, names: Names, functions: Iterable[Function], ambiguous: Iterable[str] = ()) -> None:
        self._names = names
        self._functions = tuple(functions)
        self._ambiguous = COMMON | frozenset(ambiguous)

    def of(self, function: Function) -> list[tuple[Function, int]]:
        """The calls that probably reach a function, as (body, id of the call)."""
        return self._found.get(id(function), [])

    @cached_property
    def _found(self) -> dict[int, list[tuple[Function, int]]]:
        found: dict[int, list[tuple[Function, int]]] = defaultdict(list)
        methods, foreign = self._methods, self._names.foreign
        for body in self._functions:
            values, own = body.values, body.cls.methods if body.cls else {}
            for call in body.calls:
                step = values[call]
                assert type(step) is Call
                if step.receiver < 0:
                    reached = None if foreign[step.callee] else self._by_path(body, step)
                else:
                    reached = (own.get(step.callee) if step.receiver == 0 else None) or methods.get(step.callee)
                if reached is not None:
                    found[id(reached)].append((body, call))
        return found

    def _by_path(self, body: Function, step: Call) -> Function | None:
        named = self._names.resolve(body.file, step.callee)
        if named.rest:
            return self._methods.get(named.rest[-1])
        if isinstance(named.entity, Class):
            return named.entity.methods.get("__init__")
        return named.entity if isinstance(named.entity, Function) else None

    @cached_property
    def _methods(self) -> dict[str, Function]:
        """The methods whose name only one class has."""
        found: dict[str, Function | None] = {}
        for function in self._functions:
            if function.facts.cls >= 0 and function.facts.kind == "function":
                name = function.facts.name
                found[name] = None if name in found or name in self._ambiguous else function
        return {name: function for name, function in found.items() if function is not None}
