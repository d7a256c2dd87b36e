"""Grows the program's data: rows that the program made itself, cloned with keys and unique values of their own."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from seatrial.sandbox import Database, Foreign, Row, Table

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z", re.IGNORECASE)
_NUMBERED = re.compile(r"\d+(?=\D*$)")


class Grower:
    """Clones rows. Children are shared out so that both ways of growth are there: many parents, and one with many."""

    def __init__(self, database: Database, keep: Mapping[str, Any]) -> None:
        """`keep` holds the key of the row to own things, by table: what points there goes on pointing there too."""
        self._database = database
        self._tables = {table.name: table for table in database.tables()}
        self._keep = keep
        self._clones: dict[str, list[Any]] = {}
        self._serial = 0

    def grow(self, count: int, *, shared: bool) -> int:
        """Adds clones of the last row of every table that has one, `count` each; gives back how many were added.

        With `shared`, clones go on pointing where the first row points: one parent has many children. Without, each
        points to a clone of its own.
        """
        self._clones = {}
        return sum(self._table(table, count, shared=shared) for table in self._in_order())

    def _in_order(self) -> Sequence[Table]:
        """Parents before children, as far as there are no circles."""
        left, order = dict(self._tables), list[Table]()
        while left:
            free = [t for t in left.values() if not any(f.table in left and f.table != t.name for f in t.foreigns)]
            for table in free or [next(iter(left.values()))]:
                order.append(left.pop(table.name))
        return order

    def _table(self, table: Table, count: int, *, shared: bool) -> int:
        rows = self._database.rows(table.name)
        if not rows or not table.key:
            return 0
        template = self._template(table, rows)
        first = max((row[table.key] for row in rows if isinstance(row[table.key], int)), default=0) + 1
        held = [f for f in table.foreigns if not _is_alone(table, f.column)] if shared else []
        turns = max(len(held), 1)
        made = [
            self._clone(table, template, first + n, held[n % turns] if held else None, n // turns)
            for n in range(count * turns)
        ]
        fit = [row for row in made if row is not None]
        self._database.insert(table.name, fit)
        self._clones[table.name] = [row[table.key] for row in fit]
        return len(fit)

    def _template(self, table: Table, rows: Sequence[Row]) -> Row:
        """The last row, of those that belong to the owner if there are such."""
        if table.name in self._keep:
            return next((row for row in rows if row[table.key] == self._keep[table.name]), rows[-1])
        own = [row for row in rows if any(row[f.column] == self._keep.get(f.table, ...) for f in table.foreigns)]
        return (own or rows)[-1]

    def _clone(self, table: Table, template: Row, number: int, held: Foreign | None, turn: int) -> Row | None:
        row = dict(template)
        self._serial += 1
        unique = {name for names in table.uniques for name in names}
        for column in table.columns:
            foreign = next((f for f in table.foreigns if f.column == column.name), None)
            if foreign is not None:
                parents = self._clones.get(foreign.table, [])
                alone = _is_alone(table, column.name)
                if (held is not foreign or alone) and row[column.name] is not None:
                    if alone and turn >= len(parents):
                        return None
                    row[column.name] = parents[turn % len(parents)] if parents else row[column.name]
            elif column.primary or column.name in unique:
                is_counted = column.primary and isinstance(row[column.name], int)
                row[column.name] = _another(row[column.name], number if is_counted else self._serial)
        return row


def _is_alone(table: Table, column: str) -> bool:
    """Whether no two rows may share the value."""
    return (column,) in table.uniques or table.key == column


def _another(value: Any, number: int) -> Any:
    """A value of the same form that no other clone has."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return number
    if isinstance(value, str):
        return _other_text(value, number)
    return value


def _other_text(value: str, number: int) -> str:
    """A text with another number in it: the last that it holds, or one at its end; before the `@` of an address."""
    if _UUID.match(value):
        return value[:-8] + f"{number:08x}"
    local, at, rest = value.partition("@")
    changed = _NUMBERED.sub(str(900_000 + number), local, count=1)
    return (changed if changed != local else f"{local}{number}") + at + rest
