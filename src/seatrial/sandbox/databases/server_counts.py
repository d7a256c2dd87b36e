"""What a PostgreSQL server counted of one request, from outside: whatever program asks it, in whatever language.

`pg_stat_statements` counts each statement as it ends. Where the server lacks it, its tables' own counters tell the
blocks alone: a session gives these away once a second at most, so a request is made several times, a second apart.
Source: PostgreSQL 18, F.32 (pg_stat_statements), 27.2 (statistics views).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol, TypeVar

from seatrial.sandbox.databases.contract import OURS
from seatrial.sandbox.databases.copies import quoted

T = TypeVar("T")
_NAME = "pg_stat_statements"
_ASIDE = "seatrial_counts"
_WHERE = "SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = %s"
_STATEMENTS = """
    SELECT query, sum(calls)::bigint, sum(rows)::bigint, sum(shared_blks_hit + shared_blks_read)::bigint, sum({time})
    FROM {schema}.pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND query NOT LIKE '%pg_stat_%' AND query ~* '\\m(from|into|update)\\M' GROUP BY query
"""
_BLOCKS = """
    SELECT coalesce(sum(
        coalesce(heap_blks_hit + heap_blks_read, 0) + coalesce(idx_blks_hit + idx_blks_read, 0)
        + coalesce(toast_blks_hit + toast_blks_read, 0) + coalesce(tidx_blks_hit + tidx_blks_read, 0)
    ), 0)::bigint FROM pg_statio_user_tables WHERE schemaname NOT LIKE 'seatrial%'
"""
_APART = 1.1
"""Seconds after which a session gives its counters away with its next statement."""
_TIMES = 3
_ALIKE = 0.1
"""Counts of the same requests that differ by more are of something else as well."""
_NEW = 130000
"""The version that calls the time by another name."""


class Counted(NamedTuple):
    """A statement, with its values as `$1`: how often it ran, the rows, blocks of 8 KiB and milliseconds it took."""

    sql: str
    calls: int
    rows: int
    blocks: int
    ms: float


class ServerCounts(Protocol):
    """Counts what a request does."""

    tells_statements: bool
    """Whether it counts statement by statement; else all are one without a text."""

    def of(self, ask: Callable[[], T]) -> tuple[T, list[Counted] | None]:
        """The answer, and what was counted for it; None if the counts are no request's alone."""
        ...


@contextmanager
def counting(url: str) -> Iterator[ServerCounts]:
    """What counts at the server of this database, the better one if it has it."""
    from psycopg import connect  # noqa: PLC0415 - of the extra `postgres`

    with connect(url, autocommit=True, application_name=OURS) as connection:
        schema = _schema(connection)
        try:
            yield _Statements(connection, schema) if schema else _Tables(connection)
        finally:
            if schema == _ASIDE:
                connection.execute(f"DROP SCHEMA {_ASIDE} CASCADE")


def _schema(connection: Any) -> str:
    """Where the server shows its statements: it is made, if it only has to be; empty if it does not count them."""
    from psycopg import Error  # noqa: PLC0415 - as above

    try:
        if connection.execute(_WHERE, [_NAME]).fetchone() is None:
            with connection.transaction():
                connection.execute(f"CREATE SCHEMA {_ASIDE}")
                connection.execute(f"CREATE EXTENSION {_NAME} SCHEMA {_ASIDE}")
                connection.execute(f"SELECT 1 FROM {_ASIDE}.{_NAME} LIMIT 1")  # noqa: S608 - our own names
        (schema,) = connection.execute(_WHERE, [_NAME]).fetchone()
        connection.execute(f"SELECT 1 FROM {quoted(schema)}.{_NAME} LIMIT 1".encode())  # noqa: S608 - a quoted name
    except Error:  # it is not installed, not loaded with the server, or not for this user
        return ""
    return str(schema)


class _Statements:
    tells_statements = True

    def __init__(self, connection: Any, schema: str) -> None:
        column = "total_exec_time" if connection.info.server_version >= _NEW else "total_time"
        self._connection, self._statement = connection, _STATEMENTS.format(time=column, schema=quoted(schema))

    def of(self, ask: Callable[[], T]) -> tuple[T, list[Counted] | None]:
        before = self._read()
        answer = ask()
        found = [_difference(one, before.get(sql)) for sql, one in self._read().items()]
        return answer, sorted((one for one in found if one.calls > 0), key=lambda one: -one.blocks)

    def _read(self) -> Mapping[str, Counted]:
        return {row[0]: Counted(*row) for row in self._connection.execute(self._statement.encode()).fetchall()}


def _difference(now: Counted, before: Counted | None) -> Counted:
    if before is None or before.calls > now.calls:  # dropped meanwhile, and counted anew
        return now
    blocks, ms = now.blocks - before.blocks, now.ms - before.ms
    return Counted(now.sql, now.calls - before.calls, now.rows - before.rows, blocks, ms)


class _Tables:
    tells_statements = False

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def of(self, ask: Callable[[], T]) -> tuple[T, list[Counted] | None]:
        at = [self._after(ask)]
        for _ in range(2):
            for _ in range(_TIMES - 1):
                ask()
            at.append(self._after(ask))
        one, other = at[1] - at[0], at[2] - at[1]
        is_steady = abs(one - other) <= _ALIKE * max(one, other)
        blocks = round((one + other) / (2 * _TIMES))
        return ask(), [Counted("", 1, 0, blocks, 0.0)] if is_steady else None

    def _after(self, ask: Callable[[], T]) -> int:
        """The blocks of all tables, once the sessions that answer this request have told of theirs."""
        time.sleep(_APART)
        ask()
        return int(self._connection.execute(_BLOCKS.encode()).fetchone()[0])
