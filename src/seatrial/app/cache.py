"""Keeps what was worked out before: facts by content, results by everything that they depend on.

One SQLite file for each user, outside every audited tree. It is only ever a saving: what is missing, damaged or locked
costs time and is never an error, and each entry is checked against its own checksum when it is read. Write-ahead
logging makes it safe for two audits at once and after a kill; a file that SQLite calls damaged is thrown away.
Entries are not compressed: at 34 bytes a line of source, reading them costs a third of unpacking them.
"""

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from seatrial.app import places

LIMIT = 512_000_000
"""Bytes that the entries may take; beyond it, those go that have not been used for longest."""

_PATIENCE = 10.0
"""Seconds to wait for another audit that writes."""
_KEPT = 0.8
"""The share of the limit that is filled again after such a clean-up, so that not every run has to clean up."""
_ASKED_AGAIN = 0.01
"""Seconds between two tries to get what another audit holds."""
_ASKED_AT_ONCE = 500
_NOTED_AGAIN = 86_400
"""Seconds after which a use is noted anew; noting each use would make every run write."""
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SUM_BYTES = 4
_SCHEMA = """
    create table if not exists entries (key blob primary key, sum_and_data blob, size int, used int) without rowid;
    create index if not exists by_use on entries (used, size);
"""


def folder() -> Path:
    """Where the cache lies: `$SEATRIAL_CACHE_DIR`, or `seatrial` in the user's folder for caches (XDG on Linux)."""
    return places.folder(places.CACHE)


class NoCache:
    """Knows nothing and keeps nothing. `notes` says why, if nobody asked for that."""

    def __init__(self, *notes: str) -> None:
        self.notes = notes

    def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:  # noqa: ARG002 - as `Cache.get`
        """Nothing."""
        return {}

    def put(self, entries: Mapping[bytes, bytes]) -> None:
        """Forgets them."""

    def close(self) -> None:
        """Nothing to let go of."""


class Cache:
    """Bytes by key, kept between runs. `notes` says what went wrong with it, for `-v`."""

    def __init__(self, place: Path, limit: int = LIMIT) -> None:
        self._file = place / "cache-1.sqlite"
        self._limit = limit
        self._connection: sqlite3.Connection | None = None
        self.notes: list[str] = []

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """What is known of the keys."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _ASKED_AT_ONCE):
            part = keys[start : start + _ASKED_AT_ONCE]
            self._use(lambda connection, part=part: found.update(_get(connection, part)))  # type: ignore[misc]  # the default binds
        return found

    def put(self, entries: Mapping[bytes, bytes]) -> None:
        """Keeps the entries, all in one transaction, and lets go of the least used ones beyond the limit."""
        if entries:
            self._use(lambda connection: _put(connection, entries, self._limit))

    def close(self) -> None:
        """Lets go of the file; the next use opens it again."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _use(self, action: Callable[[sqlite3.Connection], None]) -> None:
        """Does something with the open database. Its errors become notes; a damaged file is thrown away."""
        try:
            action(self._connection or self._open())
        except (sqlite3.Error, OSError) as error:
            self.notes.append(f"the cache {self._file} was not used: {error}")
            self.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                self._throw_away()

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=_PATIENCE, isolation_level=None)
        self._connection = connection  # at once, so that it is closed if the file turns out to be damaged
        connection.execute("pragma synchronous = off")  # a power cut may damage the file, which is then thrown away
        _patiently(lambda: connection.execute("pragma journal_mode = wal"))
        connection.executescript(_SCHEMA)
        return connection

    def _throw_away(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        self.notes.append("the cache was damaged and has been thrown away")


def users_own() -> Cache | NoCache:
    """The user's cache; none if there is no place for it."""
    try:
        return Cache(folder())
    except RuntimeError as error:  # no home: a container's user without a name
        return NoCache(f"no cache was used: {error}; $SEATRIAL_CACHE_DIR can name a place")


def _patiently(action: Callable[[], object]) -> None:
    """Waits while another audit writes, where SQLite itself does not: it refuses at once to change a journal in use."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            action()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_ASKED_AGAIN)
        else:
            return


def _get(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    marks = ",".join("?" * len(keys))
    query = f"select key, sum_and_data, used from entries where key in ({marks})"  # noqa: S608 - only question marks
    rows = connection.execute(query, keys).fetchall()
    now = int(time.time())
    if again := [(now, key) for key, _, used in rows if used < now - _NOTED_AGAIN]:
        with _transaction(connection):
            connection.executemany("update entries set used = ? where key = ?", again)
    found = ((key, kept[:_SUM_BYTES], kept[_SUM_BYTES:]) for key, kept, _ in rows)
    return {key: data for key, checksum, data in found if _sum(key, data) == checksum}


def _put(connection: sqlite3.Connection, entries: Mapping[bytes, bytes], limit: int) -> None:
    now = int(time.time())
    rows = [(key, _sum(key, data) + data, len(data), now) for key, data in entries.items()]
    with _transaction(connection):
        connection.executemany("insert or replace into entries values (?, ?, ?, ?)", rows)
        _clean_up(connection, limit)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("begin immediate")
    with connection:
        yield


def _sum(key: bytes, data: bytes) -> bytes:
    """A checksum that tells damage (not malice: the cache is the user's own file) of an entry under its key."""
    return zlib.crc32(data, zlib.crc32(key)).to_bytes(_SUM_BYTES, "big")


def _clean_up(connection: sqlite3.Connection, limit: int) -> None:
    (total,) = connection.execute("select coalesce(sum(size), 0) from entries").fetchone()
    if total <= limit:
        return
    for key, size in connection.execute("select key, size from entries order by used").fetchall():
        connection.execute("delete from entries where key = ?", (key,))
        total -= size
        if total <= limit * _KEPT:
            break
