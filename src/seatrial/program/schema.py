"""Schema: the tables that the program's models declare, with columns, relations, constraints and indexes.

program.schema.table(Order)                 -> Table | None
program.schema.relation(Order, "customer")  -> Relation | None: reading it runs a query unless it was loaded ahead
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from seatrial.program.parts import Class
from seatrial.program.type import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatrial.model.finding import Step
    from seatrial.program.types import Types

Loading: TypeAlias = Literal["lazy", "eager", "manager", "never"]
"""`lazy`: reading the attribute runs a query. `eager`: it came with the row. `manager`: reading is free, and what is
called on it is a query. `never`: reading fails or gives nothing (`raise`, `noload`)."""


class Column(msgspec.Struct, frozen=True):
    """A column. `references`: the row it points to, as written (`orders.id`); empty if it is no foreign key."""

    name: str
    step: Step
    unique: bool = False
    indexed: bool = False
    references: str = ""


class Relation(msgspec.Struct, frozen=True):
    """An attribute of a row that leads to another row, or to many.

    `name` is the attribute on `owner` (on a library's model: the class that declares it); `target` the type at its end
    (with `cls` when it is the program's). `reverse`: the foreign key is on the other side. `other`: the attribute that
    leads back, if there is one.
    """

    owner: Class
    name: str
    target: Type | None
    step: Step
    many: bool = False
    loading: Loading = "lazy"
    reverse: bool = False
    other: str = ""


class Table(msgspec.Struct, frozen=True):
    """A model class and what it declares, inherited fields included. `uniques` and `indexes` list sets of columns."""

    cls: Class
    name: str
    abstract: bool = False
    columns: Mapping[str, Column] = msgspec.field(default_factory=dict)
    relations: Mapping[str, Relation] = msgspec.field(default_factory=dict)
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    ordering: tuple[str, ...] = ()
    outward: tuple[Relation, ...] = ()
    """What it gives to rows of libraries' models: the `profile` of a user."""

    def is_unique(self, columns: frozenset[str]) -> bool:
        """True when no two rows can agree in all these columns."""
        single = any(c.unique for name, c in self.columns.items() if name in columns)
        return single or any(set(u) <= columns for u in self.uniques)

    def is_indexed(self, column: str) -> bool:
        """True when rows can be found by this column without reading the table."""
        found = self.columns.get(column)
        first = {c[0] for c in (*self.uniques, *self.indexes) if c}
        return column in first or bool(found and (found.unique or found.indexed))


class Schema:
    """All tables of a program. Read on first use, by `read`; never changed after."""

    def __init__(self, types: Types, read: Callable[[], Mapping[Class, Table]]) -> None:
        self._types = types
        self._read = read
        self._reading = False

    @cached_property
    def tables(self) -> Mapping[Class, Table]:
        """Every model class of the program with what it declares, reverse relations included."""
        self._reading = True
        try:
            return self._read()
        finally:
            self._reading = False

    def table(self, cls: Class | None) -> Table | None:
        """What a model class declares; None if it is no model."""
        return self.tables.get(cls) if cls else None

    def named(self, dotted: str) -> Class | None:
        """The model class of this dotted name: what `Query.table` speaks of."""
        return self._by_name.get(dotted)

    @cached_property
    def _by_name(self) -> Mapping[str, Class]:
        return {cls.dotted: cls for cls in self.tables}

    def relation(self, cls: Class | None, attribute: str) -> Relation | None:
        """The relation that an attribute of an instance of `cls` is, own, inherited, or declared on the other side."""
        table = self.table(cls)
        return table.relations.get(attribute) if table else None

    def outer(self, owner: Type, attribute: str) -> Relation | None:
        """As `relation`, for rows of a library's model: what the program's models give them."""
        return self._outward.get((owner.name, attribute))

    @cached_property
    def _outward(self) -> Mapping[tuple[str, str], Relation]:
        found: dict[tuple[str, str], Relation] = {}
        for table in self.tables.values():
            for relation in table.outward:
                forward = table.relations[relation.other]
                if forward.target is not None:
                    found.setdefault((forward.target.name, relation.name), relation)
        return found

    def way_back(self, cls: Class | None, attribute: str) -> str:
        """The attribute of a single row that leads back to where an attribute began; empty if there is none.

        Without a class, for an attribute that rows of one table alone have (see `manager_called`).
        """
        there = self.relation(cls, attribute) if cls else self._called.get(attribute)
        back = self.relation(there.target.cls, there.other) if there and there.target else None
        return back.name if back and not back.many else ""

    def lazy(self, owner: Type | None, attribute: str) -> Relation | None:
        """The relation that reading an attribute of an instance fetches by a query of its own, unless loaded ahead."""
        relation = self.relation(owner.cls, attribute) if owner and not owner.meta else None
        return relation if relation and relation.loading == "lazy" else None

    def manager_called(self, name: str) -> Type | None:
        """The manager that an attribute leads to, whatever row it is read from, if one table alone has any such."""
        if self._reading:
            return None
        return self._managers.get(name)

    @cached_property
    def _managers(self) -> Mapping[str, Type]:
        found: dict[str, set[Type]] = {}
        columns = {name for table in self.tables.values() for name in table.columns}
        for table in self.tables.values():
            for relation in table.relations.values():
                if relation.loading == "manager" and relation.target is not None:
                    found.setdefault(relation.name, set()).add(relation.target)
        return {
            name: Type("django.db.models.RelatedManager", (next(iter(targets)),))
            for name, targets in found.items()
            if len(targets) == 1 and name not in columns
        }

    @cached_property
    def _called(self) -> Mapping[str, Relation]:
        every = (relation for table in self.tables.values() for relation in table.relations.values())
        return {one.name: one for one in every if one.loading == "manager" and one.name in self._managers}

    def type_of(self, cls: Class, attribute: str) -> Type | None:
        """The type of a relation read from an instance: the row, a list of rows, or a manager of rows."""
        if self._reading:  # types asked for while the tables are read cannot wait for the tables
            return None
        relation = self.relation(cls, attribute)
        if relation is None or relation.target is None:
            return None
        if not relation.many:
            return relation.target
        if relation.loading != "manager":
            return Type("builtins.list", (relation.target,))
        return self._manager(relation.target)

    def _manager(self, target: Type) -> Type:
        own = self._types.attribute(Type(target.name, cls=target.cls, meta=True), "objects")
        if own and own.cls and self._types.has_kind(own, "manager"):
            return Type(own.name, (target,), own.cls)
        return Type("django.db.models.RelatedManager", (target,))
