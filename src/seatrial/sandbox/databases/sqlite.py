"""A SQLite file as the database of a trial. It lets one writer in at a time: some races do not show on it."""

import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from seatrial.sandbox.databases.contract import Column, Foreign, Numbered, Row, Store, Table
from seatrial.sandbox.databases.named import allowed
from seatrial.sandbox.errors import LockedError

_TIMEOUT = 30.0
_FREED_AFTER = 0.5
_SHORT = 0.2
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_KIND = 0xFF
"""The bits of an error's number that say what kind it is (SQLite's "Result and Error Codes")."""
_INTERNAL = ("sqlite_", "alembic_version", "django_migrations", "aerich")
_KINDS = (
    ("int", "integer"),
    ("bool", "boolean"),
    ("date", "time"),
    ("time", "time"),
    ("char", "text"),
    ("text", "text"),
)
_MORE = (
    ("clob", "text"),
    ("real", "number"),
    ("floa", "number"),
    ("doub", "number"),
    ("num", "number"),
    ("dec", "number"),
)


class Sqlite:
    """The database in one file."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.beside: Store | None = None
        self.version = 0
        self._saved = path.with_name(path.name + ".saved")
        self.before_restore: Callable[[], None] = lambda: None
        self.when_locked: Callable[[], None] = lambda: None
        """What to do when a lock is not given back: the program may hold what nobody refers to any more."""

    def tables(self) -> Sequence[Table]:
        """Its tables, in order of name."""
        with closing(self._open()) as connection:
            return [_table(connection, name) for name in _names(connection)]

    def named(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """By table and column, the texts that its checks leave to a column."""
        with closing(self._open()) as connection:
            found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
            return {name: allowed([made]) for name, made in found}

    def rows(self, table: str) -> Sequence[Row]:
        """All rows of a table."""
        with closing(self._open()) as connection:
            return [dict(row) for row in connection.execute(f"SELECT * FROM {_quoted(table)}")]  # noqa: S608 - a quoted name

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with closing(self._open()) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])  # noqa: S608 - a quoted name

    def insert(self, table: str, rows: Sequence[Row]) -> bool:
        """Adds rows, all with the same columns; false if one is refused."""
        if not rows:
            return True
        names = list(rows[0])
        places = ", ".join("?" * len(names))
        statement = f"INSERT INTO {_quoted(table)} ({', '.join(map(_quoted, names))}) VALUES ({places})"  # noqa: S608 - quoted names
        try:
            with closing(self._open()) as connection, connection:
                connection.executemany(statement, [[row[name] for name in names] for row in rows])
        except sqlite3.IntegrityError:
            return False
        return True

    def highest(self, table: str, column: str) -> int:
        """The largest number in a column; 0 if there is none."""
        with closing(self._open()) as connection:
            said = f"SELECT max({_quoted(column)}) FROM {_quoted(table)}"  # noqa: S608 - quoted names
            return int(connection.execute(said).fetchone()[0] or 0)

    def clone(self, table: Table, where: Row, numbered: Mapping[str, Numbered], count: int) -> int:
        """Adds copies of a row; those that break a constraint are left out."""
        names = [column.name for column in table.columns]
        made = ", ".join(_expression(numbered[name]) if name in numbered else f"t.{_quoted(name)}" for name in names)
        wheres = " AND ".join(f"t.{_quoted(name)} = ?" for name in where)
        with closing(self._open()) as connection, connection:
            connection.execute(
                "WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n + 1 < ?) "  # noqa: S608 - quoted names
                f"INSERT OR IGNORE INTO {_quoted(table.name)} ({', '.join(map(_quoted, names))}) "
                f"SELECT {made} FROM (SELECT * FROM {_quoted(table.name)} t WHERE {wheres} LIMIT 1) t, g",
                [count, *where.values()],
            )
            return connection.total_changes

    def update(self, table: str, values: Row, where: Row) -> int:
        """Changes the rows that are `where`; gives back how many: none where the schema refuses the values."""
        sets = ", ".join(f"{_quoted(name)} = ?" for name in values)
        wheres = " AND ".join(f"{_quoted(name)} = ?" for name in where)
        with suppress(sqlite3.IntegrityError), closing(self._open()) as connection, connection:
            done = connection.execute(
                f"UPDATE {_quoted(table)} SET {sets} WHERE {wheres}",  # noqa: S608 - quoted names
                [*values.values(), *where.values()],
            )
            return done.rowcount
        return 0

    def delete(self, table: str, where: Row) -> None:
        """Takes away the rows that are `where`."""
        wheres = " AND ".join(f"{_quoted(name)} = ?" for name in where)
        with closing(self._open()) as connection, connection:
            connection.execute(f"DELETE FROM {_quoted(table)} WHERE {wheres}", [*where.values()])  # noqa: S608 - quoted names

    def save(self) -> None:
        """Copies the file, page by page, so that a writer does no harm."""
        self._copy(self.path, self._saved)
        self.version += 1
        if self.beside:
            self.beside.save()

    def restore(self) -> None:
        """Copies back what was saved, into the same file: open connections see it."""
        self.before_restore()
        self._copy(self._saved, self.path)
        if self.beside:
            self.beside.restore()

    def changed(self) -> Collection[str]:
        """All tables: the file does not tell them apart."""
        with closing(self._open()) as connection:
            return _names(connection)

    def _copy(self, source: Path, target: Path) -> None:
        """Waits for who holds a lock, also for one who lets nobody so much as look at the file."""
        began = time.monotonic()
        while True:
            try:
                self._copy_once(source, target, began)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _KIND not in _LOCKED:
                    raise
                self._waited(target, began)
            else:
                return

    def _copy_once(self, source: Path, target: Path, began: float) -> None:
        def tried(status: int, remaining: int, total: int) -> None:  # noqa: ARG001 - the signature of `backup`
            """Called after each try: `backup` itself would wait for a lock for ever."""
            if status in _LOCKED:
                self._waited(target, began)

        with closing(sqlite3.connect(source, _SHORT)) as one, closing(sqlite3.connect(target, _SHORT)) as other:
            other.execute("PRAGMA synchronous = OFF")  # nothing here has to outlive a power cut
            one.backup(other, progress=tried)

    def _waited(self, target: Path, began: float) -> None:
        if time.monotonic() - began > _FREED_AFTER:
            self.when_locked()
        if time.monotonic() - began > _TIMEOUT:
            raise LockedError(f"{target.name} stays locked: the program holds a transaction open")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, _TIMEOUT)
        connection.row_factory = sqlite3.Row
        return connection


def _names(connection: sqlite3.Connection) -> Sequence[str]:
    """The names of the tables, in order."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not name.startswith(_INTERNAL)]


