"""What a load strains: processors, event loops, connections and locks of the database, looked at from outside.

Source: proc(5); PostgreSQL 18, 27.2.3 (pg_stat_activity).
"""

import os
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import msgspec

from seatrial.sandbox.databases import OURS

_PERIOD = 0.1
_LAG = struct.Struct("d")
_ACTIVITY = """
    SELECT count(*), count(*) FILTER (WHERE state <> 'idle'),
           count(*) FILTER (WHERE state LIKE 'idle in transaction%%'),
           count(*) FILTER (WHERE state LIKE 'idle in transaction%%' AND now() - state_change > interval '3 s'),
           count(*) FILTER (WHERE wait_event_type = 'Lock')
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND application_name <> %s
"""


class Strain(msgspec.Struct, frozen=True):
    """What was strained while a load lasted."""

    worker: float = 0.0
    """Processors that the busiest worker used: at most 1 in Python, but for what leaves its lock."""
    machine: float = 0.0
    """The part of all processors that was busy, by whomever."""
    lag: float = 0.0
    """Seconds by which an event loop came too late, at worst."""
    connections: int = 0
    """The most connections to the database."""
    held: float = 0.0
    """Of those, how many held a transaction, on average; `resting` of them with no statement at work."""
    resting: float = 0.0
    stuck: int = 0
    """The most that rested for more than three seconds."""
    waiting: float = 0.0
    """How many waited for a lock, on average."""


class _Activity(NamedTuple):
    connections: int
    held: int
    resting: int
    stuck: int
    waiting: int


class Watched:
    """Made by `watched`; `strain` is there when it has ended."""

    def __init__(self) -> None:
        self.strain = Strain()


@contextmanager
def watched(pids: Sequence[int], out: Path, url: str) -> Iterator[Watched]:
    """Watches the workers, which tell their lag in `out`, and the PostgreSQL database at `url`, if that is given."""
    watch, ended, seen = Watched(), threading.Event(), list[_Activity]()
    for pid in pids:
        with suppress(OSError), (out / f"{pid}.lag").open("r+b") as file:
            file.write(_LAG.pack(0.0))
    thread = threading.Thread(target=_look, args=(url, ended, seen), daemon=True)
    began, cpu, machine = time.monotonic(), [used(pid) for pid in pids], _machine()
    if url:
        thread.start()
    try:
        yield watch
    finally:
        ended.set()
        if url:
            thread.join()
        seconds = time.monotonic() - began
        spent = [used(pid) - before for pid, before in zip(pids, cpu, strict=True)]
        busy, whole = (after - before for after, before in zip(_machine(), machine, strict=True))
        watch.strain = Strain(
            worker=max(spent, default=0.0) / seconds,
            machine=busy / whole if whole else 0.0,
            lag=max((_lag(out / f"{pid}.lag") for pid in pids), default=0.0),
            connections=max((one.connections for one in seen), default=0),
            held=fmean(one.held for one in seen) if seen else 0.0,
            resting=fmean(one.resting for one in seen) if seen else 0.0,
            stuck=max((one.stuck for one in seen), default=0),
            waiting=fmean(one.waiting for one in seen) if seen else 0.0,
        )


def _look(url: str, ended: threading.Event, seen: list[_Activity]) -> None:
    from psycopg import Error, connect  # noqa: PLC0415 - of the extra `postgres`

    with suppress(Error), connect(url, autocommit=True, application_name=OURS) as connection:
        while not ended.wait(_PERIOD):
            row: Any = connection.execute(_ACTIVITY.encode(), (OURS,)).fetchone()
            seen.append(_Activity(*row))


def used(pid: int) -> float:
    """Processor seconds of a process; 0 if it is gone (Linux)."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _machine() -> tuple[int, int]:
    """Ticks of all processors: those that were busy, and all."""
    fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def _lag(path: Path) -> float:
    with suppress(OSError, struct.error):
        return float(_LAG.unpack(path.read_bytes()[: _LAG.size])[0])
    return 0.0
