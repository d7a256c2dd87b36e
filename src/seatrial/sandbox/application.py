"""The program while it runs: requests to it, and what each of them did."""

import contextlib
import http.client
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from http import HTTPStatus
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import msgspec

from seatrial.sandbox import counting, loading, patience, stacks, strain
from seatrial.sandbox.advice import advice
from seatrial.sandbox.calls import FORM, Call
from seatrial.sandbox.counting import Counts, Site
from seatrial.sandbox.databases import Database, Postgres
from seatrial.sandbox.errors import StartError, TimeUpError
from seatrial.sandbox.loading import Loaded, Target
from seatrial.sandbox.traces import ended_with
from seatrial.sandbox.upstream import Upstream
from seatrial.sandbox.workers import Workers

_AGENT = "Mozilla/5.0 (X11; Linux x86_64) seatrial"
"""Every browser says who it is, and some programs read it without asking whether it is there."""
DEADLINE = 30.0
"""Seconds that a request may take."""
_STARTED_WITHIN = 100.0
_PIECE = 65_536
_ALL = 1_000
"""Lines of what was printed that advice is drawn from."""
_WRITTEN_WITHIN = 5.0
_ELSEWHERE = (302, 303)
_LOGIN = re.compile(r"(log|sign)[-_]?in\b|/(auth|session)s?/?$", re.IGNORECASE)
_FIELDS = re.compile(r"""<(?:input|textarea|select|button)\b[^>]*?\bname=["']?([^"'\s>]+)""", re.IGNORECASE)
_POLL = 0.002
_POLL_START = 0.05


class Statement(msgspec.Struct, frozen=True):
    """A statement that a request ran. `line` is the nearest line of the program's own: `path:line function`."""

    sql: str
    line: str
    rows: int
    ms: float
    error: str = ""
    """What the driver raised instead of rows: the class and its text."""


class Outgoing(msgspec.Struct, frozen=True):
    """A call that a request made to another service."""

    to: str
    line: str
    waits: float | None = 0.0
    """Seconds that its socket waits; None: for ever; 0: not known."""
    pause: float | None = None
    """Seconds of doing nothing since the call before it was answered; None if it is the first, or was not seen."""


class Event(msgspec.Struct, frozen=True):
    """A file that was looked at or opened, or a command that was run, with a trial's mark in it.

    `kind` is `look`, `file` or `command`.
    """

    kind: str
    text: str
    line: str


class Raised(msgspec.Struct, frozen=True):
    """What a request raised: the class, its text, and the last line of the program's own that it came through."""

    kind: str
    text: str
    line: str


class Seen(msgspec.Struct, frozen=True):
    """What the probe saw of one request."""

    status: int
    statements: tuple[Statement, ...]
    calls: tuple[Outgoing, ...]
    seconds: float
    pid: int
    events: tuple[Event, ...] = ()
    error: Raised | None = None
    blocks: int | None = None
    """What the database's server counted, where it was asked; the statements then come with the heaviest first."""


class Sent(msgspec.Struct, frozen=True):
    """What was sent to be done: where to, and the names in it if it was a form."""

    path: str
    names: tuple[str, ...]

    @property
    def proves(self) -> bool:
        """Whether it says who one is, or is to be."""
        return any("password" in name.lower() for name in self.names)

    def is_sent_back_to(self, path: str) -> bool:
        """Whether who is sent to the path should try again: a login, or what is told there, did not go well."""
        return self.proves and path.rstrip("/") == self.path.partition("?")[0].rstrip("/")

    def is_within(self, page: str) -> bool:
        """Whether a page shows the form again: it has a field of each name."""
        return bool(self.names and page) and set(_FIELDS.findall(page)).issuperset(self.names)


class Answer(msgspec.Struct, frozen=True):
    """What came back. `status` is 0 if nothing did within the deadline; `seen` is None if the probe told nothing."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    seen: Seen | None = None
    sent: Sent | None = None
    """What it answers, unless that only reads."""

    @property
    def ok(self) -> bool:
        """It was done: 2xx, or what a browser is told then: to go elsewhere, and not the form once more."""
        if self.sent is not None and self.status in _ELSEWHERE:
            return not self.is_denied and not self.sent.is_sent_back_to(self._target)
        return 200 <= self.status < 300 and not (self.sent is not None and self.sent.is_within(self.page))

    @property
    def is_denied(self) -> bool:
        """It was refused for who asks: 401 or 403, or a browser is sent to where one logs in."""
        if self.status not in _ELSEWHERE or (self.sent is not None and self.sent.proves):
            return self.status in (401, 403)
        return _LOGIN.search(self._target) is not None

    @property
    def page(self) -> str:
        """The body, if it is a page of HTML; else an empty text."""
        is_page = self.headers.get("content-type", "").startswith("text/html")
        return self.body.decode(errors="replace") if is_page else ""

    @property
    def _target(self) -> str:
        return urlsplit(self.headers.get("location", "")).path

    def json(self) -> Any:
        """The body as JSON; None if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