def _table(connection: sqlite3.Connection, name: str) -> Table:
    columns = tuple(
        Column(
            name=row["name"],
            kind=_kind(row["type"]),
            nullable=not row["notnull"] and not row["pk"],
            primary=bool(row["pk"]),
            defaulted=row["dflt_value"] is not None or (bool(row["pk"]) and "INT" in row["type"].upper()),
        )
        for row in connection.execute(f"PRAGMA table_info({_quoted(name)})")
    )
    foreigns = tuple(
        Foreign(row["from"], row["table"], row["to"] or "id")
        for row in connection.execute(f"PRAGMA foreign_key_list({_quoted(name)})")
    )
    uniques = tuple(
        tuple(part["name"] for part in connection.execute(f"PRAGMA index_info({_quoted(row['name'])})"))
        for row in connection.execute(f"PRAGMA index_list({_quoted(name)})")
        if row["unique"] and row["origin"] != "pk"
    )
    return Table(name, columns, foreigns, uniques)


def _expression(said: Numbered) -> str:
    n = f"({said.first} + g.n % {said.cycle})" if said.cycle else f"({said.first} + g.n)"
    if said.kind == "integer":
        return n
    form = "%s%08x%s" if said.kind == "uuid" else "%s%d%s"
    return f"printf('{form}', {_literal(said.before)}, {n}, {_literal(said.after)})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _kind(declared: str) -> str:
    words = declared.lower()
    return next((kind for word, kind in (*_KINDS, *_MORE) if word in words), "other")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
