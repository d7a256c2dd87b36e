"""An answer that never ends keeps no trial waiting."""

import sys
from collections.abc import Iterator

import pytest

from seatrial.sandbox import Application, Call, Launch, launched
from trees import write

WSGI = """
import itertools, sys, time

def app(environ, start_response):
    kind = "text/event-stream" if environ["PATH_INFO"] == "/events" else "text/plain"
    start_response("200 OK", [("content-type", kind)])
    def tick():
        for n in itertools.count() if kind != "text/plain" else range(3):
            yield b": tick %d\\n\\n" % n
            time.sleep(0.01)
    return tick()
"""
ASGI = """
import asyncio, itertools

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    endless = scope["path"] == "/events"
    kind = b"text/event-stream" if endless else b"text/plain"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    for n in itertools.count() if endless else range(3):
        await send({"type": "http.response.body", "body": b": tick %d\\n\\n" % n, "more_body": True})
        await asyncio.sleep(0.01)
    await send({"type": "http.response.body", "body": b""})
"""


@pytest.fixture(scope="module", params=[WSGI, ASGI], ids=["wsgi", "asgi"])
def application(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder = write(tmp_path_factory.mktemp("streams"), {"ticker.py": request.param})
    launch = Launch(root=folder, aside=folder, target="ticker:app", python=sys.executable, workers=1)
    with launched(launch) as (application, _):
        yield application


@pytest.mark.parametrize("watched", [True, False])
def test_of_a_stream_of_events_the_beginning_is_the_answer(application: Application, watched: bool) -> None:  # noqa: FBT001 -- pytest gives it so
    answer = application.call(Call(method="GET", path="/events"), watched=watched)
    assert answer.status == 200
    assert answer.body.startswith(b": tick 0\n\n")
    assert (answer.seen is not None) is watched


def test_an_answer_in_pieces_that_ends_is_read_to_its_end(application: Application) -> None:
    answer = application.call(Call(method="GET", path="/some"))
    assert answer.body == b": tick 0\n\n: tick 1\n\n: tick 2\n\n"
    assert answer.seen is not None
