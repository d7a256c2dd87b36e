"""What the transactions of a PostgreSQL database do at this moment, asked over one connection that stays open."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from seatrial.sandbox.databases.contract import OURS

_WAITS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND cardinality(pg_blocking_pids(pid)) > 0
"""
_OPEN = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


class Watch:
    """Looks at the other connections of a database; made by `watching`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def waits(self) -> bool:
        """Whether some transaction waits for a lock that another holds."""
        return self._count(_WAITS) > 0

    def open(self) -> bool:
        """Whether some transaction has begun and not ended."""
        return self._count(_OPEN) > 0

    def _count(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])


@contextmanager
def watching(url: str) -> Iterator[Watch]:
    """A watch over the database at `url`."""
    from psycopg import connect  # noqa: PLC0415 - of the extra `postgres`

    with connect(url, autocommit=True, application_name=OURS) as connection:
        yield Watch(connection)
