"""A load of many users: a bare HTTP/1.1 client that costs so little that the program has the machine to itself.

Closed: each user asks again when answered. Open: requests come at a rate, whether or not earlier ones are answered, and
count from the moment at which they should have been sent, so that a server that stalls cannot hide it ("coordinated
omission", Gil Tene, 2013).
"""

import asyncio
import resource
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import msgspec

from seatrial.sandbox.calls import Call
from seatrial.sandbox.client import Connection, request
from seatrial.sandbox.strain import Strain

_CONNECT_AT_ONCE = 200
_MOST_OPEN = 10_000
"""Connections of the open model; requests beyond them wait, and their time runs."""
_SWEEP = 0.1
_TICK = 0.002


class Target(NamedTuple):
    """Where the program listens."""

    host: str
    port: int
    tls: bool = False
    prefix: str = ""
    """What stands before every path."""


class Loaded(msgspec.Struct, frozen=True):
    """What came of one step of load. Latencies are in seconds, of requests that were answered, in order of size."""

    users: int
    """Users of the closed model; the most requests open at once of the open one."""
    seconds: float
    latencies: tuple[float, ...]
    failed: int
    """Answers of 5xx."""
    silent: int
    """Requests that were not answered within the deadline, and connections that broke."""
    rate: float = 0.0
    """Requests a second that the open model sent; 0 of the closed one."""
    driver: float = 0.0
    """Seconds of processor time that the client itself took."""
    strain: Strain = Strain()
    """What the load strained meanwhile."""

    @property
    def throughput(self) -> float:
        """Answers below 500, a second."""
        return (len(self.latencies) - self.failed) / self.seconds

    def quantile(self, share: float) -> float:
        """The latency that this share of the answers stays below; infinite if there were none."""
        return (
            self.latencies[min(int(share * len(self.latencies)), len(self.latencies) - 1)]
            if self.latencies
            else float("inf")
        )


def closed(target: Target, calls: Sequence[Call], users: int, seconds: float, deadline: float) -> Loaded:
    """So many users for so long, each with one connection, who ask for the calls in turn."""
    return _run(_Closed(target, calls, deadline, users), seconds)


def opened(target: Target, calls: Sequence[Call], rate: float, seconds: float, deadline: float) -> Loaded:
    """So many requests a second for so long, sent when they are due."""
    return _run(_Open(target, calls, deadline, rate), seconds)


def _run(driver: "_Driver", seconds: float) -> Loaded:
    factory = None
    if find_spec("uvloop"):  # four times as fast, where it is installed
        factory = import_module("uvloop").new_event_loop
    with _files(), asyncio.Runner(loop_factory=factory) as runner:
        made: Loaded = runner.run(driver.drive(seconds))
        return made


