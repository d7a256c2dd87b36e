"""Paths: what it asks of the database to read `customer.country.name` from a row, or to run a function on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatrial.model import facts as f
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


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a path of names ends: the rows' class (None: not known), the relations on the way, what was asked on it."""

    cls: Class | None
    chain: tuple[str, ...]
    needs: tuple[Need, ...]


class Paths:
    """Follows names from a row."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def follow(self, row: Landing, names: Sequence[str], step: Step) -> Landing:
        """Reads `names` one after the other, beginning at a row; `step` says who does so. Asked is what they ask."""
        needs: list[Need] = []
        cls, chain = row.cls, row.chain
        for name in names:
            if cls is None:
                break
            relation = self._program.schema.relation(cls, name)
            if relation is None:
                needs.extend(self._code(cls, name, chain, step))
                cls = None
                break
            chain = (*chain, name)
            needs.extend(_asked(relation, chain, step))
            cls = relation.target.cls if relation.target else None
        return Landing(cls, chain, tuple(needs))

    def _code(self, cls: Class, name: str, chain: tuple[str, ...], step: Step) -> Iterator[Need]:
        """A property or method of the model by this name is run."""
        member = self._program.types.member(cls, name)
        if member and isinstance(member.entity, Function):
            yield from self.run(member.entity, 0, chain, step)

    def run(self, function: Function, index: int, chain: tuple[str, ...], step: Step) -> Iterator[Need]:
        """Calls a function whose parameter at `index` is the row that `chain` led to."""
        for read in self._program.rows.of_parameter(function, index):
            whole = (*chain, *read.chain)
            yield Need(whole, "." + ".".join(whole), (step, *read.path), (function,))
        for effect in self._program.effects.of(function, "db.read").values():
            if not effect.once and not _asks_first(effect):
                yield self._effect(function, effect, chain, step)

    def _effect(self, function: Function, effect: Effect, chain: tuple[str, ...], step: Step) -> Need:
        relation = _kept(effect.source)
        what = effect.what.rpartition(".")[2] or "the database"
        path = (step, *effect.path("runs a query"))
        return Need((*chain, relation) if relation else (), what, path, (function, effect.source.function))


def _asked(relation: Relation, chain: tuple[str, ...], step: Step) -> Iterator[Need]:
    if relation.loading in {"lazy", "manager"}:
        yield Need(chain, "." + ".".join(chain), (step,))


def _kept(source: Effect) -> str:
    """The relation whose rows, when fetched along, answer this query: `row.items.all()`; empty if none can."""
    step = source.function.values[source.value]
    if type(step) is f.Call and step.receiver >= 0 and step.callee in _KEPT:
        step = source.function.values[step.receiver]
    return step.name if type(step) is f.Attr else ""


def _asks_first(effect: Effect) -> bool:
    """The query runs only where the row does not hold the answer yet: under `if hasattr(row, …)`, or in its `else`."""
    current: Effect | None = effect
    while current is not None:
        for condition, _ in current.function.guards(current.value):
            step = current.function.values[current.function.origin(condition)]
            while type(step) is f.Unary:
                step = current.function.values[step.value]
            if type(step) is f.Call and step.callee in {"!hasattr", "!getattr"}:
                return True
        current = current.via
    return False
