"""A PostgreSQL database of a trial: the reference for everything that happens at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from weakref import finalize

from seatrial.sandbox.databases.contract import OURS, Column, Foreign, Numbered, Row, Store, Table
from seatrial.sandbox.databases.copies import VISIBLE, Copies, forgotten, forwarded, quoted
from seatrial.sandbox.databases.named import CHECKS, ENUMS, allowed

_SAVED = "seatrial_saved"
_INTERNAL = ("alembic_version", "django_migrations", "aerich", "pg_", "sql_")
_KINDS = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "boolean": "boolean",
    "text": "text",
    "character varying": "text",
    "character": "text",
    "bytea": "bytes",
    "date": "time",
}
_COLUMNS = f"""
    SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, is_generated,
    character_maximum_length
    FROM information_schema.columns
    JOIN pg_class ON relname = table_name AND relnamespace = quote_ident(table_schema)::regnamespace
    WHERE {VISIBLE} AND relkind IN ('r', 'p') AND NOT relispartition
    ORDER BY table_name, ordinal_position
"""  # noqa: S608 - nothing of anybody else's is in it
_KEYS = """
    SELECT t.relname, c.contype, array_agg(a.attname ORDER BY k.n), r.relname, array_agg(f.attname ORDER BY k.n)
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    AND pg_table_is_visible(t.oid)
    JOIN unnest(c.conkey) WITH ORDINALITY k(num, n) ON true
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num
    LEFT JOIN pg_class r ON r.oid = c.confrelid
    LEFT JOIN pg_attribute f ON f.attrelid = r.oid AND f.attnum = c.confkey[k.n]
    WHERE c.contype IN ('p', 'u', 'f') GROUP BY t.relname, c.oid, c.contype, r.relname
"""
_PRIMARY = """
    SELECT array_agg(a.attname::text ORDER BY k.n)
    FROM pg_constraint c JOIN unnest(c.conkey) WITH ORDINALITY k(num, n) ON true
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num
    WHERE c.contype = 'p' AND c.conrelid = quote_ident(%s)::regclass GROUP BY c.oid
