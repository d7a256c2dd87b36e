"""What the workers hold at a moment: descriptors by kind and memory from `/proc`, objects and tasks as they say."""

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from seatrial.sandbox.errors import HeldUpError

_ANSWERED_WITHIN = 20.0
_POLL = 0.002
_NEARLY = 0.98
_SOCKET = re.compile(r"socket:\[(\d+)\]")


class Site(msgspec.Struct, frozen=True):
    """A line of the program (`path:line function`), and how much of what it made since the trace is still there."""

    line: str
    count: int
    bytes: int
    depth: float = 0
    """How many calls lie between the line and what it made, on average."""


class Counts(msgspec.Struct, frozen=True):
    """Everything that may leak, over all workers. `descriptors` are by kind: a file's ending, `socket`, `pipe`."""

    descriptors: dict[str, int]
    temporary: int
    """Files and folders in the folder for temporary ones."""
    tasks: int
    threads: int
    objects: int
    memory: int
    """Bytes that are resident."""
    bounded: int
    """Results kept by caches that have a bound."""
    unbounded: dict[str, int]
    """Results kept by caches that have none, by the function's line."""


class _Told(msgspec.Struct, frozen=True):
    """What one worker says of itself."""

    objects: int
    tasks: int
    threads: int
    bounded: int
    unbounded: dict[str, int]


def counts(pids: Sequence[int], out: Path, port: int) -> Counts:
    """The counts of the workers, which serve on `port` and write to `out`."""
    told = [msgspec.convert(_ask(pid, out, "count"), _Told) for pid in pids]
    unbounded: Counter[str] = Counter()
    for one in told:
        unbounded.update(one.unbounded)
    return Counts(
        descriptors=dict(sum((Counter(_descriptors(pid, port)) for pid in pids), Counter[str]())),
        temporary=sum(1 for _ in out.with_name("tmp").rglob("*")),
        tasks=sum(one.tasks for one in told),
        threads=sum(one.threads for one in told),
        objects=sum(one.objects for one in told),
        memory=sum(_resident(pid) for pid in pids),
        bounded=sum(one.bounded for one in told),
        unbounded=dict(unbounded),
    )


def listeners(port: int) -> Sequence[int]:
    """The processes of this machine that listen on a port, as far as we may look at them."""
    inodes = {f"socket:[{inode}]" for inode, (here, there) in _sockets(os.getpid()) if here == port and not there}
    pids = [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if os.access(folder / "fd", os.R_OK)]
    return [pid for pid in pids if _has_any(pid, inodes)]


def _has_any(pid: int, links: Collection[str]) -> bool:
    try:
        return any(link in links for link in _links(pid))
    except OSError:  # it has just ended
        return False


def seen(pids: Sequence[int], port: int) -> Counts:
    """What can be seen of processes that say nothing of themselves. Raises `HeldUpError` if one of them is gone."""
    try:
        return Counts(
            descriptors=dict(sum((Counter(_descriptors(pid, port)) for pid in pids), Counter[str]())),
            temporary=0,
            tasks=0,
            threads=sum(1 for pid in pids for _ in Path(f"/proc/{pid}/task").iterdir()),
            objects=0,
            memory=sum(_resident(pid) for pid in pids),
            bounded=0,
            unbounded={},
        )
    except OSError as error:
        raise HeldUpError("a process of the program ended, or can no longer be looked at") from error


def trace(pids: Sequence[int], out: Path) -> None:
    """Has the workers note where what they make is made."""
    for pid in pids:
        _ask(pid, out, "trace")


def sites(pids: Sequence[int], out: Path) -> Sequence[Site]:
    """The lines that made most of what is still there, over all workers; of those that made about all, the nearest."""
    found: dict[str, Site] = {}
    for pid in pids:
        for one in msgspec.convert(_ask(pid, out, "sites"), list[Site]):
            known = found.get(one.line, Site(one.line, 0, 0, one.depth))
            depth = (known.depth + one.depth) / 2
            found[one.line] = Site(one.line, known.count + one.count, known.bytes + one.bytes, depth)
    most = _NEARLY * max((one.count for one in found.values()), default=0)
    return sorted(found.values(), key=lambda one: (one.count < most, one.depth if one.count >= most else -one.count))


def _ask(pid: int, out: Path, what: str) -> object:
    """The answer of a worker. Raises `HeldUpError` if none comes."""
    asks, tells = out / f"{pid}.asks", out / f"{pid}.tells"
    asks.write_text(what)
    os.kill(pid, signal.SIGUSR2)
    until = time.monotonic() + _ANSWERED_WITHIN
    while not tells.exists():
        if time.monotonic() > until:
            raise HeldUpError(f"the worker {pid} does not say what it holds")
        time.sleep(_POLL)
    told: object = msgspec.json.decode(tells.read_bytes())
    tells.unlink()
    return told


def _descriptors(pid: int, port: int) -> Iterator[str]:
    """The kind of each open descriptor but those of requests that are being answered."""
    sockets = dict(_sockets(pid))
    for name in _links(pid):
        if socket := _SOCKET.match(name):
            here, there = sockets.get(socket[1], (0, 0))
            if here != port:
                yield f"connection to port {there}" if there else "socket"
        else:
            yield name.partition(":")[0] if not name.startswith("/") else f"file *{Path(name).suffix}"


def _links(pid: int) -> Iterator[str]:
    """What the open descriptors of a process are."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            yield str(link.readlink())


def _sockets(pid: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The ports here and there of TCP sockets, by inode."""
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
                fields = line.split()
                here, there = (int(one.rpartition(":")[2], 16) for one in fields[1:3])
                yield fields[9], (here, there)


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
