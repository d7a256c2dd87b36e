"""Occasions: what makes code run, and so who waits for it, how often, and what harm it can do.

program.occasions.of(function)             # {Occasion.REQUEST, Occasion.COMMAND}: all that are seen to lead to it
program.occasions.is_by_hand(function)     # only operators' commands, starts and upgrades lead to it, or nothing
program.occasions.recurs(function)         # a request or a task leads to it
program.occasions.is_waited_for(function)  # a request leads to it of somebody who is no operator

Each occasion begins with some functions (see `beginnings`), and has all that calls lead to from there.
"""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from seatrial.model.facts import Call
from seatrial.program.senders import COMMON

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from seatrial.program.calls import Calls
    from seatrial.program.parts import Function


class Occasion(StrEnum):
    """What makes code run."""

    REQUEST = "request"
    """Somebody outside asks, and may be waiting: a route, a websocket, a form, a serializer."""
    ADMIN = "admin"
    """An administrator asks, and nobody else can."""
    TASK = "task"
    """It runs by itself, again and again: a task, a schedule, a signal of rows, a service's loop."""
    START = "start"
    """The program starts: modules are loaded, an application is set up."""
    COMMAND = "command"
    """An operator starts it at a command line; its process serves nobody else."""
    UPGRADE = "upgrade"
    """A schema or its data is brought to a new version, once."""
    HANDED = "handed"
    """It is offered to somebody who may call it whenever that likes: a callback, an override, a library's function."""
    UNUSED = "unused"
    """Nothing of the program mentions it."""


BY_HAND = frozenset({Occasion.COMMAND, Occasion.START, Occasion.UPGRADE, Occasion.UNUSED})
"""What runs once, with an operator near, or never."""
NAMESAKES = 3
"""How many methods of one name may be meant, where nothing tells which."""
_ALONE = BY_HAND - {Occasion.START}
_RECURRING = frozenset({Occasion.REQUEST, Occasion.ADMIN, Occasion.TASK})


class Occasions:
    """What leads to each function; worked out when first asked for.

    `begun` has the functions that each occasion begins with; `functions` are those that are asked about.
    """

    def __init__(
        self, calls: Calls, functions: Iterable[Function], begun: Mapping[Occasion, Collection[Function]]
    ) -> None:
        self._calls = calls
        self._functions = functions
        self._begun = begun

    def of(self, function: Function) -> frozenset[Occasion]:
        """Every occasion that is seen to lead to the function. None if all that calls it is called by itself alone."""
        return self._found.get(function, frozenset())

    def is_by_hand(self, function: Function) -> bool:
        """True when it may take its time: only operators, starts and upgrades lead to it, or nothing at all."""
        return self._is_within(function, BY_HAND)

    def is_alone(self, function: Function) -> bool:
        """True when its process serves nobody else, and ends with it: as `is_by_hand`, but for what runs at a start."""
        return self._is_within(function, _ALONE)

    def recurs(self, function: Function) -> bool:
        """True when it is seen to run again and again: a request or a task leads to it."""
        return not _RECURRING.isdisjoint(self.of(function))

    def is_waited_for(self, function: Function) -> bool:
        """True when a request is seen to lead to it of somebody who is no operator."""
        return Occasion.REQUEST in self.of(function)

    def answers(self, function: Function) -> bool:
        """True when a request is handed to the function itself: what it is given, somebody outside has chosen."""
        return function in self._begun[Occasion.REQUEST]

    def _is_within(self, function: Function, occasions: frozenset[Occasion]) -> bool:
        found = self.of(function)
        return bool(found) and found <= occasions

    @cached_property
    def _found(self) -> dict[Function, frozenset[Occasion]]:
        found: dict[Function, set[Occasion]] = defaultdict(set)
        for occasion, functions in self._begun.items():
            for function in self._reached(functions, within=occasion is not Occasion.START):
                found[function].add(occasion)
        return {function: frozenset(occasions) for function, occasions in found.items()}

    def _reached(self, first: Iterable[Function], *, within: bool) -> set[Function]:
        """The functions, all that calls lead to from there, and what is defined within those.

        Not within what runs at a start: that makes decorators and handlers, which run later.
        """
        waiting = list(first)
        found = set(waiting)
        while waiting:
            function = waiting.pop()
            inner = self._within.get(function, ()) if within else ()
            for reached in (*self._calls.reached(function), *self._named(function), *inner):
                if reached not in found:
                    found.add(reached)
                    waiting.append(reached)
        return found

    def _named(self, function: Function) -> Iterator[Function]:
        """Methods of the name of a call on something unknown, where few have that name: `parser.parse_bill()`."""
        for call in function.calls:
            step = function.values[call]
            assert type(step) is Call
            if step.receiver >= 0 and step.callee in self._methods:
                target = self._calls.target(function, call)
                if not target.functions and not target.external:
                    yield from self._methods[step.callee]

    @cached_property
    def _methods(self) -> dict[str, list[Function]]:
        """The methods by their names, of names that few have."""
        found: dict[str, list[Function]] = defaultdict(list)
        for function in self._functions:
            if function.facts.cls >= 0 and function.facts.kind == "function" and function.name not in COMMON:
                found[function.name].append(function)
        return {name: methods for name, methods in found.items() if len(methods) <= NAMESAKES}

    @cached_property
    def _within(self) -> dict[Function, list[Function]]:
        """The functions that stand within others: they run when those do, whoever calls them."""
        found: dict[Function, list[Function]] = defaultdict(list)
        for function in self._functions:
            if function.parent is not None and function.parent.is_callable:
                found[function.parent].append(function)
        return dict(found)
