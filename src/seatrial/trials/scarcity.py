"""The state in which a request takes the last there is: a limit is overrun only where it is near."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from seatrial.sandbox import Database, Row


class Lowered(NamedTuple):
    """A number that a request lowered."""

    table: str
    key: Row
    column: str
    before: Any
    by: Any


class Stock:
    """The numbers of the saved rows, taken when this is made."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = [table for table in database.tables() if table.key]
        self._saved = {t.name: {row[t.key]: row for row in database.rows(t.name)} for t in self._tables}

    def lowered(self) -> Iterator[Lowered]:
        """The numbers that are lower now."""
        for table in self._tables:
            numbers = [c.name for c in table.columns if c.kind in ("integer", "number") and c.name != table.key]
            keys = {foreign.column for foreign in table.foreigns}
            for row in self._database.rows(table.name):
                saved = self._saved[table.name].get(row[table.key])
                for name in numbers if saved else ():
                    if saved and name not in keys and row[name] is not None and (saved[name] or 0) > row[name] >= 0:
                        where = {table.key: row[table.key]}
                        yield Lowered(table.name, where, name, saved[name], saved[name] - row[name])


@contextmanager
def scarce(database: Database, lowered: list[Lowered]) -> Iterator[None]:
    """Saves a state in which there is just as much as was taken; afterwards the former state is the saved one again."""
    database.restore()
    for one in lowered:
        database.update(one.table, {one.column: one.by}, one.key)
    database.save()
    try:
        yield
    finally:
        database.restore()
        for one in lowered:
            database.update(one.table, {one.column: one.before}, one.key)
        database.save()
