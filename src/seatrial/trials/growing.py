"""Grows the program's data: rows that the program made itself, cloned with keys and unique values of their own."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seatrial.sandbox import Column, Database, Foreign, Numbered, Row, Table
from seatrial.trials.owners import names_owner

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z", re.IGNORECASE)
_NUMBERED = re.compile(r"\d+(?=\D*$)")
_OURS = re.compile(r"seatrial|\bst\d+@example", re.IGNORECASE)
"""Free text: the program took what we made up. What is no free text, a state or a kind, stays as it is."""
_FAR, _DIGITS = 900_000, 7


class Grower:
    """Clones rows. Children are shared out so that both ways of growth are there: many parents, and one with many."""

    def __init__(
        self,
        database: Database,
        keep: Mapping[str, Any],
        apart: Mapping[str, Collection[Any]] | None = None,
        nth: int | None = None,
    ) -> None:
        """`keep` holds the key of the row to own things, by table: what points there goes on pointing there too.

        `apart` holds keys of rows that are not to be cloned, by table; with `nth`, just that of this number.
        """
        self._database = database
        self._tables = {table.name: table for table in database.tables()}
        left = {name: _others(table, database.rows(name), apart or {}, nth) for name, table in self._tables.items()}
        self._templates = {name: _template(table, left[name], keep) for name, table in self._tables.items()}
        self._clones: dict[str, tuple[Numbered, int]] = {}
        self._serial = 1
        self.added: Counter[str] = Counter()
        """How many clones each table got."""

    @property
    def growing(self) -> Sequence[str]:
        """The tables that hold a row to clone."""
        return [name for name, row in self._templates.items() if row is not None and _is_known(self._tables[name])]

    def template(self, name: str) -> Row | None:
        """The row of the table that is cloned."""
        return self._templates[name]

    def copied(self, name: str) -> Any:
        """The key of one more clone, which points where its template does; None if the table takes none."""
        table, template = self._tables[name], self._templates[name]
        numbered = dict(self._numbered(table, template, None)) if template is not None and table.key else {}
        self._serial += 1
        if template is None or table.key not in numbered:
            return None
        is_made = self._database.clone(table, {table.key: template[table.key]}, numbered, 1)
        return numbered[table.key].value(0) if is_made else None

    def grow(self, count: int, *, shared: bool) -> int:
        """Adds clones of the last row of every table that has one, `count` each; gives back how many were added.

        With `shared`, clones go on pointing where the first row points: one parent has many children. Without, each
        points to a clone of its own.
        """
        self._clones = {}
        return sum(self._table(self._tables[name], count, shared=shared) for name in self._in_order())

    def _in_order(self) -> Sequence[str]:
        """Parents before children, as far as there are no circles."""
        left, order = {name: self._tables[name] for name in self.growing}, list[str]()
        while left:
            free = [t for t in left.values() if not any(f.table in left and f.table != t.name for f in t.foreigns)]
            for table in free or [next(iter(left.values()))]:
                order.append(table.name)
                del left[table.name]
        return order

    def _table(self, table: Table, count: int, *, shared: bool) -> int:
        template = self._templates[table.name]
        assert template is not None
        held: list[Foreign | None] = [f for f in table.foreigns if shared and not _is_alone(table, f.column)]
        where = {column.name: template[column.name] for column in table.columns if column.primary}
        added = 0
        for one in held or [None]:
            numbered = dict(self._numbered(table, template, one, shared=shared))
            fitting = min([count, *self._parents(table)])
            fitted = self._database.clone(table, where, numbered, fitting) if fitting else 0
            self.added[table.name] += fitted
            added += fitted
            if table.key in numbered:
                first, before = numbered[table.key], self._clones.get(table.name)
                self._clones[table.name] = (before[0], before[1] + fitting) if before else (first, fitting)
            self._serial += count
        return added

    def _parents(self, table: Table) -> Iterator[int]:
        """How many clones there can be at most, where each needs a parent of its own."""
        for foreign in table.foreigns:
            if _is_alone(table, foreign.column) and foreign.table in self._clones:
                yield self._clones[foreign.table][1]

    def _numbered(
        self, table: Table, template: Row, held: Foreign | None, *, shared: bool = False
    ) -> Iterator[tuple[str, Numbered]]:
        """The columns in which clones differ from their template."""
        unique = {name for names in table.uniques for name in names}
        for column in table.columns:
            value = template[column.name]
            foreign = next((f for f in table.foreigns if f.column == column.name), None)
            if shared and _names_whose(table, column, held):
                continue
            if foreign is not None:
                if foreign is not held and value is not None and foreign.table in self._clones:
                    first, count = self._clones[foreign.table]
                    yield column.name, Numbered(first.kind, first.first, first.before, first.after, count)
                continue
            if column.primary and isinstance(value, int) and not isinstance(value, bool):
                yield column.name, Numbered("integer", self._next(table, column.name))
                continue
            is_free = column.kind == "text" and _OURS.search(str(value))
            found = _another(value, self._serial) if column.primary or column.name in unique or is_free else None
            if found is not None:
                yield column.name, _fitted(found, column.longest)

    def _next(self, table: Table, key: str) -> int:
        """A number above all keys of the table."""
        return self._database.highest(table.name, key) + 1


def _others(table: Table, rows: Sequence[Row], apart: Mapping[str, Collection[Any]], nth: int | None) -> Sequence[Row]:
    left = apart.get(table.name, ())
    copies = [row for row in rows if row[table.key] in left] if left else []
    if nth is not None and nth < len(copies):
        return [copies[nth]]
    return [row for row in rows if row[table.key] not in left] if left else rows


def _template(table: Table, rows: Sequence[Row], keep: Mapping[str, Any]) -> Row | None:
    """The last row, of those that belong to the owner if there are such."""
    if not rows:
        return None
    if table.name in keep:
        return next((row for row in rows if row[table.key] == keep[table.name]), rows[-1])
    own = [row for row in rows if any(row[f.column] == keep.get(f.table, ...) for f in table.foreigns)]
    return (own or rows)[-1]


def _names_whose(table: Table, column: Column, held: Foreign | None) -> bool:
    """Whether a text names whose the row is, which many rows may have in common: nothing points to a user then."""
    is_text = column.kind == "text" and not any(one.column == column.name for one in table.foreigns)
    same = {column.name} | ({held.column} if held else set())
    is_alone = column.primary or any(column.name in names and same.issuperset(names) for names in table.uniques)
    return is_text and names_owner(column.name) and not is_alone


def _is_known(table: Table) -> bool:
    """Whether clones can have keys of their own."""
    return any(column.primary for column in table.columns)


def _is_alone(table: Table, column: str) -> bool:
    """Whether no two rows may share the value."""
    return (column,) in table.uniques or table.key == column


def _fitted(said: Numbered, longest: int) -> Numbered:
    """Shortened around the number so that it fits: an opaque key often fills its column."""
    over = len(said.before) + len(said.after) + _DIGITS - longest
    if said.kind != "text" or not longest or over <= 0:
        return said
    before = said.before[: max(0, len(said.before) - over)]
    after = said.after[max(0, over - len(said.before)) :]
    return msgspec.structs.replace(said, before=before, after=after)


def _another(value: Any, serial: int) -> Numbered | None:
    """Values of the same form that no other clone has; None if there is no telling."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, int):
        return Numbered("integer", serial)
    if _UUID.match(value):
        return Numbered("uuid", serial, value[:-8])
    local, at, rest = value.partition("@")
    found = _NUMBERED.search(local)
    before, after = (local[: found.start()], local[found.end() :]) if found else (local, "")
    return Numbered("text", _FAR + serial, before, after + at + rest)
