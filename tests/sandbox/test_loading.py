"""The load client counts what the server saw, kept connections or not, and never waits beyond its deadline."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest

from seatrial.sandbox.calls import Call
from seatrial.sandbox.client import Connection
from seatrial.sandbox.loading import Target, closed, opened


@contextmanager
def server(
    protocol: str = "HTTP/1.1", status: int = 200, *, silent: bool = False, stalls: threading.Event | None = None
) -> Iterator[tuple[int, list[str]]]:
    """A server on a port of its own, and the paths that it was asked for."""
    asked: list[str] = []
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = protocol

        def do_GET(self) -> None:
            asked.append(self.path)
            if stalls is not None:
                stalls.wait(30)
            if silent:
                release.wait(30)
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield http.server_address[1], asked
    finally:
        release.set()
        http.shutdown()
        http.server_close()
        thread.join()


@contextmanager
def breaking() -> Iterator[int]:
    """A server that breaks every second connection without an answer."""
    turn = count()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            if next(turn) % 2:
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as tcp:
        thread = threading.Thread(target=tcp.serve_forever, daemon=True)
        thread.start()
        yield tcp.server_address[1]
        tcp.shutdown()
        thread.join()


CALLS = [Call(method="GET", path="/a"), Call(method="GET", path="/b")]


@pytest.mark.parametrize("protocol", ["HTTP/1.1", "HTTP/1.0"])
def test_every_answer_is_counted_once(protocol: str) -> None:
    with server(protocol) as (port, asked):
        found = closed(Target("127.0.0.1", port), CALLS, users=4, seconds=0.5, deadline=5)
    assert len(found.latencies) == len(asked) > 0
    assert (found.failed, found.silent) == (0, 0)
    assert {"/a", "/b"} == set(asked)


def test_errors_are_told_apart() -> None:
    with server(status=503) as (port, _):
        found = closed(Target("127.0.0.1", port), CALLS, users=2, seconds=0.3, deadline=5)
    assert found.failed == len(found.latencies) > 0
    assert found.throughput == 0


def test_silence_is_told_and_ends_with_the_deadline() -> None:
    with server(silent=True) as (port, _):
        found = closed(Target("127.0.0.1", port), CALLS, users=3, seconds=0.2, deadline=0.3)
    assert (found.latencies, found.silent) == ((), 3)
    assert found.quantile(0.99) == float("inf")


def test_the_open_model_sends_what_is_due() -> None:
    with server() as (port, asked):
        found = opened(Target("127.0.0.1", port), CALLS, rate=100, seconds=0.5, deadline=5)
    assert len(asked) == len(found.latencies) == 50


def test_a_server_that_stalls_cannot_hide_it_from_the_open_model() -> None:
    stall = threading.Event()
    with server(stalls=stall) as (port, asked):
        threading.Timer(0.5, stall.set).start()
        found = opened(Target("127.0.0.1", port), CALLS, rate=100, seconds=0.6, deadline=5)
    assert len(asked) == len(found.latencies) == 60
    assert sum(latency > 0.2 for latency in found.latencies) >= 25
    assert found.users >= 25


def test_requests_beyond_the_deadline_are_silent_in_the_open_model_too() -> None:
    with server(silent=True) as (port, _):
        found = opened(Target("127.0.0.1", port), CALLS, rate=50, seconds=0.2, deadline=0.3)
    assert (found.latencies, found.silent) == ((), 10)


def test_a_connection_that_breaks_is_told_and_made_anew() -> None:
    with breaking() as port:
        found = closed(Target("127.0.0.1", port), CALLS, users=2, seconds=0.3, deadline=5)
    assert found.silent > 0
    assert len(found.latencies) > 0


def test_answers_of_every_form_are_read_to_their_end() -> None:
    heads = {
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok": (200, True),
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok": (200, False),
        b"HTTP/1.1 204 No Content\r\n\r\n": (204, True),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n": (200, True),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n": (200, False),
        b"HTTP/1.0 200 OK\r\n\r\nok": (200, False),
    }
    for data, (status, whole) in heads.items():
        told: list[int] = []
        connection = Connection(lambda _, status, told=told: told.append(status))  # type: ignore[misc] # bound now
        connection.data_received(data[:9])
        connection.data_received(data[9:])
        assert told == [status] * whole
        connection.connection_lost(None)
        assert told[0] == (status if whole or data.startswith(b"HTTP/1.0") else 0)