Beside = Callable[[str, Mapping[str, Any]], bytes]
"""Runs a task of `inside` with what it needs, in a process of its own; gives back what it says."""


class Application:
    """A program that runs in the sandbox: made by `launched`, ended by its context."""

    def __init__(
        self,
        port: int,
        home: Path,
        out: Path,
        database: Database | None,
        workers: Workers,
        beside: Beside,
        upstream: Upstream,
    ) -> None:
        self.port = port
        self.database = database
        self._home = home
        self._out = out.resolve()
        self.workers = workers
        self.beside = beside
        self.upstream = upstream
        self.held_back = 0
        """Requests that were refused for their number."""
        self.proofs: dict[str, str] = {}
        """Headers that ran out and what is sent in their place."""

    def call(self, call: Call, *, watched: bool = True) -> Answer:
        """Makes the request. Safe to use from several threads at once.

        Raises `TimeUpError` if it is part of a whole whose time is used up.
        """
        name = uuid4().hex
        return self.named(call, name if watched else "")

    def named(self, call: Call, name: str) -> Answer:
        """As `call`, under a name by which `stands` and `go` find it."""
        if patience.is_over():
            raise TimeUpError("the time is used up")
        call = msgspec.structs.replace(call, within=patience.left(call.within))
        headers = {"User-Agent": _AGENT, **self.renewed(call).headers}
        if name:
            headers["x-seatrial"] = f"{name};delay={call.delay};stop={call.stop}"
        began = time.perf_counter()
        try:
            status, got, body = self._exchange(call, headers)
        except (OSError, http.client.HTTPException):
            return Answer(0, {}, b"", time.perf_counter() - began)
        seconds = time.perf_counter() - began
        self.held_back += status == HTTPStatus.TOO_MANY_REQUESTS
        return Answer(status, got, body, seconds, self._seen(name) if name else None, _sent(call))

    def renewed(self, call: Call) -> Call:
        """The request with the proofs of the moment."""
        headers = {name: self.proofs.get(value, value) for name, value in call.headers.items()}
        return msgspec.structs.replace(call, headers=headers) if self.proofs else call

    def together(self, calls: Sequence[Call]) -> Sequence[Answer]:
        """The answers to requests that are sent at the same moment, in the order of the requests."""
        ready = Barrier(len(calls))

        def one(call: Call) -> Answer:
            ready.wait()
            return self.call(call)

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(one, calls))

    def load(self, calls: Sequence[Call], users: int, seconds: float, deadline: float) -> Loaded:
        """What so many users see who ask for the calls in turn, unwatched."""
        with self._strained() as watch:
            found = loading.closed(self.target, [*map(self.renewed, calls)], users, seconds, deadline)
        return msgspec.structs.replace(found, strain=watch.strain)

    def load_at(self, calls: Sequence[Call], rate: float, seconds: float, deadline: float) -> Loaded:
        """What users see when so many requests a second come, whether or not earlier ones are answered."""
        with self._strained() as watch:
            found = loading.opened(self.target, [*map(self.renewed, calls)], rate, seconds, deadline)
        return msgspec.structs.replace(found, strain=watch.strain)

    def stands(self, name: str) -> bool:
        """Whether the request of this name waits before its statement."""
        return (self._out / f"{name}.stands").exists()

    def standing(self, name: str) -> int:
        """The worker in which the request of this name waits."""
        return int((self._out / f"{name}.stands").read_text())

    def go(self, name: str) -> None:
        """Lets it go on."""
        (self._out / f"{name}.goes").touch()

    def place(self, path: str) -> bool:
        """Puts an empty file where the program looked for one, if that is in its own copy; False if it is not."""
        file = (self._home / path).resolve()
        if not file.is_relative_to(self._out.parent) or file.exists() or not file.parent.is_dir():
            return False
        file.touch()
        return True

    def free(self) -> None:
        """Has every worker give back what nothing in it refers to any more."""
        self.workers.free()

    def hangs_at(self) -> str:
        """The line of the program at which it is at work for a request that it does not answer; empty if it is not."""
        return stacks.stands(self.workers.pids, self._out)

    def restart(self) -> None:
        """Ends the workers at once and starts others. Raises `StartError` if they do not answer."""
        self.workers.restart()
        self.await_answer()

    def revive(self) -> None:
        """Starts another worker for each that ended. Raises `StartError` if they do not answer."""
        self.workers.revive()
        self.await_answer()

    def await_answer(self, health: str = "") -> None:
        """Waits until all workers serve and some answer comes; from the path `health` one with 2xx.

        Raises `StartError` if none does.
        """
        asked = Call(method="GET", path=health or "/")
        said = ""
        until = time.monotonic() + _STARTED_WITHIN
        while time.monotonic() < until and self.workers.alive:
            ready = all((self._out / f"{pid}.ready.json").exists() for pid in self.workers.pids)
            answer = self.call(asked, watched=False) if ready else None
            if answer and (answer.ok if health else answer.status):
                return
            said = f"GET {health} answers {answer.status}\n" if answer and health else said
            time.sleep(_POLL_START)
        stands = self.hangs_at() if self.workers.alive else ""
        said += f"it stands at: {stands}\n" if stands else ""
        printed = self.workers.last_lines(_ALL)
        error, trace = ended_with(printed)
        what_to_do = advice(error, printed)
        told = f"the program starts but does not answer:\n{said}{self.workers.last_lines()}\n{what_to_do}"
        raise StartError(told, error, trace)

    @property
    def missing(self) -> Sequence[int]:
        """The usual ports of services that the program looked for, and that nobody started for it."""
        return sorted(int(file.name.partition("-")[2]) for file in self._out.glob("missing-*"))

    @property
    def is_countable(self) -> bool:
        """Whether its processes can be looked at."""
        return bool(self.workers.pids)

    def counts(self) -> Counts:
        """What all workers hold at this moment."""
        return counting.counts(self.workers.pids, self._out, self.port)

    def trace(self) -> None:
        """Has the workers note from now on where what they make is made."""
        counting.trace(self.workers.pids, self._out)

    def sites(self) -> Sequence[Site]:
        """Lines that made what is still there since `trace`, those that made most first; ends the trace."""
        return counting.sites(self.workers.pids, self._out)

    @property
    def target(self) -> Target:
        """Where it listens."""
        return Target("127.0.0.1", self.port)

    def _strained(self) -> AbstractContextManager[strain.Watched]:
        url = self.database.url if isinstance(self.database, Postgres) else ""
        return strain.watched(self.workers.pids, self._out, url)

    def _exchange(self, call: Call, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=call.within)
        try:
            connection.request(call.method, call.sent, call.body or None, dict(headers))
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            told |= {"set-cookie": "\n".join(answer.msg.get_all("set-cookie", ()))} if "set-cookie" in told else {}
            return answer.status, told, _read(answer, told, time.monotonic() + call.within)
        finally:
            connection.close()

    def _seen(self, name: str) -> Seen | None:
        """The probe's file: written before the answer ends, so it is there or will not come."""
        path = self._out / f"{name}.json"
        until = time.monotonic() + _WRITTEN_WITHIN
        while not path.exists() and time.monotonic() < until and self.workers.alive:
            time.sleep(_POLL)
        with contextlib.suppress(OSError, msgspec.DecodeError):
            seen = msgspec.json.decode(path.read_bytes(), type=Seen)
            path.unlink()
            return seen
        return None


def _sent(call: Call) -> Sent | None:
    """What a request sends; None if it only reads."""
    if call.method in ("GET", "HEAD"):
        return None
    said = call.body.decode(errors="replace") if call.headers.get("content-type") == FORM else ""
    return Sent(call.path, tuple(name for name, _ in parse_qsl(said, keep_blank_values=True)))


def _read(answer: http.client.HTTPResponse, headers: Mapping[str, str], until: float) -> bytes:
    """The body, as far as it comes in time: of a stream of events, which never ends, the first piece."""
    pieces = []
    while time.monotonic() < until and (piece := answer.read1(_PIECE)):
        pieces.append(piece)
        if headers.get("content-type", "").startswith("text/event-stream"):
            return b"".join(pieces)
    if answer.length and time.monotonic() < until:
        raise http.client.IncompleteRead(b"".join(pieces), answer.length)
    return b"".join(pieces)
