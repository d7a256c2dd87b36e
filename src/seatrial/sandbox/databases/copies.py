"""Copies of all tables in a schema aside, and how they are put back: only where something changed.

To empty a table takes its server milliseconds, to look at a small one takes none. Rows that were put back carry the
number of the transaction that did it, so a table that holds so many of these, and no others, is as it was saved.
And where no transaction of a higher number has ended, nobody wrote at all: one small question for all tables.
Source: PostgreSQL, "System Columns" (`xmin`), "Transaction ID and Snapshot Information Functions".
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Run: TypeAlias = Callable[..., list[Any]]
"""Runs a statement, or several without values, and gives the rows of the first."""

_MANY = 2_000
"""A table with more rows is emptied, with all others; of a smaller one the rows are deleted, which is quicker."""
_OFTEN = 50
"""So many times in turn: deleted rows lie about until somebody cleans up."""
_FREED = """
    SELECT txid_current(), count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'
"""
"""With the number of the transaction that asks."""
_MOMENT = """
    SELECT txid_current_snapshot()::text, count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
"""Which transactions have ended, and how many connections are within one."""
_UNFORCED = "SET LOCAL session_replication_role = replica"
_NUMBERS = 2**32
"""Rows keep the number of a transaction without its upper half."""
VISIBLE = """
    table_schema = ANY (current_schemas(false))
    AND pg_table_is_visible((quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass)
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_class'::regclass
        AND objid = (quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass
    )
"""
"""Columns of the tables that a name alone means, in whatever schema of the search path they lie.

What an extension brings is none of the program's: PostGIS has a table of 8,500 systems of coordinates.
"""
_COLUMNS = f"""
    SELECT table_name, column_name, is_generated FROM information_schema.columns
    WHERE {VISIBLE} ORDER BY table_name, ordinal_position
"""  # noqa: S608 - nothing of anybody else's is in it
_COUNTED = f"""
    SELECT table_name, column_name FROM information_schema.columns
    WHERE {VISIBLE} AND (is_identity = 'YES' OR column_default LIKE 'nextval(%%')
    AND %s::text IN ('', table_name::text)
"""  # noqa: S608 - nothing of anybody else's is in it
"""Of one table, or of all."""


class Copies:
    """Made by copying the tables named; every method takes what runs its statements, in one transaction."""

    def __init__(self, run: Run, names: Sequence[str], schema: str) -> None:
        forgotten(run, schema)
        run(f"CREATE SCHEMA {schema}")
        for name in names:
            run(f"CREATE TABLE {schema}.{quoted(name)} AS TABLE {quoted(name)}")
        self._copied = _copied(run, names, schema)
        self._counts = {name: _count(run, name) for name in names}
        self._sequences = "; ".join(_set(run))
        self._writers: dict[str, str] = {}
        """The transaction that put back the rows, by table."""
        self._deleted = 0
        self._moment = ""
        """The transactions that have ended, as long as nobody wrote after the rows were put back."""

    def put_back(self, run: Run) -> None:
        """Makes the tables hold what they held. Transactions that were left open are ended: they would hold it up."""
        self._moment = ""
        number = int(run(_FREED)[0][0])
        changed = self._changed(run)
        whole = self._deleted >= _OFTEN or max(changed.values(), default=0) > _MANY
        names = list(self._counts) if whole else list(changed)
        self._deleted = 0 if whole else self._deleted + bool(names)
        emptied = [_emptied(names)] if whole and names else map(_deleted, names)
        run("; ".join((_UNFORCED, *emptied, *map(self._copied.__getitem__, names), self._sequences)))
        self._writers |= dict.fromkeys(names, str(number % _NUMBERS))
        self._moment = f"{number + 1}:{number + 1}:"

    def changed(self, run: Run) -> Collection[str]:
        """The tables that may hold something else than their copies, by name."""
        return () if self.hold(run) else self._changed(run).keys()

    def hold(self, run: Run) -> bool:
        """Whether nobody wrote since the copies were put back, nor is about to. `run` is not within a transaction.

        A sequence that counted on is written, too: the first number after it was set is.
        """
        moment, within = run(_MOMENT)[0]
        return moment == self._moment and not within and self._deleted < _OFTEN

    def sweep(self) -> None:
        """Has `put_back` make all tables anew the next time, so that no deleted row takes room."""
        self._deleted = _OFTEN

    def _changed(self, run: Run) -> Mapping[str, int]:
        """Of each table that may have changed how many rows it holds now."""
        looks = []
        for name in self._counts:
            ours = f"count(*) FILTER (WHERE xmin = '{self._writers.get(name, 0)}'::xid)"
            looks.append(f"SELECT {_literal(name)}, count(*), {ours} FROM {quoted(name)}")  # noqa: S608 - quoted names
        found = run(" UNION ALL ".join(looks)) if looks else []
        same = {name for name, now, ours in found if now == ours == self._counts[name] and name in self._writers}
        return {name: int(now) for name, now, _ in found if name not in same}


def forgotten(run: Run, schema: str) -> None:
    """Takes copies away."""
    run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def forwarded(run: Run, table: str) -> None:
    """Sets every sequence of a table behind the largest key that is there."""
    run("; ".join(_set(run, table)))


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _emptied(names: Sequence[str]) -> str:
    return f"TRUNCATE {', '.join(map(quoted, names))} CASCADE"


def _deleted(name: str) -> str:
    return f"DELETE FROM {quoted(name)}"  # noqa: S608 - a quoted name


def _copied(run: Run, names: Sequence[str], schema: str) -> Mapping[str, str]:
    """The statement that fills each table from its copy, but for columns that it works out itself."""
    plain = defaultdict(list)
    for table, column, generated in run(_COLUMNS):
        if generated == "NEVER":
            plain[table].append(quoted(column))
    listed = {name: ", ".join(plain[name]) for name in names}
    return {
        name: f"INSERT INTO {quoted(name)} ({listed[name]}) OVERRIDING SYSTEM VALUE "  # noqa: S608 - quoted names
        f"SELECT {listed[name]} FROM {schema}.{quoted(name)}"
        for name in names
    }


def _count(run: Run, name: str) -> int:
    return int(run(f"SELECT count(*) FROM {quoted(name)}")[0][0])  # noqa: S608 - quoted names


def _set(run: Run, only: str = "") -> Iterator[str]:
    """Statements that set every sequence which counts a column, of one table or of all, behind the largest there."""
    for table, column in run(_COUNTED, [only]):
        name = quoted(table)
        sequence = f"pg_get_serial_sequence({_literal(name)}, {_literal(column)})"
        found = run(f"SELECT {sequence}, coalesce(max({quoted(column)}), 0) + 1 FROM {name}")  # noqa: S608 - quoted names
        if found[0][0] is not None:
            yield f"SELECT setval({_literal(found[0][0])}, {found[0][1]}, false)"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
