"""A load of many users: a bare HTTP/1.1 client that costs so little that the program has the machine to itself.

Closed: each user asks again when answered. Open: requests come at a rate, whether or not earlier ones are answered, and
count from the moment at which they should have been sent, so that a server that stalls cannot hide it ("coordinated
omission", Gil Tene, 2013).
"""

import asyncio
import resource
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

import msgspec

from seatrial.sandbox.calls import Call

_CONNECT_AT_ONCE = 200


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


def closed(port: int, calls: Sequence[Call], users: int, seconds: float, deadline: float) -> Loaded:
    """So many users for so long, each with one connection, who ask for the calls in turn."""
    return _run(_closed(port, calls, users, seconds, deadline))


def opened(port: int, calls: Sequence[Call], rate: float, seconds: float, deadline: float) -> Loaded:
    """So many requests a second for so long, sent when they are due."""
    return _run(_opened(port, calls, rate, seconds, deadline))


def _run(load: Any) -> Loaded:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    factory = None
    if find_spec("uvloop"):  # four times as fast, where it is installed
        factory = import_module("uvloop").new_event_loop
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            made: Loaded = runner.run(load)
            return made
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class _Tally:
    """What is counted while the load lasts."""

    def __init__(self, port: int, calls: Sequence[Call], until: float) -> None:
        self.port, self.until = port, until
        self.requests = [_bytes(call) for call in calls]
        self.turn = count()
        self.latencies: list[float] = []
        self.failed = self.silent = 0

    def next(self) -> bytes:
        return self.requests[next(self.turn) % len(self.requests)]

    def answered(self, seconds: float, status: int) -> None:
        self.latencies.append(seconds)
        self.failed += status >= 500

    def loaded(self, users: int, seconds: float) -> Loaded:
        return Loaded(users, seconds, tuple(sorted(self.latencies)), self.failed, self.silent)


class _Connection(asyncio.Protocol):
    """One connection: sends a request, reads its answer, tells who waits for it."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[int] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        """Sends a request; the future is the status of its answer, 0 if the connection broke."""
        self.waiter = asyncio.get_running_loop().create_future()
        self._buffer = b""
        assert self.transport is not None
        self.transport.write(request)
        return self.waiter

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if _is_whole(self._buffer):
            if _ends(self._buffer) and self.transport is not None:
                self.transport.close()
                self.transport = None
            self._tell(int(self._buffer[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        self.transport = None
        self._tell(int(self._buffer[9:12]) if b"\r\n\r\n" in self._buffer else 0)

    def _tell(self, status: int) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(status)


def _is_whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return False
    low = head.lower()
    if b"chunked" in low:
        return body.endswith(b"0\r\n\r\n")
    _, named, rest = low.partition(b"content-length:")
    return bool(named) and len(body) >= int(rest.split(b"\r\n", 1)[0])


def _ends(data: bytes) -> bool:
    """Whether the server will close the connection after this answer."""
    head = data.partition(b"\r\n\r\n")[0].lower()
    return head.startswith(b"http/1.0") or b"connection: close" in head


def _bytes(call: Call) -> bytes:
    headers = {"Host": "127.0.0.1", "Accept": "*/*", **call.headers}
    if call.body or call.method != "GET":
        headers["Content-Length"] = str(len(call.body))
    lines = [f"{call.method} {call.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + call.body


async def _closed(port: int, calls: Sequence[Call], users: int, seconds: float, deadline: float) -> Loaded:
    tally = _Tally(port, calls, time.perf_counter() + seconds)
    gate = asyncio.Semaphore(_CONNECT_AT_ONCE)
    began = time.perf_counter()
    await asyncio.gather(*(_user(tally, gate, deadline) for _ in range(users)))
    await asyncio.sleep(0)  # connections close in the loop's next turn
    return tally.loaded(users, max(time.perf_counter() - began, seconds))


async def _user(tally: _Tally, gate: asyncio.Semaphore, deadline: float) -> None:
    connection: _Connection | None = None
    while time.perf_counter() < tally.until:
        sent = time.perf_counter()
        connection, status = await _exchange(tally, gate, connection, deadline)
        if status:
            tally.answered(time.perf_counter() - sent, status)
        else:
            tally.silent += 1
    _close(connection)


def _close(connection: _Connection | None) -> None:
    if connection is not None and connection.transport is not None:
        connection.transport.abort()


async def _exchange(
    tally: _Tally, gate: asyncio.Semaphore, connection: _Connection | None, deadline: float
) -> tuple[_Connection | None, int]:
    """One request on the connection, a new one if it is closed; the status is 0 if no answer came in time."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(deadline):
            if connection is None or connection.transport is None:
                async with gate:
                    loop = asyncio.get_running_loop()
                    _, connection = await loop.create_connection(_Connection, "127.0.0.1", tally.port)
            return connection, await connection.ask(tally.next())
    _close(connection)
    return None, 0


async def _opened(port: int, calls: Sequence[Call], rate: float, seconds: float, deadline: float) -> Loaded:
    tally = _Tally(port, calls, time.perf_counter() + seconds)
    gate, idle = asyncio.Semaphore(_CONNECT_AT_ONCE), list[_Connection]()
    began, most = time.perf_counter(), 0
    running: set[asyncio.Task[None]] = set()
    for number in range(int(rate * seconds)):
        due = began + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(_due(tally, gate, idle, due, deadline))
        running.add(task)
        task.add_done_callback(running.discard)
        most = max(most, len(running))
    if running:
        await asyncio.wait(running)
    for connection in idle:
        _close(connection)
    await asyncio.sleep(0)  # connections close in the loop's next turn
    return tally.loaded(most, max(time.perf_counter() - began, seconds))


async def _due(tally: _Tally, gate: asyncio.Semaphore, idle: list[_Connection], due: float, deadline: float) -> None:
    connection, status = await _exchange(tally, gate, idle.pop() if idle else None, deadline)
    if status:
        tally.answered(time.perf_counter() - due, status)
    else:
        tally.silent += 1
    if connection is not None and connection.transport is not None:
        idle.append(connection)
