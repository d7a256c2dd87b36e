"""A service for the program to call in place of all those outside: well, failing, or silent, as a trial sets it.

It answers requests of HTTP; of who says nothing for a moment it is the mail server that they wait for.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from select import select
from typing import Literal, TypeAlias

import msgspec

from seatrial.sandbox import mail

Mood: TypeAlias = Literal["away", "well", "failing", "silent"]
"""`away`: connections are refused. `well`: 200 and an empty object. `failing`: 500. `silent`: no answer at all."""
_MOMENT = 1.0
"""Seconds within which who asks says what; who does not waits to be spoken to."""


class Asked(msgspec.Struct, frozen=True):
    """A request that arrived. `at` is in seconds of a clock that only goes on."""

    what: str
    at: float


class Upstream:
    """The service; made by `upstream`."""

    def __init__(self, out: Path) -> None:
        self.mood: Mood = "away"
        self._sign = out / "upstream"
        self._asked: list[Asked] = []
        self._spoken = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    def become(self, mood: Mood) -> None:
        """Changes its mood; whoever still waits is let go."""
        self._spoken.set()
        self.mood = mood
        self._spoken = threading.Event()
        self._asked.clear()
        if mood == "away":
            self._sign.unlink(missing_ok=True)
        else:
            self._sign.write_text(str(self._server.server_port))

    @property
    def asked(self) -> Sequence[Asked]:
        """What it was asked since its mood changed."""
        return tuple(self._asked)

    def run(self) -> None:
        """Serves until `end`."""
        self._server.serve_forever(0.05)

    def end(self) -> None:
        """Serves no more."""
        self.become("away")
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            """Answers every method alike."""

            def handle_one_request(self) -> None:
                with suppress(OSError):
                    if not select([self.connection], [], [], _MOMENT)[0]:
                        service.greet(self)
                        return
                    line = self.rfile.readline(65_537).decode("latin-1").strip()
                    if line:
                        service.answer(self, line)

        return Handler

    def greet(self, handler: BaseHTTPRequestHandler) -> None:
        """Is a mail server, in the mood of the moment."""
        spoken = self._spoken
        if self.mood == "silent":
            spoken.wait()
        elif self.mood == "failing":
            handler.wfile.write(mail.AWAY)
        else:
            mail.take(handler.rfile, handler.wfile)

    def answer(self, handler: BaseHTTPRequestHandler, line: str) -> None:
        """Answers the request that begins with this line, in the mood of the moment."""
        self._asked.append(Asked(" ".join(line.split()[:2]), time.monotonic()))
        spoken = self._spoken
        length = 0
        while header := handler.rfile.readline(65_537).strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" and value.strip().isdigit() else length
        handler.rfile.read(length)
        if self.mood == "silent":
            spoken.wait()
            return
        status = b"200 OK" if self.mood == "well" else b"500 Internal Server Error"
        head = b"\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
        handler.wfile.write(b"HTTP/1.1 " + status + head)


@contextmanager
def upstream(out: Path) -> Iterator[Upstream]:
    """The service, away at first; the program is sent to it by a file in `out` (see `inside.outgoing`)."""
    service = Upstream(out)
    thread = threading.Thread(target=service.run, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.end()
        thread.join()
