"""Loops: which of them grow with data, and what a value in one is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.model.finding import Place, Step
from seatrial.program.parts import LOOPS, Function
from seatrial.program.sizes import Size, size
from seatrial.program.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.types import Types


class Loop(msgspec.Struct, frozen=True):
    """A loop or comprehension over a collection that the program's text does not bound."""

    function: Function
    region: int
    size: Size

    @property
    def facts(self) -> f.Region:
        """Its region."""
        return self.function.regions[self.region]

    @property
    def over(self) -> str:
        """What it goes over, in the source's words."""
        return written(self.function, self.facts.subject) or "a collection"

    @property
    def uses_element(self) -> bool:
        """Something is made of the element: the loop does not only count its rounds."""
        users = self.function.users.get(self.element, ()) if self.element >= 0 else ()
        return any(type(self.function.values[user]) is not f.Store for user in users)

    @property
    def outermost(self) -> int:
        """The index of the loop around all others around it, in the same body."""
        found = index = self.region
        while index >= 0:
            region = self.function.regions[index]
            found = index if region.kind in LOOPS else found
            index = region.parent
        return found

    def step(self, before: str = "") -> Step:
        """The step of a finding's path at the loop's own line."""
        rows = "each row of" if self.size is Size.ROWS else "each element of"
        place = Place(self.function.file.path, self.facts.line, self.facts.line)
        return Step(place, f"{before}once for {rows} {self.over}")

    @property
    def element(self) -> int:
        """The id of the value that stands for one element, or NONE."""
        region = self.facts
        for i in range(region.start, region.end):
            step = self.function.values[i]
            if type(step) is f.Element and step.of == region.subject:
                return i
        return f.NONE


class Loops:
    """Answers which loops are around a value; remembers how large they can become."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._sizes: dict[tuple[int, int], Size] = {}

    def of(self, function: Function) -> Iterator[Loop]:
        """The loops of a body over something that is not bounded; `while` loops are left out: they wait or retry."""
        for i, region in enumerate(function.regions):
            if region.kind in LOOPS and region.kind != "while" and region.subject >= 0:
                found = self._size(function, i)
                if found is not Size.BOUNDED:
                    yield Loop(function, i, found)

    def around(self, function: Function, value: int) -> Loop | None:
        """The innermost loop around a value that is not bounded and in which the value is evaluated again and again."""
        if not 0 <= value < len(function.values):
            return None
        index, picked = function.region_of[value], set[int]()
        while index >= 0:
            region = function.regions[index]
            if region.kind == "annotation" or leaves_loop(function, region):
                return None
            picked.update(_picked(function, region))
            if region.kind in LOOPS and region.kind != "while" and region.subject not in picked and region.subject >= 0:
                found = self._size(function, index)
                if found is not Size.BOUNDED:
                    return Loop(function, index, found)
            index = region.parent
        return None

    def _size(self, function: Function, region: int) -> Size:
        key = (id(function), region)
        if key not in self._sizes:
            self._sizes[key] = size(self._types, function, function.regions[region].subject)
        return self._sizes[key]


def leaves_loop(function: Function, region: f.Region) -> bool:
    """True for a branch that ends the loop around it (return, raise, break): what is in it runs once at most."""
    if not region.exits or region.kind in LOOPS or region.end <= region.start:
        return False
    last = function.values[region.end - 1]
    return type(last) in {f.Return, f.Raise} or (type(last) is f.Jump and last.kind == "break")


def _picked(function: Function, region: f.Region) -> Iterator[int]:
    """The collections of which a branch takes elements that the program names: `if field == "labels"`."""
    pending = [region.subject] if region.kind == "if" and region.subject >= 0 else []
    while pending:
        step = function.values[pending.pop()]
        if type(step) is f.Binary and step.op == "and":
            pending += (step.left, step.right)
        if type(step) is f.Compare and step.op in {"==", "in"} and _is_literal(function, step.right):
            element = function.values[function.origin(step.left)]
            while type(element) is f.Part:
                element = function.values[function.origin(element.of)]
            if type(element) is f.Element:
                yield element.of


def _is_literal(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    if type(step) is f.Collection:
        return step.region < 0 and all(type(function.values[item]) is f.Const for item in step.items)
    return type(step) is f.Const
