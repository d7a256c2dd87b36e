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


class _Link(msgspec.Struct, frozen=True):
    """What a value is to the row: the attributes that lead to it, and what it is known to be by them."""

    chain: tuple[str, ...]
    given: Type | None


class Rows:
    """Answers what is read of a row; remembers."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[tuple[int, int, Type | None], tuple[Read, ...]] = {}

    def reads(self, function: Function, row: int, depth: int = 0, given: Type | None = None) -> tuple[Read, ...]:
        """The relations that `function` reads from the row that value `row` holds, each chain once, in order.

        `given` is what the row is known to be by who passes it on, for a parameter that does not say so itself.
        """
        given = given or self._program.type_of(function, row)
        key = (id(function), row, given)
        if key not in self._memo:
            self._memo[key] = ()  # a circle of calls
            if depth > DEPTH:
                del self._memo[key]
                return ()
            found: dict[tuple[str, ...], Read] = {}
            for read in self._in_body(function, row, depth, given):
                found.setdefault(read.chain, read)
            self._memo[key] = tuple(found.values())
        return self._memo[key]

    def of_parameter(
        self, function: Function, index: int, depth: int = 0, given: Type | None = None
    ) -> tuple[Read, ...]:
        """As `reads`, for the parameter at a position (`self` counts)."""
        return self.reads(function, index, depth, given) if index < len(function.facts.params) else ()

    def _in_body(self, function: Function, row: int, depth: int, given: Type | None) -> Iterator[Read]:
        chains: dict[int, _Link] = {row: _Link((), given)}
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
        chains: dict[int, _Link],
        pending: list[int],
        depth: int,
    ) -> Iterator[Read]:
        link = chains[step.base]
        for base in dict.fromkeys((self._program.type_of(function, step.base), link.given)):
            relation = self._relation(base, step.name)
            if base is not None and relation is not None:
                chain = (*link.chain, step.name)
                if relation.loading == "lazy" and not (
                    base.cls is None and self._came_by(function, step.base, relation)
                ):
                    yield Read(chain, user, (function.step(user, f"reading .{step.name} runs a query"),), base.name)
                if len(chain) <= LONGEST and user not in chains:
                    chains[user] = _Link(chain, None if relation.many else relation.target)
                    pending.append(user)
                return
            getter = self._property(base, step.name)
            if getter is not None:
                yield from self._inside(function, user, getter, 0, msgspec.structs.replace(link, given=base), depth)
                return

    def _relation(self, base: Type | None, name: str) -> Relation | None:
        if base is None or base.meta:
            return None
        schema = self._program.schema
        return schema.relation(base.cls, name) if base.cls else schema.outer(base, name)

    def _came_by(self, function: Function, row: int, relation: Relation) -> bool:
        """The single row was read from the one that the relation leads back to: `profile.user.profile`."""
        step = function.values[row]
        base = self._program.type_of(function, step.base) if type(step) is f.Attr else None
        return type(step) is f.Attr and base is not None and base.cls is relation.owner and step.name == relation.other

    def _property(self, base: Type | None, name: str) -> Function | None:
        found = self._method(base, name)
        return found if found is not None and self._program.types.is_property(found) else None

    def _call(self, function: Function, user: int, step: f.Call, row: int, link: _Link, depth: int) -> Iterator[Read]:
        functions = self._program.target(function, user).functions[:3]
        own = self._method(link.given, step.callee) if step.receiver == row and not functions else None
        for reached in functions or filter(None, (own,)):
            if step.receiver == row:
                yield from self._inside(function, user, reached, 0, link, depth)
            for index in receiving(step, reached, row):
                yield from self._inside(function, user, reached, index, link, depth)

    def _method(self, owner: Type | None, name: str) -> Function | None:
        member = self._program.types.member(owner.cls, name) if owner and owner.cls and not owner.meta else None
        return member.entity if member and isinstance(member.entity, Function) else None

    def _inside(
        self, function: Function, user: int, reached: Function, index: int, link: _Link, depth: int
    ) -> Iterator[Read]:
        for inner in self.of_parameter(reached, index, depth + 1, link.given):
            back = self._relation(link.given, inner.chain[0])
            if back is not None and link.chain and back.other == link.chain[-1]:
                continue  # `user.profile` brings its `user` along
            if len(link.chain) + len(inner.chain) <= LONGEST and not is_left_out(reached, inner.value, function, user):
                step = function.step(user, f"calls {reached.symbol}")
                through = (reached, *inner.through)
                yield Read((*link.chain, *inner.chain), user, (step, *inner.path), inner.owner, through)
