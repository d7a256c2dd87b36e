"""Occasions: what makes code run, and so who waits for it, how often, and what harm it can do.

program.occasions.of(function)             # {Occasion.REQUEST, Occasion.COMMAND}: all that are seen to lead to it
program.occasions.is_by_hand(function)     # only operators' commands, starts and upgrades lead to it, or nothing
program.occasions.recurs(function)         # a request or a task leads to it
program.occasions.is_waited_for(function)  # a request leads to it of somebody who is no operator

Each occasion begins with some functions (see `beginnings`), and has all that calls lead to from there.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.program.calls import Calls
    from seatrial.program.parts import Function
    from seatrial.program.senders import Senders


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
_ALONE = BY_HAND - {Occasion.START}
_ASKED = frozenset({Occasion.REQUEST, Occasion.ADMIN})
_RECURRING = _ASKED | {Occasion.TASK}


class Occasions:
    """What leads to each function, told for each when it is asked about.

    `begun` tells the occasions that begin with a function.
    """

    def __init__(self, calls: Calls, senders: Senders, begun: Callable[[Function], frozenset[Occasion]]) -> None:
        self._calls = calls
        self._senders = senders
        self._begun = begun
        self._known: dict[Function, frozenset[Occasion]] = {}

    def of(self, function: Function) -> frozenset[Occasion]:
        """Every occasion that is seen to lead to the function. None if all that calls it is called by itself alone."""
        found = self._known.get(function)
        if found is None:
            found = self._known[function] = frozenset(self._leading(function))
        return found

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

    def is_asked(self, function: Function) -> bool:
        """True when a request is seen to lead to it, also an operator's: somebody waits for it."""
        return not _ASKED.isdisjoint(self.of(function))

    def is_for_operators(self, function: Function) -> bool:
        """True when only they make it run, by a request or by hand: few, who know what they do."""
        return self._is_within(function, BY_HAND | {Occasion.ADMIN})

    def answers(self, function: Function) -> bool:
        """True when a request is handed to the function itself: what it is given, somebody outside has chosen."""
        return Occasion.REQUEST in self._begun(function)

    def _is_within(self, function: Function, occasions: frozenset[Occasion]) -> bool:
        found = self.of(function)
        return bool(found) and found <= occasions

    def _leading(self, function: Function) -> Iterator[Occasion]:
        """The occasions that begin with the function, or with what leads to it.

        What stands within a function runs when that does, whoever calls it; but not within what runs at a start: that
        makes decorators and handlers, which run later.
        """
        begun = frozenset(chain.from_iterable(map(self._begun, self._behind(function, within=True))))
        yield from begun - {Occasion.START}
        before = self._behind(function, within=False) if Occasion.START in begun else ()  # a part of those
        if any(Occasion.START in self._begun(one) for one in before):
            yield Occasion.START

    def _behind(self, function: Function, *, within: bool) -> set[Function]:
        """The function and all from which calls lead to it; if `within`, as well what any of these stands within."""
        waiting = [function]
        found = {function}
        while waiting:
            one = waiting.pop()
            around = one.parent if within and one.parent is not None and one.parent.is_callable else one
            callers = (caller for caller, _ in self._calls.callers(one))
            for before in (*callers, *self._naming(one), around):
                if before not in found:
                    found.add(before)
                    waiting.append(before)
        return found

    def _naming(self, method: Function) -> Iterator[Function]:
        """What calls a method of this name on something unknown, where few have that name: `parser.parse_bill()`."""
        for body, call in self._senders.naming(method):
            target = self._calls.target(body, call)
            if not target.functions and not target.external:
                yield body
