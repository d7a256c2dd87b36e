"""Walks values backwards for one danger: the parts that know text, calls, fields and sources, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import External, Variable
from seatrial.program.taint import containers
from seatrial.program.taint.calling import Calling
from seatrial.program.taint.constraints import Constraints
from seatrial.program.taint.fields import Fields
from seatrial.program.taint.harmless import Harmless
from seatrial.program.taint.kinds import TABLE
from seatrial.program.taint.nouns import Edge, Found, Key, Origin, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.form import Danger
    from seatrial.program.parts import Class
    from seatrial.program.program import Program
    from seatrial.program.taint.entries import Entries
    from seatrial.program.taint.handing import Handing


_KEPT = "flask.g."
"""What a request keeps for those that handle it: each writes and reads its attributes."""


class Backwards:
    """One step back from a value. Answers are computed anew: `search` remembers where it has been."""

    def __init__(self, program: Program, danger: Danger, entries: Entries, handing: Handing) -> None:
        self.program = program
        self.danger = danger
        self.entries = entries
        self.harmless = Harmless(program, danger)
        self.calls = Calling(program, self.harmless, entries, handing, danger)
        self.fields = Fields(program, danger)
        self._constraints = Constraints(program)

    def into(self, spot: Spot) -> Iterator[Found]:
        """What flows into a spot: edges to earlier spots, or origins. Nothing, when the value is harmless."""
        step = spot.function.values[spot.value]
        rule = TABLE.get(type(step))
        if rule is None:
            return
        yield from rule(self, spot, step)
        if type(step) in containers.MUTABLE and not self.harmless.value(spot.function, spot.value):
            yield from containers.filled(self.program, spot)

    def confines(self, cls: Class, field: str) -> bool:
        """True when what a field of a class that checks its input takes can do no harm."""
        return self._constraints.of_field(cls, field, self.danger)

    def edge(self, spot: Spot, value: int, note: str = "", pick: tuple[Key, ...] = ()) -> Edge:
        """An edge inside the same body."""
        return Edge(Spot(spot.function, value, spot.context, pick), spot.value, note)

    def named(self, spot: Spot, path: str) -> Iterator[Found]:
        """What flows into a name that leads out of the body."""
        named = self.program.names.resolve(spot.function.file, path)
        if isinstance(named.entity, External):
            if named.entity.name.startswith(_KEPT):
                yield from self._kept(spot, named.entity.name.removeprefix(_KEPT))
                return
            given = self.entries.external(named.entity.name)
            if given is not None and self.harmless.cleans(given.cleans):
                return
            if given is not None or self.program.models.value(named.entity.name) is None:
                yield Origin((given and given.source) or "unknown", named.entity.name, spot.pick)
        elif isinstance(named.entity, Variable):
            yield from self.fields.variable(spot, named.entity, named.rest)

    def _kept(self, spot: Spot, name: str) -> Iterator[Edge]:
        """What is written to an attribute of `flask.g`, wherever that is."""
        first, *rest = name.split(".")
        for function, at in self.program.index.stores(first):
            step = function.values[at]
            base = function.values[function.origin(step.base)] if type(step) is f.StoreAttr else None
            if type(step) is f.StoreAttr and type(base) is f.Ref:
                entity = self.program.names.resolve(function.file, base.path).entity
                if isinstance(entity, External) and f"{entity.name}." == _KEPT:
                    yield Edge(Spot(function, step.value, (), (*rest, *spot.pick)), at)