@contextmanager
def _files() -> Iterator[None]:
    """As many connections as the machine allows, for as long as this lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class _Driver:
    """What both models share: connections, deadlines and what is counted."""

    def __init__(self, target: Target, calls: Sequence[Call], deadline: float) -> None:
        self._target, self._deadline = target, deadline
        self._requests = [request(call, target.host, target.port, target.prefix) for call in calls]
        self._turn = 0
        self._gate = asyncio.Semaphore(_CONNECT_AT_ONCE)
        self._asking: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._latencies: list[float] = []
        self._failed = self._silent = self._users = 0
        self._until = 0.0
        self._rate = 0.0

    async def drive(self, seconds: float) -> Loaded:
        """Loads for so long, and waits for what is still to be answered."""
        await self._ready()
        cpu, began = time.process_time(), time.perf_counter()
        self._until = began + seconds
        sweeper = asyncio.create_task(self._sweep())
        await self._load()
        while self._is_busy():  # noqa: ASYNC110 -- of many connections, each busy for itself
            await asyncio.sleep(_TICK)
        lasted = max(time.perf_counter() - began, seconds)
        sweeper.cancel()
        for task in self._tasks:
            task.cancel()
        self._close()
        await asyncio.sleep(0)  # connections close in the loop's next turn
        latencies = tuple(sorted(self._latencies))
        spent = time.process_time() - cpu
        return Loaded(self._users, lasted, latencies, self._failed, self._silent, self._rate, spent)

    async def _ready(self) -> None:
        """Before the clock starts."""

    async def _load(self) -> None:
        raise NotImplementedError

    def _next(self, connection: Connection) -> None:
        """What to do with a connection that is free again, or broken."""
        raise NotImplementedError

    def _is_busy(self) -> bool:
        return bool(self._asking or self._tasks)

    def _close(self) -> None:
        raise NotImplementedError

    def _ask(self, connection: Connection, since: float) -> None:
        """Sends the next request; its time runs since then."""
        self._turn += 1
        self._asking.add(connection)
        connection.ask(self._requests[self._turn % len(self._requests)], since)

    def told(self, connection: Connection, status: int) -> None:
        """A connection has its answer; 0 if it broke instead."""
        if connection not in self._asking:
            return
        self._asking.discard(connection)
        if status:
            self._latencies.append(time.perf_counter() - connection.since)
            self._failed += status >= 500
        else:
            self._silent += 1
        self._next(connection)

    async def _connected(self, since: float) -> Connection | None:
        """A new connection; None (and counted) if there is none before the deadline."""
        left = since + self._deadline - time.perf_counter()
        loop = asyncio.get_running_loop()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(max(left, 0.0)), self._gate:
                _, connection = await loop.create_connection(
                    lambda: Connection(self.told), self._target.host, self._target.port, ssl=self._target.tls or None
                )
                return connection
        return None

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _sweep(self) -> None:
        """Gives up what is not answered in time: one look at all for a tenth of a second is cheaper than timers."""
        while True:
            await asyncio.sleep(_SWEEP)
            late = time.perf_counter() - self._deadline
            for connection in [one for one in self._asking if one.since < late]:
                connection.abort()
                self.told(connection, 0)


class _Closed(_Driver):
    """Users who ask again when answered."""

    def __init__(self, target: Target, calls: Sequence[Call], deadline: float, users: int) -> None:
        super().__init__(target, calls, deadline)
        self._users = users
        self._all: set[Connection] = set()

    async def _ready(self) -> None:
        """All users are connected first: who cannot be is tried again, and counts, when the clock runs."""
        made = await asyncio.gather(*(self._connected(time.perf_counter()) for _ in range(self._users)))
        self._all = {connection for connection in made if connection is not None}

    async def _load(self) -> None:
        for connection in list(self._all):
            self._next(connection)
        for _ in range(self._users - len(self._all)):
            self._start(self._again())
        await asyncio.sleep(max(self._until - time.perf_counter(), 0.0))

    def _next(self, connection: Connection) -> None:
        now = time.perf_counter()
        if now >= self._until:
            return
        if connection.is_open:
            self._ask(connection, now)
        else:
            self._all.discard(connection)
            self._start(self._again())

    async def _again(self) -> None:
        """Connects a user anew, and asks at once."""
        while (since := time.perf_counter()) < self._until:
            connection = await self._connected(since)
            if connection is not None:
                self._all.add(connection)
                self._ask(connection, since)
                return
            self._silent += 1
            await asyncio.sleep(_SWEEP)

    def _close(self) -> None:
        for connection in self._all:
            connection.abort()


class _Open(_Driver):
    """Requests that come when they are due."""

    def __init__(self, target: Target, calls: Sequence[Call], deadline: float, rate: float) -> None:
        super().__init__(target, calls, deadline)
        self._rate = rate
        self._idle: list[Connection] = []
        self._due: deque[float] = deque()
        self._opening = 0

    async def _load(self) -> None:
        began, sent = time.perf_counter(), 0
        total = int(self._rate * (self._until - began) + 0.5)
        while sent < total:
            now = time.perf_counter()
            while sent < total and began + sent / self._rate <= now:
                self._due.append(began + sent / self._rate)
                sent += 1
            self._serve()
            await asyncio.sleep(_TICK)

    def _is_busy(self) -> bool:
        self._serve()
        return super()._is_busy() or bool(self._due)

    def _serve(self) -> None:
        """Sends what is due over connections that are free, and opens further ones for the rest."""
        late = time.perf_counter() - self._deadline
        while self._due and self._due[0] < late:
            self._due.popleft()
            self._silent += 1
        while self._due and self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                self._ask(connection, self._due.popleft())
        room = _MOST_OPEN - len(self._asking) - self._opening
        for _ in range(min(len(self._due) - self._opening, room)):
            self._opening += 1
            self._start(self._open())
        self._users = max(self._users, len(self._asking) + len(self._due))

    async def _open(self) -> None:
        connection = await self._connected(time.perf_counter())
        self._opening -= 1
        if connection is not None:
            self._next(connection)

    def _next(self, connection: Connection) -> None:
        if not connection.is_open:
            return
        if self._due:
            self._ask(connection, self._due.popleft())
        else:
            self._idle.append(connection)

    def _close(self) -> None:
        for connection in self._idle:
            connection.abort()
