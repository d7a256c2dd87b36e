"""A small ASGI server on the standard library: HTTP/1.1 with kept connections, and lifespan; no WebSockets, no TLS.

For programs whose environment has no server of its own. Source: ASGI 3.0 specification, RFC 9112.
"""

import asyncio
import signal
from http import HTTPStatus
from urllib.parse import unquote

from .lifespan import Lifespan

_LONGEST_HEAD = 65_536
_LONGEST_BODY = 100_000_000
_BODILESS = (204, 304)


def serve(app, listener, started=None):
    """Serves until the process is asked to end. `started` is called in the event loop when it runs."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_serve(app, listener, started))


async def _serve(app, listener, started):
    loop, ended = asyncio.get_event_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    lifespan = Lifespan(app)
    await lifespan.begin()
    address = listener.getsockname()[:2]
    server = await loop.create_server(lambda: _Connection(app, address, lifespan.state), sock=listener)
    if started is not None:
        started()
    await ended.wait()
    server.close()
    await lifespan.end()


class _Connection(asyncio.Protocol):
    """One connection: request after request, each answered before the next is looked at."""

    def __init__(self, app, address, state):
        self._app, self._address, self._state = app, address, state
        self._buffer = b""
        self._answering = None
        self._transport = None
        self._gone = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()

    def connection_made(self, transport):
        self._transport = transport

    def connection_lost(self, exc):  # noqa: ARG002 -- asyncio's signature
        self._gone.set()
        self._may_write.set()

    def pause_writing(self):
        self._may_write.clear()

    def resume_writing(self):
        self._may_write.set()

    def data_received(self, data):
        self._buffer += data
        if self._answering is None:
            self._next()

    def _next(self):
        """Begins to answer the next request, if all of it is there."""
        try:
            request = self._request()
        except ValueError:
            self._transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self._transport.close()
            return
        if request is not None:
            self._answering = asyncio.ensure_future(self._answer(request))

    def _request(self):
        """The scope and the body of the first request in the buffer; None if it is not whole. Raises `ValueError`."""
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            if len(head) > _LONGEST_HEAD:
                raise ValueError("the head is too long")
            return None
        lines = head.split(b"\r\n")
        method, target, version = lines[0].split(b" ")
        headers = [(n.strip().lower(), v.strip()) for n, _, v in (line.partition(b":") for line in lines[1:])]
        known = dict(headers)
        if b"chunked" in known.get(b"transfer-encoding", b"").lower():
            body, rest = _unchunked(rest)
        else:
            length = int(known.get(b"content-length", b"0"))
            body, rest = (rest[:length], rest[length:]) if len(rest) >= length else (None, rest)
        if len(rest) > _LONGEST_BODY:
            raise ValueError("the body is too long")
        if body is None:
            if known.get(b"expect", b"").lower() == b"100-continue" and not rest:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        self._buffer = rest
        return self._scope(method, target, version, headers), body

    def _scope(self, method, target, version, headers):
        path, _, query = target.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": version.rpartition(b"/")[2].decode("ascii"),
            "method": method.decode("ascii").upper(),
            "scheme": "http",
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "client": self._transport.get_extra_info("peername")[:2],
            "server": self._address,
            "state": dict(self._state),
        }

    async def _answer(self, request):
        scope, body = request
        answer = _Answer(self._transport, scope, self._may_write)
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            if parts:
                return parts.pop()
            await self._gone.wait()
            return {"type": "http.disconnect"}

        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:
            loop = asyncio.get_event_loop()
            loop.call_exception_handler({"message": "the program raised", "exception": error})
        kept = answer.finish()
        self._answering = None
        if not kept:
            self._transport.close()
        elif self._buffer and not self._gone.is_set():
            self._next()


class _Answer:
    """Writes one answer as the program sends it."""

    def __init__(self, transport, scope, may_write):
        self._transport, self._may_write = transport, may_write
        self._headless = scope["method"] == "HEAD"
        self._old = scope["http_version"] == "1.0"
        asked = dict(scope["headers"]).get(b"connection", b"").lower()
        self._kept = asked == b"keep-alive" if self._old else asked != b"close"
        self._chunked = self._begun = self._ended = False

    async def send(self, message):
        if message["type"] == "http.response.start":
            self._begin(message["status"], list(message.get("headers", ())))
        elif message["type"] == "http.response.body":
            self._write(message.get("body", b""), more=message.get("more_body", False))
            await self._may_write.wait()

    def finish(self):
        """Ends an answer that the program did not; gives back whether the connection can be kept."""
        if not self._begun:
            self._begin(500, [(b"content-length", b"21"), (b"content-type", b"text/plain")])
            self._write(b"Internal Server Error", more=False)
        return self._kept and self._ended

    def _begin(self, status, headers):
        self._begun = True
        names = {bytes(name).lower() for name, _ in headers}
        self._headless = self._headless or status in _BODILESS or status < 200
        if not self._headless and b"content-length" not in names and b"transfer-encoding" not in names:
            self._chunked, self._kept = not self._old, self._kept and not self._old
            headers = [*headers, (b"transfer-encoding", b"chunked")] if self._chunked else headers
        if not self._kept and b"connection" not in names:
            headers = [*headers, (b"connection", b"close")]
        lines = b"".join(b"%b: %b\r\n" % (bytes(name), bytes(value)) for name, value in headers)
        self._transport.write(b"HTTP/1.1 %d %b\r\n%b\r\n" % (status, _phrase(status), lines))

    def _write(self, body, *, more):
        if not self._headless and body:
            self._transport.write(b"%x\r\n%b\r\n" % (len(body), body) if self._chunked else bytes(body))
        if not more and not self._ended:
            self._ended = True
            if self._chunked:
                self._transport.write(b"0\r\n\r\n")


def _phrase(status):
    try:
        return HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b""


def _unchunked(data):
    """The body of chunks and what comes after it; None in its place if it is not whole. Raises `ValueError`."""
    body, rest = b"", data
    while True:
        size, end, rest = rest.partition(b"\r\n")
        if not end:
            return None, data
        length = int(size.partition(b";")[0], 16)
        if len(rest) < length + 2:
            return None, data
        body, rest = body + rest[:length], rest[length + 2 :]
        if length == 0:
            return body, rest
