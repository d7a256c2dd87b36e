"""The load client counts what the server saw, kept connections or not, and never waits beyond its deadline."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from seatrial.sandbox.calls import Call
from seatrial.sandbox.loading import closed, opened


@contextmanager
def server(protocol: str = "HTTP/1.1", status: int = 200, *, silent: bool = False) -> Iterator[tuple[int, list[str]]]:
    """A server on a port of its own, and the paths that it was asked for."""
    asked: list[str] = []
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = protocol

        def do_GET(self) -> None:
            asked.append(self.path)
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


CALLS = [Call(method="GET", path="/a"), Call(method="GET", path="/b")]


@pytest.mark.parametrize("protocol", ["HTTP/1.1", "HTTP/1.0"])
def test_every_answer_is_counted_once(protocol: str) -> None:
    with server(protocol) as (port, asked):
        found = closed(port, CALLS, users=4, seconds=0.5, deadline=5)
    assert len(found.latencies) == len(asked) > 0
    assert (found.failed, found.silent) == (0, 0)
    assert {"/a", "/b"} == set(asked)


def test_errors_are_told_apart() -> None:
    with server(status=503) as (port, _):
        found = closed(port, CALLS, users=2, seconds=0.3, deadline=5)
    assert found.failed == len(found.latencies) > 0
    assert found.throughput == 0


def test_silence_is_told_and_ends_with_the_deadline() -> None:
    with server(silent=True) as (port, _):
        found = closed(port, CALLS, users=3, seconds=0.2, deadline=0.3)
    assert (found.latencies, found.silent) == ((), 3)
    assert found.quantile(0.99) == float("inf")


def test_the_open_model_sends_what_is_due() -> None:
    with server() as (port, asked):
        found = opened(port, CALLS, rate=100, seconds=0.5, deadline=5)
    assert len(asked) == len(found.latencies) == 50
