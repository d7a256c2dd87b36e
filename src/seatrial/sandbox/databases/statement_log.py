"""The statements that a PostgreSQL server ran, with their values, and what each of them costs: from outside.

The server writes them to a file of its own, so any driver and any language will do. They are then run again in a
transaction that is rolled back, with the plan and the blocks that it touched.
Source: PostgreSQL 18, 14.1 (EXPLAIN), 19.8 (log_statement).
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from seatrial.sandbox.databases.contract import OURS

FILE = "seatrial.log"
"""In the server's data folder."""
PREFIX = "\x01%p\x02"
"""How each entry of the file begins."""
_SAID = re.compile(r"(?:statement|execute [^:]*): (?P<sql>.*)\Z", re.DOTALL)
_PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
_PLACE = re.compile(r"\$(\d+)")
_READS = re.compile(r"\s*(SELECT|WITH|TABLE|VALUES)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\b", re.IGNORECASE)
_BLOCKS = tuple(
    f"{kind} {what} Blocks"
    for kind, what in (
        ("Shared", "Hit"),
        ("Shared", "Read"),
        ("Local", "Hit"),
        ("Local", "Read"),
        ("Temp", "Read"),
        ("Temp", "Written"),
    )
)
_PATIENCE = 2.0
_POLL = 0.005
_SLOWEST = "5s"


class Ran(msgspec.Struct, frozen=True):
    """A statement as the server was asked to run it. `values` are literals, for its `$1`, `$2` and so on."""

    sql: str
    values: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether it only looks at rows."""
        return _READS.match(self.sql) is not None and _WRITES.search(self.sql) is None

    @property
    def whole(self) -> str:
        """The statement with its values in it."""
        return _PLACE.sub(lambda at: self._value(int(at[1])), self.sql) if self.values else self.sql

    def _value(self, number: int) -> str:
        return self.values[number - 1] if number <= len(self.values) else "NULL"


class Cost(msgspec.Struct, frozen=True):
    """What a statement costs: the blocks of 8 KiB that it touched, the rows that it gave, and its plan."""

    blocks: int
    rows: int
    plan: dict[str, Any]


class StatementLog:
    """Listens to a server of our own; made by `listening`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._read = self._size()

    def since(self) -> Sequence[Ran]:
        """What others ran since it was last asked."""
        begin, own = self._read, int(self._connection.info.backend_pid)
        self._read = self._size()
        text = bytes(self._one("SELECT pg_read_binary_file(%s, %s, %s)", FILE, begin, self._read - begin))
        return list(_ran(text.decode(errors="replace"), own))

    def cost(self, ran: Ran, index: str = "") -> Cost | None:
        """What the statement costs, with a further index if one is given; None if it cannot be run by itself."""
        from psycopg import Error, Rollback  # noqa: PLC0415 - of the extra `postgres`

        try:
            with self._connection.transaction():
                self._connection.execute(f"SET LOCAL statement_timeout = '{_SLOWEST}'".encode())
                if index:
                    self._connection.execute(index.encode())
                explained = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {ran.whole}"
                (plan,) = self._connection.execute(explained.encode()).fetchone()
                raise Rollback
        except Error:
            return None
        root = plan[0]["Plan"]
        return Cost(sum(root.get(kind, 0) for kind in _BLOCKS), int(root.get("Actual Rows", 0)), root)

    def _size(self) -> int:
        return int(self._one("SELECT size FROM pg_stat_file(%s)", FILE))

    def _one(self, statement: str, *values: Any) -> Any:
        return self._connection.execute(statement.encode(), values).fetchone()[0]


@contextmanager
def listening(url: str) -> Iterator[StatementLog | None]:
    """Has the server at `url` tell what it runs, for as long as this lasts; None if that server is not our own."""
    from psycopg import connect  # noqa: PLC0415 - of the extra `postgres`

    with connect(url, autocommit=True, application_name=OURS) as connection:
        if connection.execute("SHOW log_line_prefix").fetchone() != (PREFIX,):
            yield None
            return
        _tell(connection, "all")
        try:
            yield StatementLog(connection)
        finally:
            _tell(connection, "none")


def _tell(connection: Any, what: str) -> None:
    """Every session of the server hears of it before its next statement."""
    connection.execute(f"ALTER SYSTEM SET log_statement = '{what}'".encode())
    connection.execute("SELECT pg_reload_conf()")
    until = time.monotonic() + _PATIENCE
    while connection.execute("SHOW log_statement").fetchone() != (what,) and time.monotonic() < until:
        time.sleep(_POLL)


def _ran(text: str, own: int) -> Iterator[Ran]:
    """The statements in entries of the log, each with the values that the entry after it tells."""
    waiting: dict[str, Ran] = {}
    for entry in text.split("\x01")[1:]:
        process, _, said = entry.partition("\x02")
        said = said.rstrip("\n").replace("\n\t", "\n")
        kind, _, message = said.partition(":  ")
        if process == str(own):
            continue
        if kind == "LOG" and (found := _SAID.match(message)):
            if process in waiting:
                yield waiting.pop(process)
            waiting[process] = Ran(found["sql"])
        elif kind == "DETAIL" and process in waiting:
            values = tuple(value for _, value in _PARAMETER.findall(message))
            yield msgspec.structs.replace(waiting.pop(process), values=values)
    yield from waiting.values()