"""
_ROW = "seatrial_row"
"""What a row is called as a whole; no column of the program's is."""
_INDEXES = """
    SELECT t.relname, array_agg(a.attname ORDER BY a.attnum)
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    AND pg_table_is_visible(t.oid)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
    WHERE i.indisunique AND NOT i.indisprimary AND i.indpred IS NULL GROUP BY t.relname, i.indexrelid
"""
_SCHEMAS = """
    SELECT schemaname FROM pg_tables
    WHERE left(schemaname, 3) <> 'pg_' AND schemaname NOT IN ('information_schema', %s)
    AND tablename <> 'alembic_version' AND NOT EXISTS (
        SELECT FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_class'::regclass
        AND objid = (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass
    ) GROUP BY schemaname ORDER BY count(*) DESC, schemaname = 'public' DESC
"""
"""Those that the program's tables lie in, where most lie first: of two tables of one name the first is meant."""
_CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name <> %s
"""

_TIMES = ("date", "timestamp", "timestamptz", "interval")


class Postgres:
    """One database of a server on this machine, reached as a user who may do everything."""

    kind = "postgresql"

    def __init__(self, url: str, aside: str = _SAVED) -> None:
        """`aside` is the schema in which copies are kept."""
        self.url = url
        self.beside: Store | None = None
        self.version = 0
        self._saved = aside
        self._connection: Any = None
        self._copies: Copies | None = None
        self.before_restore: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        """The server's port."""
        return urlsplit(self.url).port or 5432

    def tables(self) -> Sequence[Table]:
        """Its tables, in order of name."""
        with self._open() as run:
            columns = defaultdict(list)
            for row in run(_COLUMNS):
                columns[row[0]].append(row[1:])
            keys, indexes = _by_table(run(_KEYS)), _by_table(run(_INDEXES))
        names = [name for name in sorted(columns) if not name.startswith(_INTERNAL)]
        return [_table(name, columns[name], keys[name], indexes[name]) for name in names]

    def named(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """By table and column, the texts of its type, or those that its checks leave to it."""
        with self._open() as run:
            found: dict[str, dict[str, Sequence[str]]] = {name: {**allowed(checks)} for name, checks in run(CHECKS)}
            for table, column, texts in run(ENUMS):
                found.setdefault(table, {})[column] = texts
        return found

    def rows(self, table: str) -> Sequence[Row]:
        """All rows of a table, in order of its primary key, else of their text: a first column may have no order."""
        with self._open() as run:
            keys = [name for row in run(_PRIMARY, [table]) for name in row[0]]
            order = ", ".join(map(quoted, keys)) or f"{_ROW}::text"
            statement = f"SELECT * FROM {quoted(table)} {_ROW} ORDER BY {order}"  # noqa: S608 - quoted names
            found = run(statement, names=True)
            return [{name: _plain(value) for name, value in row} for row in found]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        with self._open() as run:
            return int(run(f"SELECT count(*) FROM {quoted(table)}")[0][0])  # noqa: S608 - quoted names

    def insert(self, table: str, rows: Sequence[Row]) -> bool:
        """Adds rows, all with the same columns; sequences go on behind them. False if one is refused."""
        if not rows:
            return True
        names = list(rows[0])
        into = f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, names))}) OVERRIDING SYSTEM VALUE"
        places = ", ".join(["%s"] * len(names))
        from psycopg import DataError, IntegrityError, ProgrammingError  # noqa: PLC0415 - of the extra `postgres`

        try:
            with self._open() as run:
                for row in rows:
                    run(f"{into} VALUES ({places})", [_adapted(row[name]) for name in names])
                forwarded(run, table)
        except (DataError, IntegrityError, ProgrammingError):  # a constraint, or a value of another type
            return False
        return True

    def highest(self, table: str, column: str) -> int:
        """The largest number in a column; 0 if there is none."""
        with self._open() as run:
            return int(run(f"SELECT max({quoted(column)}) FROM {quoted(table)}")[0][0] or 0)  # noqa: S608 - quoted names

    def clone(self, table: Table, where: Row, numbered: Mapping[str, Numbered], count: int) -> int:
        """Adds copies of a row; those that break a unique constraint are left out."""
        names = [column.name for column in table.columns if not column.computed]
        made = ", ".join(_expression(numbered[name]) if name in numbered else f"t.{quoted(name)}" for name in names)
        wheres = " AND ".join(f"{quoted(name)} = %s" for name in where)
        statement = (
            f"WITH made AS (INSERT INTO {quoted(table.name)} ({', '.join(map(quoted, names))}) "  # noqa: S608 - quoted names
            f"OVERRIDING SYSTEM VALUE SELECT {made} "
            f"FROM (SELECT * FROM {quoted(table.name)} WHERE {wheres} LIMIT 1) t, generate_series(0, %s - 1) g(n) "
            "ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM made"
        )
        try:
            with self._open() as run:
                fitted = int(run(statement, [*where.values(), count])[0][0])
                forwarded(run, table.name)
        except _refusals():
            return 0
        return fitted

    def update(self, table: str, values: Row, where: Row) -> int:
        """Changes the rows that are `where`; gives back how many: none where the schema refuses the values."""
        sets = ", ".join(f"{quoted(name)} = %s" for name in values)
        wheres = " AND ".join(f"{quoted(name)} = %s" for name in where)
        statement = f"UPDATE {quoted(table)} SET {sets} WHERE {wheres} RETURNING 1"  # noqa: S608 - quoted names
        try:
            with self._open() as run:
                return len(run(statement, [*values.values(), *where.values()]))
        except _refusals():
            return 0

    def delete(self, table: str, where: Row) -> None:
        """Takes away the rows that are `where`."""
        wheres = " AND ".join(f"{quoted(name)} = %s" for name in where)
        with self._open() as run:
            run(f"DELETE FROM {quoted(table)} WHERE {wheres}", [*where.values()])  # noqa: S608 - quoted names

    def save(self) -> None:
        """Copies every table aside."""
        names = [table.name for table in self.tables()]
        with self._open() as run:
            self._copies = Copies(run, names, self._saved)
        self.version += 1
        if self.beside:
            self.beside.save()

    def restore(self) -> None:
        """Puts the copies back. Transactions that the program left open are ended: they would hold it up."""
        self.before_restore()
        if self._copies is not None and not self._copies.hold(self._run):
            with self._open() as run:
                self._copies.put_back(run)
        if self.beside:
            self.beside.restore()

    def changed(self) -> Collection[str]:
        """The tables that may hold something else than what was saved."""
        return self._copies.changed(self._run) if self._copies else [table.name for table in self.tables()]

    def sweep(self) -> None:
        """Has the next `restore` make all tables anew: deleted rows take room, and their pages would be counted."""
        if self._copies is not None:
            self._copies.sweep()

    def settle(self, tables: Sequence[str]) -> None:
        """Tidies up after rows were added, as the server would in time: what a plan rests on is then up to date."""
        self._connected().execute(f"VACUUM ANALYZE {', '.join(map(quoted, tables))}".encode())

    def bytes(self, tables: Sequence[str]) -> int:
        """What the tables take on disk, with their indexes."""
        with self._open() as run:
            sizes = [run("SELECT pg_total_relation_size(quote_ident(%s)::regclass)", [name]) for name in tables]
            return sum(int(size[0][0]) for size in sizes)

    def cut(self) -> None:
        """Ends every connection of the program, as a server that fails over does."""
        with self._open() as run:
            run(_CUT, [OURS])

    def forget(self) -> None:
        """Takes the copies away."""
        with self._open() as run:
            forgotten(run, self._saved)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """A function that runs a statement and gives its rows, all in one transaction."""
        with self._connected().transaction():
            yield self._run

    def _run(self, statement: str, values: Sequence[Any] = (), *, names: bool = False) -> list[Any]:
        cursor = self._connected().execute(statement.encode(), values or None)
        rows = self._fetched(cursor, statement, values) if cursor.description else []
        columns = [column.name for column in cursor.description or ()]
        return [list(zip(columns, row, strict=True)) for row in rows] if names else rows

    def _fetched(self, cursor: Any, statement: str, values: Sequence[Any]) -> list[Any]:
        """Its rows; with times as texts if one lies where Python's do not reach: before the year 1, after 9999."""
        from psycopg import DataError  # noqa: PLC0415 - of the extra `postgres`
        from psycopg.types.string import TextLoader  # noqa: PLC0415 - of the extra `postgres`

        try:
            return list(cursor.fetchall())
        except DataError:
            again = self._connected().cursor()
            for kind in _TIMES:
                again.adapters.register_loader(kind, TextLoader)
            return list(again.execute(statement.encode(), values or None).fetchall())

    def _connected(self) -> Any:
        """One connection for the life of this object: to open one takes longer than what is asked of it."""
        if self._connection is None:
            from psycopg import connect  # noqa: PLC0415 - of the extra `postgres`

            self._connection = connect(self.url, autocommit=True, application_name=OURS)
            found = [schema for (schema,) in self._connection.execute(_SCHEMAS.encode(), [self._saved]).fetchall()]
            path = ", ".join(map(quoted, dict.fromkeys((*found, "public"))))
            self._connection.execute(f"SET search_path TO {path}".encode())
            finalize(self, self._connection.close)
        return self._connection


