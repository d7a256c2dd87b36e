"""One connection of an HTTP/1.1 client that reads no more of an answer than whether it is whole, and its status."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, cast

from seatrial.sandbox.calls import Call

_MANY_HEADS = 4_096
_UNKNOWN = -1
_CHUNKED = -2


class _Head(NamedTuple):
    """What the head of an answer says. `length` is that of its body, or that it comes in chunks or up to the end."""

    status: int
    length: int
    ends: bool
    """The server closes the connection after it."""


_heads: dict[bytes, _Head] = {}
"""Heads are the same for many answers: all in one second, often."""


class Connection(asyncio.Protocol):
    """Sends a request, and tells when its answer is whole, with its status; 0 if the connection broke before."""

    def __init__(self, told: "Callable[[Connection, int], None]") -> None:
        self.since = 0.0
        """When the time of the request began to run."""
        self._told = told
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._transport is not None

    def ask(self, data: bytes, since: float) -> None:
        """Sends a request."""
        self.since = since
        self._buffer = b""
        assert self._transport is not None
        self._transport.write(data)

    def abort(self) -> None:
        """Closes it at once."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio says."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """As asyncio says."""
        if self._buffer:
            data = self._buffer + data
        head = _head(data)
        if head is None or not _is_whole(data, head):
            self._buffer = data
            return
        if head.ends:
            self.abort()
        self._told(self, head.status)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        """As asyncio says. An answer without a length ends here."""
        self._transport = None
        head = _head(self._buffer)
        self._told(self, head.status if head is not None and head.length == _UNKNOWN else 0)


def request(call: Call, host: str, port: int, prefix: str = "") -> bytes:
    """The bytes of a request."""
    headers = {"Host": f"{host}:{port}", "Accept": "*/*", **call.headers}
    if call.body or call.method != "GET":
        headers["Content-Length"] = str(len(call.body))
    lines = [f"{call.method} {prefix}{call.sent} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + call.body


def _head(data: bytes) -> _Head | None:
    """The head of an answer; None if it is not whole."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    text = data[:end]
    found = _heads.get(text)
    if found is None:
        if len(_heads) >= _MANY_HEADS:
            _heads.clear()
        found = _heads[text] = _read(text)
    return found


def _read(head: bytes) -> _Head:
    lines = head.lower().split(b"\r\n")
    fields = dict(line.split(b":", 1) for line in lines[1:] if b":" in line)
    status = int(lines[0][9:12]) if lines[0][9:12].isdigit() else 502
    ends = fields.get(b"connection", b"").strip() == b"close" or (
        lines[0].startswith(b"http/1.0") and fields.get(b"connection", b"").strip() != b"keep-alive"
    )
    if status in (204, 304):
        return _Head(status, 0, ends)
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        return _Head(status, _CHUNKED, ends)
    length = fields.get(b"content-length", b"").strip()
    return _Head(status, int(length) if length.isdigit() else _UNKNOWN, ends)


def _is_whole(data: bytes, head: _Head) -> bool:
    if head.length == _CHUNKED:
        return data.endswith(b"0\r\n\r\n")
    return head.length != _UNKNOWN and len(data) - data.find(b"\r\n\r\n") - 4 >= head.length
