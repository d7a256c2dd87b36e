"""Rows: which relations are read from a row: directly, through properties and methods, in functions that are given it.

A chain is the names of the attributes from the row to the relation: `order.customer.country` reads the chains
`("customer",)` and `("customer", "country")`, each a query of its own unless it was loaded ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.program.arguments import receiving
from seatrial.program.branches import is_left_out
from seatrial.program.parts import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.model.finding import Step
    from seatrial.program.program import Program
    from seatrial.program.schema import Relation
    from seatrial.program.type import Type

DEPTH = 5
"""How many functions a row is followed through."""
LONGEST = 3
"""How many relations from the row."""


class Read(msgspec.Struct, frozen=True):
    """A relation is read: `chain` leads to it from the row.

    `value` is what does so in the function asked about; `path` leads to the reading itself, by the functions `through`.
    `owner` is the table that holds the relation.
    """

    chain: tuple[str, ...]
    value: int
    path: tuple[Step, ...]
    owner: str
    through: tuple[Function, ...] = ()


class Rows:
    """Answers what is read of a row; remembers."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[tuple[int, int], tuple[Read, ...]] = {}

    def reads(self, function: Function, row: int, depth: int = 0) -> tuple[Read, ...]:
        """The relations that `function` reads from the row that value `row` holds, each chain once, in order."""
        key = (id(function), row)
        if key not in self._memo:
            self._memo[key] = ()  # a circle of calls
            if depth > DEPTH:
                del self._memo[key]
                return ()
            found: dict[tuple[str, ...], Read] = {}
            for read in self._in_body(function, row, depth):
                found.setdefault(read.chain, read)
            self._memo[key] = tuple(found.values())
        return self._memo[key]

    def of_parameter(self, function: Function, index: int, depth: int = 0) -> tuple[Read, ...]:
        """As `reads`, for the parameter at a position (`self` counts)."""
        return self.reads(function, index, depth) if index < len(function.facts.params) else ()

    def _in_body(self, function: Function, row: int, depth: int) -> Iterator[Read]:
        chains: dict[int, tuple[str, ...]] = {row: ()}
        pending = [row]
        while pending:
            current = pending.pop()
            stored = self._stored(function, current)
            for user in function.users.get(current, ()):
                step = function.values[user]
                if type(step) is f.Attr and stored.get(step.name, user) < user:
                    continue
                if type(step) is f.Attr and step.base == current:
                    yield from self._attribute(function, user, step, chains, pending, depth)
                elif type(step) is f.Phi and user not in chains:
                    chains[user] = chains[current]
                    pending.append(user)
                elif type(step) is f.Call:
                    yield from self._call(function, user, step, current, chains[current], depth)

    def _stored(self, function: Function, row: int) -> dict[str, int]:
        """The attributes of the row that the body sets, with where it does so first: to read them then asks nothing."""
        found: dict[str, int] = {}
        for user in function.users.get(row, ()):
            step = function.values[user]
            if type(step) is f.StoreAttr and step.base == row:
                found.setdefault(step.name, user)
        return found

    def _attribute(
        self,
        function: Function,
        user: int,
        step: f.Attr,
        chains: dict[int, tuple[str, ...]],
        pending: list[int],
        depth: int,
    ) -> Iterator[Read]:
        base = self._program.type_of(function, step.base)
        if base is None or base.meta:
            return
        chain = (*chains[step.base], step.name)
        schema = self._program.schema
        relation = schema.relation(base.cls, step.name) if base.cls else schema.outer(base, step.name)
        if relation is not None:
            if relation.loading == "lazy" and not (base.cls is None and self._came_by(function, step.base, relation)):
                yield Read(chain, user, (function.step(user, f"reading .{step.name} runs a query"),), base.name)
            if len(chain) <= LONGEST and user not in chains:
                chains[user] = chain
                pending.append(user)
            return
        getter = self._property(base, step.name)
        if getter is not None:
            yield from self._inside(function, user, getter, 0, chains[step.base], depth)

    def _came_by(self, function: Function, row: int, relation: Relation) -> bool:
        """The single row was read from the one that the relation leads back to: `profile.user.profile`."""
        step = function.values[row]
        base = self._program.type_of(function, step.base) if type(step) is f.Attr else None
        return type(step) is f.Attr and base is not None and base.cls is relation.owner and step.name == relation.other

    def _property(self, base: Type, name: str) -> Function | None:
        member = self._program.types.member(base.cls, name) if base.cls else None
        entity = member.entity if member else None
        return entity if isinstance(entity, Function) and self._program.types.is_property(entity) else None

    def _call(
        self, function: Function, user: int, step: f.Call, row: int, chain: tuple[str, ...], depth: int
    ) -> Iterator[Read]:
        target = self._program.target(function, user)
        for reached in target.functions[:3]:
            if step.receiver == row:
                yield from self._inside(function, user, reached, 0, chain, depth)
            for index in receiving(step, reached, row):
                yield from self._inside(function, user, reached, index, chain, depth)

    def _inside(
        self, function: Function, user: int, reached: Function, index: int, chain: tuple[str, ...], depth: int
    ) -> Iterator[Read]:
        for inner in self.of_parameter(reached, index, depth + 1):
            if len(chain) + len(inner.chain) <= LONGEST and not is_left_out(reached, inner.value, function, user):
                step = function.step(user, f"calls {reached.symbol}")
                through = (reached, *inner.through)
                yield Read((*chain, *inner.chain), user, (step, *inner.path), inner.owner, through)