def _refusals() -> tuple[type[Exception], ...]:
    """What the server raises against a row: a text that fills its column, a check, a parent left out, a trigger."""
    from psycopg import DataError, IntegrityError, errors  # noqa: PLC0415 - of the extra `postgres`

    return DataError, IntegrityError, errors.RaiseException


def _by_table(rows: Sequence[Any]) -> defaultdict[str, list[Any]]:
    """Rows by the table that their first column names."""
    found = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _table(name: str, columns: Sequence[Any], keys: Sequence[Any], indexes: Sequence[Any]) -> Table:
    primary = next((list(key[2]) for key in keys if key[1] in ("p", b"p")), [])
    foreigns = [Foreign(key[2][0], key[3], key[4][0]) for key in keys if key[1] in ("f", b"f") and len(key[2]) == 1]
    made = tuple(
        Column(
            name=column,
            kind="time" if kind.startswith(("timestamp", "time")) else _KINDS.get(kind, "other"),
            nullable=nullable == "YES",
            primary=column in primary,
            defaulted=default is not None or identity == "YES" or generated != "NEVER",
            computed=generated != "NEVER",
            longest=longest or 0,
        )
        for column, kind, nullable, default, identity, generated, longest in columns
    )
    return Table(name, made, tuple(foreigns), tuple(tuple(names) for _, names in indexes))


def _plain(value: Any) -> Any:
    """A value without types of its own: a UUID is its text, which the server takes back."""
    return str(value) if isinstance(value, UUID) else value


def _adapted(value: Any) -> Any:
    """Containers are JSON to the database, unless they are arrays."""
    if isinstance(value, dict):
        from psycopg.types.json import Jsonb  # noqa: PLC0415 - as in `_open`

        return Jsonb(value)
    return value


def _expression(said: Numbered) -> str:
    n = f"({said.first} + mod(g.n, {said.cycle}))" if said.cycle else f"({said.first} + g.n)"
    if said.kind == "integer":
        return n
    number = f"lpad(to_hex({n}), 8, '0')" if said.kind == "uuid" else n
    text = f"({_literal(said.before)} || {number} || {_literal(said.after)})".replace("%", "%%")
    return f"{text}::uuid" if said.kind == "uuid" else text


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
