"""What the database holds, in a form in which two runs that did the same are equal.

Times are masked, and keys of new rows are replaced by the content of the row that they point to: which of two requests
got the lower number means nothing.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from hashlib import sha256
from typing import Any

from seatrial.sandbox import Database, Row, Table

_DEEPEST = 3
State = Mapping[str, Counter[str]]
"""By table, how often each row is there, as text."""


class States:
    """Reads states of one database, which holds what was saved when this is made.

    `volatile` holds columns (`table.column`) that differ between equal runs.
    """

    def __init__(self, database: Database, volatile: Collection[str] = ()) -> None:
        self._database = database
        self._tables = {table.name: table for table in database.tables()}
        self._volatile = frozenset(volatile)
        self._version = database.version
        self._saved = {name: database.rows(name) for name in self._tables}
        keyed = [table for table in self._tables.values() if table.key]
        self._old = {table.name: {row[table.key] for row in self._saved[table.name]} for table in keyed}
        self._texts: dict[str, Counter[str]] = {}
        """The saved rows of tables, as texts."""

    def now(self) -> State:
        """The state of the moment: only tables that may have changed are read."""
        is_kept = self._database.version == self._version
        changed = self._database.changed() if is_kept else self._tables
        rows = {name: self._database.rows(name) if name in changed else self._saved[name] for name in self._tables}
        reader = _Reader(self._tables, rows, self._old, self._volatile)
        for name in self._tables:
            if name not in changed and name not in self._texts:
                self._texts[name] = reader.texts(name)
        return {name: reader.texts(name) if name in changed else self._texts[name] for name in rows}

    def without(self, volatile: Collection[str]) -> "States":
        """The same, with more columns masked."""
        other = copy(self)
        other.mask(volatile)
        return other

    def mask(self, volatile: Collection[str]) -> None:
        """Looks past more columns from now on."""
        self._volatile |= set(volatile)
        self._texts = {}


class _Reader:
    """One moment's rows as texts."""

    def __init__(
        self,
        tables: Mapping[str, Table],
        rows: Mapping[str, Sequence[Row]],
        old: Mapping[str, Collection[Any]],
        volatile: Collection[str],
    ) -> None:
        self._tables, self._rows, self._old, self._volatile = tables, rows, old, volatile
        self._by_key = {
            name: {row[table.key]: row for row in rows[name]} for name, table in tables.items() if table.key
        }

    def texts(self, name: str) -> Counter[str]:
        """All rows of a table."""
        return Counter(self.text(name, row) for row in self._rows[name])

    def text(self, name: str, row: Row, depth: int = 0) -> str:
        table = self._tables[name]
        parts = [
            f"{column.name}={self._value(table, column.name, column.kind, row, depth)}" for column in table.columns
        ]
        return "; ".join(part for part in parts if not part.endswith("=~"))

    def _value(self, table: Table, column: str, kind: str, row: Row, depth: int) -> Any:
        foreign = next((one for one in table.foreigns if one.column == column), None)
        pointed = foreign.table if foreign else table.name if column == table.key else ""
        if row[column] in self._old.get(pointed, ()):
            return row[column]
        if foreign is not None and foreign.table in self._by_key and row[column] is not None:
            parent = self._by_key[foreign.table].get(row[column])
            if parent is None or depth >= _DEEPEST:
                return "nothing" if parent is None else "~"
            return sha256(self.text(foreign.table, parent, depth + 1).encode()).hexdigest()[:8]
        masked = kind == "time" or column == table.key or f"{table.name}.{column}" in self._volatile
        return "~" if masked else row[column]


def differences(one: State, other: State, most: int = 6) -> Sequence[str]:
    """What `other` has more (`+`) and less (`-`) than `one`, each with its table."""
    told = []
    for table in sorted({*one, *other}):
        before, after = one.get(table, Counter()), other.get(table, Counter())
        told += [f"- {table}: {text}" for text in (before - after).elements()]
        told += [f"+ {table}: {text}" for text in (after - before).elements()]
    return told[:most]


def changed_columns(one: State, other: State) -> Collection[str]:
    """The columns (`table.column`) by which two states differ, where as many rows are in both."""
    found = set()
    for table in {*one, *other}:
        gone = sorted((one.get(table, Counter()) - other.get(table, Counter())).elements())
        come = sorted((other.get(table, Counter()) - one.get(table, Counter())).elements())
        for before, after in zip(gone, come, strict=False):
            pairs = zip(before.split("; "), after.split("; "), strict=False)
            found |= {f"{table}.{a.partition('=')[0]}" for a, b in pairs if a != b}
    return found
