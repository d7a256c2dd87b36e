"""Fields: where attributes of objects and variables of modules and classes get their values."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeGuard

from seatrial.model import facts as f
from seatrial.program.parts import Class, Function
from seatrial.program.taint.constraints import Constraints
from seatrial.program.taint.nouns import Edge, Key, Site, Spot
from seatrial.program.taint.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.form import Danger
    from seatrial.program.names import Variable
    from seatrial.program.program import Program

DEPTH = 3
"""How many components deep a value is told apart from its neighbours."""


class Fields:
    """Finds the writes behind a read."""

    def __init__(self, program: Program, danger: Danger) -> None:
        self._program = program
        self._danger = danger
        self._constraints = Constraints(program)
        self._shared = Shared(program)
        self._written: dict[int, dict[str, list[tuple[Function, int, int]]]] = {}

    def variable(self, spot: Spot, variable: Variable, rest: tuple[str, ...]) -> Iterator[Edge]:
        """What a variable of a module or class holds; `rest` are the attributes read below it."""
        found = self._program.types.of(variable.function, variable.value) if rest else None
        if found and found.cls and rest:
            yield from self._of_class(found.cls, rest[0], (*rest[1:], *spot.pick))
            return
        pick = (*rest, *spot.pick)[:DEPTH]
        yield Edge(Spot(variable.function, variable.value, (), pick), variable.value)
        yield from self._shared.writes(variable, pick)

    def attribute(self, spot: Spot, step: f.Attr) -> Iterator[Edge]:
        """What `base.name` holds: the object as made here, else all that is written to this field of its class."""
        found = self._program.type_of(spot.function, step.base)
        if found is None or found.cls is None or self._is_made_here(spot.function, step.base):
            pick = (step.name, *spot.pick)[:DEPTH]
            yield Edge(Spot(spot.function, step.base, spot.context, pick), spot.value)
            return
        if self._program.types.has_kind(found, "schema"):
            yield from self._checked(spot, step, found.cls)
            return
        known = False
        for edge in self._of_class(found.cls, step.name, spot.pick):
            known = True
            yield edge
        if not known and not self._program.types.has_kind(found, "model"):
            yield Edge(Spot(spot.function, step.base, spot.context, (step.name, *spot.pick)[:DEPTH]), spot.value)

    def _checked(self, spot: Spot, step: f.Attr, cls: Class) -> Iterator[Edge]:
        """A field of checked input: as foreign as the whole, but for what its declaration refuses."""
        if not self._constraints.of_field(cls, step.name, self._danger):
            pick = (step.name, *spot.pick)[:DEPTH]
            doubt = 1 if self._constraints.may_refuse(cls, step.name) else 0
            yield Edge(Spot(spot.function, step.base, spot.context, pick), spot.value, doubt=doubt)

    def _is_made_here(self, function: Function, base: int) -> bool:
        return type(function.values[function.origin(base)]) is f.Call

    def _of_class(self, cls: Class, name: str, pick: tuple[Key, ...]) -> Iterator[Edge]:
        for owner in self._program.types.mro(cls):
            for function, value, user in self._writes(owner).get(name, ()):
                yield Edge(Spot(function, value, (), pick), user)
            method = owner.methods.get(name)
            if method is not None:
                yield from returned(method, (), pick, "")

    def _writes(self, cls: Class) -> dict[str, list[tuple[Function, int, int]]]:
        """Field → where it is written: (body, value, id of the store)."""
        known = self._written.get(id(cls))
        if known is None:
            known = self._written[id(cls)] = defaultdict(list)
            for function in (cls.body, *cls.methods.values()):
                for i, step in enumerate(function.values):
                    if _writes_field(step, function, cls) and step.value >= 0:
                        known[step.name].append((function, step.value, i))
        return known


def _writes_field(step: f.AnyValue, function: Function, cls: Class) -> TypeGuard[f.Store | f.StoreAttr]:
    if type(step) is f.Store:
        return function is cls.body
    return type(step) is f.StoreAttr and step.base == 0


def returned(function: Function, context: tuple[Site, ...], pick: tuple[Key, ...], note: str) -> Iterator[Edge]:
    """The values that a function gives back: what it returns or yields."""
    for user, step in enumerate(function.values):
        if (type(step) is f.Return or type(step) is f.Yield) and step.value >= 0:
            yield Edge(Spot(function, step.value, context, pick), user, note)
