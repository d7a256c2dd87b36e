"""Tables: reads the model classes of a program into the nouns of `schema`."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.program.fields import Declared, Fields
from seatrial.program.schema import Loading, Relation, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.program.parts import Class
    from seatrial.program.program import Program
    from seatrial.program.type import Type


def read(program: Program) -> dict[Class, Table]:
    """Every model class with its table; relations declared on one side are entered on the other."""
    fields = Fields(program)
    models = [cls for cls in program.classes if program.types.has_kind(program.types.instance(cls), "model")]
    declared = {cls: fields.of(cls) for cls in models}
    reader = _Reader(program, declared)
    relations = {cls: dict(reader.forward(cls)) for cls in models}
    outward: dict[Class, tuple[Relation, ...]] = {}
    for cls in models:
        if not declared[cls].abstract:
            outward[cls] = tuple(reader.enter_reverse(relations, cls))
    return {cls: _table(cls, declared[cls], relations[cls], outward.get(cls, ())) for cls in models}


def _table(cls: Class, declared: Declared, relations: dict[str, Relation], outward: tuple[Relation, ...]) -> Table:
    return Table(
        cls,
        declared.table,
        declared.abstract,
        declared.columns,
        relations,
        tuple(declared.uniques),
        tuple(declared.indexes),
        tuple(declared.ordering),
        outward,
    )


_LOADING: dict[object, Loading] = {
    "joined": "eager", "selectin": "eager", "subquery": "eager", "immediate": "eager", False: "eager",
    "dynamic": "manager", "write_only": "manager", "raise": "never", "raise_on_sql": "never", "noload": "never",
}  # fmt: skip
"""SQLAlchemy's words for how a relationship is loaded; any other is lazy."""


class _Reader:
    """Resolves what relations lead to, once all fields are known."""

    def __init__(self, program: Program, declared: dict[Class, Declared]) -> None:
        self._types = program.types
        self._declared = declared
        self._by_name: dict[str, list[Class]] = {}
        self._by_table: dict[str, Class] = {}
        for cls, found in declared.items():
            self._by_name.setdefault(cls.name, []).append(cls)
            self._by_table.setdefault(_plain(found.table), cls)

    def forward(self, cls: Class) -> Iterator[tuple[str, Relation]]:
        """The relations that a class itself, or a base of it, declares."""
        managers = self._declared[cls].managers
        for name, found in self._declared[cls].relations.items():
            loading: Loading = "manager" if managers and found.many else _LOADING.get(found.lazy, "lazy")
            target = found.target or self._named(cls, found.to)
            is_reverse = not managers and not self._holds_key(cls, target)
            many = is_reverse if found.many is None else found.many
            yield name, Relation(cls, name, target, found.step, many, loading, is_reverse, found.reverse)

    def enter_reverse(self, relations: dict[Class, dict[str, Relation]], cls: Class) -> Iterator[Relation]:
        """Enters at the other end what a class declares here: `related_name`, `backref`, `order_set`.

        Gives what cannot be entered, since the other end is a library's model.
        """
        managers = self._declared[cls].managers
        for name, found in self._declared[cls].relations.items():
            forward = relations[cls][name]
            target = forward.target
            back = self._back_name(cls, found.reverse, one=found.one, managers=managers)
            if target is None or not back or (target.cls and target.cls not in relations):
                continue
            many = not found.one if managers else not forward.many
            loading: Loading = "manager" if managers and many else "lazy"
            reverse = Relation(
                target.cls or cls, back, self._types.instance(cls), found.step, many, loading, reverse=True, other=name
            )
            if target.cls is None:
                yield reverse
                continue
            for heir in self._heirs[target.cls]:
                relations[heir].setdefault(back, replace(reverse, owner=heir))
            relations[cls][name] = replace(forward, other=back)

    @cached_property
    def _heirs(self) -> Mapping[Class, list[Class]]:
        """For each class those that have what it has: itself, and the classes below it."""
        found: dict[Class, list[Class]] = defaultdict(list)
        for heir in self._declared:
            for cls in self._types.mro(heir):
                found[cls].append(heir)
        return found

    def _back_name(self, cls: Class, given: str, *, one: bool, managers: bool) -> str:
        if given:
            label = cls.file.module.split(".")[-2] if "." in cls.file.module else ""
            return (
                ""
                if given.endswith("+")
                else given.replace("%(class)s", cls.name.lower()).replace("%(app_label)s", label)
            )
        if not managers:
            return ""
        return cls.name.lower() if one else f"{cls.name.lower()}_set"

    def _holds_key(self, cls: Class, target: Type | None) -> bool:
        keys = {_plain(c.references.rpartition(".")[0]) for c in self._declared[cls].columns.values()}
        declared = self._declared.get(target.cls) if target and target.cls else None
        return bool(declared and _plain(declared.table) in keys)

    def _named(self, cls: Class, text: str) -> Type | None:
        """The model that a text names: `self`, `Order`, `shop.Order`, `shop.models.Order`, `orders.id`."""
        if text == "self":
            return self._types.instance(cls)
        candidates = self._by_name.get(text.rpartition(".")[2], [])
        home = cls.file.module
        near = text.split(".")[:-1] or [home]
        best = max(
            candidates, key=lambda c: (_closeness(c.file.module, near), _shared(c.file.module, home)), default=None
        )
        found = best or self._by_table.get(_plain(text.rpartition(".")[0]))
        return self._types.instance(found) if found else None


def _closeness(module: str, parts: list[str]) -> int:
    words = set(module.split("."))
    return sum(part in words or part == module for part in parts)


def _shared(module: str, other: str) -> int:
    """How many packages hold both: what lies beside is meant, and no copy that a migration makes for itself."""
    pairs = zip(module.split("."), other.split("."), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _plain(table: str) -> str:
    """A table's name without what libraries derive differently from a class: `OrderItem`, `order_item`."""
    return table.replace("_", "").lower()
