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
    from collections.abc import Iterable, Sequence

COMMON = frozenset(dir(str)) | frozenset(dir(dict)) | frozenset(dir(list)) | frozenset(dir(set))
"""Names that say nothing about whose method it is."""


NAMESAKES = 3
"""How many methods of one name may be meant, where nothing tells which."""
Sent = dict[Function, list[tuple[Function, int]]]
Named = dict[str, list[tuple[Function, int]]]


class Senders:
    """Calls by the function that their names lead to. Made on first use."""

    def __init__(self, names: Names, functions: Iterable[Function], ambiguous: Iterable[str] = ()) -> None:
        self._names = names
        self._functions = tuple(functions)
        self._ambiguous = COMMON | frozenset(ambiguous)

    def of(self, function: Function) -> Sequence[tuple[Function, int]]:
        """The calls that probably reach a function, as (body, id of the call)."""
        return self._found[0].get(function, ())

    def naming(self, method: Function) -> Sequence[tuple[Function, int]]:
        """The calls of methods of this name, where few have that name: whosever they are."""
        return self._found[1].get(method.name, ()) if method in self._rare.get(method.name, ()) else ()

    @cached_property
    def _found(self) -> tuple[Sent, Named]:
        """The calls by what they probably reach, and those of methods with rare names by these."""
        found: Sent = defaultdict(list)
        named: Named = defaultdict(list)
        methods, rare, foreign = self._methods, self._rare, self._names.foreign
        for body in self._functions:
            values, own = body.values, body.cls.methods if body.cls else {}
            for call in body.calls:
                step = values[call]
                assert type(step) is Call
                if step.receiver < 0:
                    reached = None if foreign[step.callee] else self._by_path(body, step)
                else:
                    reached = (own.get(step.callee) if step.receiver == 0 else None) or methods.get(step.callee)
                    if step.callee in rare:
                        named[step.callee].append((body, call))
                if reached is not None:
                    found[reached].append((body, call))
        return found, named

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
        rare = self._rare.items()
        return {name: same[0] for name, same in rare if len(same) == 1 and name not in self._ambiguous}

    @cached_property
    def _rare(self) -> dict[str, list[Function]]:
        """The methods by their names, of names that few have."""
        found: dict[str, list[Function]] = defaultdict(list)
        for function in self._functions:
            if function.facts.cls >= 0 and function.facts.kind == "function" and function.name not in COMMON:
                found[function.name].append(function)
        return {name: methods for name, methods in found.items() if len(methods) <= NAMESAKES}
