"""Paths: what it asks of the database to read `customer.country.name` from a row, or to run a function on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.program.ahead import asked_of
from seatrial.program.branches import before, is_left_out_bare
from seatrial.program.parts import Class, Function
from seatrial.program.serving.nouns import Need

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.model.finding import Step
    from seatrial.program.effects import Effect
    from seatrial.program.program import Program
    from seatrial.program.schema import Relation

_KEPT = frozenset({"all", "count", "exists", "first"})
"""What a manager answers from rows that were fetched along."""


class Landing(msgspec.Struct, frozen=True):
    """A row that a path of names leads to: its class (None: not known), the relations on the way, what was asked on it.

    `through` is the last of the relations: what leads back through it is there already.
    """

    cls: Class | None
    chain: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    through: Relation | None = None


class Paths:
    """Follows names from a row."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def follow(self, row: Landing, names: Sequence[str], step: Step) -> Landing:
        """Reads `names` one after the other, beginning at a row; `step` says who does so. Asked is what they ask."""
        needs: list[Need] = []
        at = Landing(row.cls, row.chain, (), row.through)
        for name in names:
            if at.cls is None:
                break
            relation = self._program.schema.relation(at.cls, name)
            if relation is None:
                needs.extend(self._code(at, name, step))
                at = Landing(None, at.chain)
                break
            chain = (*at.chain, name)
            if not leads_back(at.through, relation):
                needs.extend(_asked(relation, chain, step, single=_is_single(at)))
            at = Landing(relation.target.cls if relation.target else None, chain, (), relation)
        return Landing(at.cls, at.chain, tuple(needs), at.through)

    def _code(self, row: Landing, name: str, step: Step) -> Iterator[Need]:
        """A property or method of the model by this name is run."""
        member = self._program.types.member(row.cls, name) if row.cls else None
        if member and isinstance(member.entity, Function):
            yield from self.run(member.entity, 0, row, step, bare=True)

    def run(self, function: Function, index: int, row: Landing, step: Step, *, bare: bool = False) -> Iterator[Need]:
        """Calls a function whose parameter at `index` is a row; `bare`: and gives it nothing else."""
        for read in self._program.rows.of_parameter(function, index):
            if not self._is_back(row, read.chain) and not (bare and is_left_out_bare(function, read.value)):
                whole = (*row.chain, *read.chain)
                single = len(read.chain) == 1 and _is_single(row)
                yield Need(whole, "." + ".".join(whole), (step, *read.path), (function,), single)
        for effect in self._program.effects.of(function, "db.read").values():
            if not effect.once and not _asks_first(effect) and not (bare and is_left_out_bare(function, effect.value)):
                yield self._effect(function, effect, row, step)

    def _is_back(self, row: Landing, chain: tuple[str, ...]) -> bool:
        """The last of these relations leads to where the one before it came from."""
        cls, before, last = row.cls, None, row.through
        for name in chain:
            before, last = last, self._program.schema.relation(cls, name)
            cls = last.target.cls if last and last.target else None
        return last is not None and leads_back(before, last)

    def _effect(self, function: Function, effect: Effect, row: Landing, step: Step) -> Need:
        relation = _kept(effect.source)
        what = effect.what.rpartition(".")[2] or "the database"
        path = (step, *effect.path("runs a query"))
        chain = (*row.chain, relation) if relation else ()
        return Need(chain, what, path, (function, effect.source.function), _is_single(row))


def leads_back(before: Relation | None, relation: Relation) -> bool:
    """The single row at the end of a relation is the one that the relation before began at, and so is known."""
    return before is not None and not relation.many and before.other == relation.name


def _is_single(row: Landing) -> bool:
    return row.through is not None and not row.through.many and not row.through.reverse


def _asked(relation: Relation, chain: tuple[str, ...], step: Step, *, single: bool) -> Iterator[Need]:
    if relation.loading in {"lazy", "manager"}:
        yield Need(chain, "." + ".".join(chain), (step,), (), single)


def _kept(source: Effect) -> str:
    """The relation whose rows, when fetched along, answer this query: `row.items.all().exists()`; empty if none can."""
    step = asked_of(source.function, source.value, _KEPT)
    return step.name if type(step) is f.Attr else ""


def _asks_first(effect: Effect) -> bool:
    """The query runs only where the row does not hold the answer yet: under `if hasattr(row, …)`, or in its `else`."""
    for current in effect.chain:
        function, value = current.function, current.value
        for condition, _ in (*function.guards(value), *before(function, value)):
            step = function.values[function.origin(condition)]
            while type(step) is f.Unary:
                step = function.values[step.value]
            if type(step) is f.Call and step.callee in {"!hasattr", "!getattr"}:
                return True
    return False
