"""A program that runs already, in whatever language: reached over HTTP, watched by nobody, ended by its owner."""

import http.client
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from seatrial.sandbox.application import Answer, Application, Seen, Statement
from seatrial.sandbox.calls import Call
from seatrial.sandbox.counting import Counts, listeners, seen
from seatrial.sandbox.databases import Postgres
from seatrial.sandbox.databases.server_counts import Counted, ServerCounts, counting
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.loading import Target
from seatrial.sandbox.passing import passing
from seatrial.sandbox.process import Child
from seatrial.sandbox.upstream import Upstream, upstream
from seatrial.sandbox.workers import Workers

_PORTS = {"http": 80, "https": 443}


class Remote(Application):
    """Made by `reached`. What needs its processes or the probe is not to be had: `workers.pids` is empty."""

    def __init__(self, url: SplitResult, out: Path, database: Postgres | None, service: Upstream) -> None:
        port = url.port or _PORTS[url.scheme]
        super().__init__(port, out, out, database, Workers(_none_of_ours, 0), _nothing_beside, service)
        self._url = url
        self._counts: ServerCounts | None = None

    @contextmanager
    def counted(self) -> Iterator[bool]:
        """While this lasts, the server of its database watches requests; gives whether statement by statement."""
        assert isinstance(self.database, Postgres)
        with counting(self.database.url) as counts:
            self._counts = counts
            try:
                yield counts.tells_statements
            finally:
                self._counts = None

    def named(self, call: Call, name: str) -> Answer:
        """As `call`: nobody but the database's server watches, so names mean nothing."""
        if not name or self._counts is None:
            return super().named(call, "")
        answer, counted = self._counts.of(lambda: super(Remote, self).named(call, ""))
        return answer if counted is None else msgspec.structs.replace(answer, seen=_seen(answer, counted))

    @cached_property
    def _processes(self) -> Sequence[int]:
        found = socket.getaddrinfo(self._url.hostname, self.port, type=socket.SOCK_STREAM)
        is_here = any(ip_address(address[0]).is_loopback for *_, address in found)
        return listeners(self.port) if is_here else ()

    @property
    def is_countable(self) -> bool:
        """Whether its processes are on this machine, and ours to look at."""
        return bool(self._processes)

    def counts(self) -> Counts:
        """What can be seen of its processes from outside: descriptors, threads and memory."""
        return seen(self._processes, self.port)

    def restart(self) -> None:
        """Waits until it answers again: its owner alone can start it. Raises `StartError` if it does not."""
        self.await_answer()

    @property
    def target(self) -> Target:
        """Where it listens."""
        return Target(
            self._url.hostname or "", self.port, tls=self._url.scheme == "https", prefix=self._url.path.rstrip("/")
        )

    def _exchange(self, call: Call, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self.port, timeout=call.within)
        try:
            connection.request(call.method, self._url.path.rstrip("/") + call.sent, call.body or None, dict(headers))
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


def _seen(answer: Answer, counted: Sequence[Counted]) -> Seen:
    """What the server saw: which line of the program asked is not for it to say."""
    ran = [
        Statement(sql=one.sql, line="", rows=one.rows // one.calls, ms=one.ms / one.calls)
        for one in counted
        for _ in range(one.calls if one.sql else 0)
    ]
    blocks = sum(one.blocks for one in counted)
    return Seen(answer.status, tuple(ran), (), answer.seconds, pid=0, blocks=blocks)


@contextmanager
def reached(url: str, database_url: str = "") -> Iterator[Remote]:
    """The program at `url`, and its PostgreSQL database if one is named. Raises `StartError` if it does not answer."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise StartError(f"{url} is no address of a program: give one such as http://127.0.0.1:8000")
    with ExitStack() as stack:
        folder = stack.enter_context(passing())
        service = stack.enter_context(upstream(folder))
        database = stack.enter_context(_put_back(database_url)) if database_url else None
        remote = Remote(parts, folder, database, service)
        if not remote.call(Call(method="GET", path="/", within=10.0)).status:
            raise StartError(f"nothing answers at {url}: start the program, and name where it listens.")
        yield remote


@contextmanager
def _put_back(url: str) -> Iterator[Postgres]:
    """The database at `url`; afterwards it holds what it held before, and nothing of ours."""
    before, database = Postgres(url, "seatrial_before"), Postgres(url)
    before.save()
    try:
        yield database
    finally:
        before.restore()
        before.forget()
        database.forget()


def _none_of_ours() -> Child:
    raise StartError("a program that runs already is started by its owner")


def _nothing_beside(task: str, needs: Mapping[str, Any]) -> bytes:  # noqa: ARG001 - the signature of `Beside`
    raise StartError(f"{task} needs a program that seatrial starts")
