"""The nouns of taint: where a value stands, how it got there, where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import msgspec

from seatrial.model.facts import NONE

if TYPE_CHECKING:
    from seatrial.libraries.form import Danger
    from seatrial.model.finding import Step
    from seatrial.program.parts import Function

Kind: TypeAlias = Literal["remote", "local", "parameter", "unknown"]
"""Who chose a value: someone on the network, the user of this machine, whoever calls a function that nothing here
calls; or nobody knows."""

Key: TypeAlias = str | int

EVERY = "*"
"""The key that stands for each element of a collection."""


FAR = 6
"""Bodies that a value may pass through before each further one counts as an uncertain step: it is another by then."""
CERTAINTY = 0.75
"""How much of the confidence each uncertain step leaves."""
UNFED = 0.65
"""Confidence at most where nobody in a program of several files gives a parameter what would do harm."""


class Condition(NamedTuple):
    """A value that is tested, and its outcome. `holds` None: it is enough that the test has come back.

    `part`: it is this component of the answer (`is_good, why = check(x)`); NONE: all of it.
    """

    value: int
    holds: bool | None
    part: int = NONE


class Site(NamedTuple):
    """A call: the body that holds it and its id there."""

    function: Function
    call: int


class Spot(NamedTuple):
    """A value in a body, seen from `context` (the calls that were entered to get here, outermost first).

    `pick`: only this component counts (`row["name"].first` is `("name", "first")` of `row`); empty: all of it.
    """

    function: Function
    value: int
    context: tuple[Site, ...] = ()
    pick: tuple[Key, ...] = ()


class Edge(NamedTuple):
    """One step back: `spot` flows into the value before it.

    `user`: the id in the spot's body at which it is used, so that checks before it count. `given`: further conditions
    known there. `doubt`: how uncertain it is that it flows (0: certain). `note`: what a reader is told, if anything.
    """

    spot: Spot
    user: int
    note: str = ""
    doubt: int = 0
    given: tuple[Condition, ...] = ()


class Origin(NamedTuple):
    """Where a value enters. `what` names it in the source's words; `pick` is the component that is read."""

    kind: Kind
    what: str
    pick: tuple[Key, ...] = ()

    @property
    def name(self) -> str:
        """What a reader would call it: the key that is read, else the last part of the name."""
        key = next((k for k in self.pick if isinstance(k, str) and k != EVERY), "") if self.kind != "parameter" else ""
        return key or self.what.rpartition(".")[2]


Found: TypeAlias = Edge | Origin


class Sinking(msgspec.Struct, frozen=True):
    """A call that foreign text must not reach: `value` is the argument's id in `function`, `what` what is called.

    `pick`: the part of the value that matters, where not all of it does: the first of a list of words is the program.
    """

    function: Function
    call: int
    value: int
    danger: Danger
    what: str
    pick: tuple[Key, ...] = ()


class Flow(msgspec.Struct, frozen=True):
    """A value from outside that arrives in a sink.

    `spots`: every value on the way, from where it enters to the argument of the sink. `path`: the same for a reader,
    ending at the sink. `doubt`: how many uncertain steps lie between. `is_linked`: the file where it enters and others
    of the program import one another, so that whoever gives a parameter something would be seen; of a lone file, a
    fragment of a program that nobody knows, a parameter may hold anything.
    """

    sink: Sinking
    origin: Origin
    spots: tuple[Spot, ...]
    path: tuple[Step, ...]
    doubt: int
    is_linked: bool = False

    @property
    def functions(self) -> tuple[Function, ...]:
        """The bodies that the value passes through."""
        return tuple(dict.fromkeys(spot.function for spot in self.spots))

    def confidence(
        self, *, remote: float = 0.92, local: float = 0.5, parameter: float = 0.4, unknown: float = 0.0
    ) -> float:
        """How likely it is a fault: by who chose the value, less for each uncertain step and for a very long way."""
        most = UNFED if self.is_linked else 1.0
        likely = {"remote": remote, "local": local, "parameter": min(parameter, most), "unknown": min(unknown, most)}
        strayed = max(0, len(self.functions) - FAR)
        return likely[self.origin.kind] * CERTAINTY ** (self.doubt + strayed)
