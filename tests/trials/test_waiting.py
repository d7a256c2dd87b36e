"""A program that waits for what is not here: its users and rows are made in the time for that, and the reason told."""

from collections.abc import Callable
from functools import partial

import pytest

from seatrial.sandbox import StartError, now
from seatrial.sandbox.application import DEADLINE
from seatrial.trials.bench import Bench
from seatrial.trials.unfit import unfit

PROGRAM = """
import json
import os
import socket
import threading

TEXT = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
NEVER = threading.Event()
IS_AWAY, IS_SILENT = os.environ["STORE"] == "away", os.environ["STORE"] == "silent"
ALONE = os.environ.get("ALONE")
READ = {"get": {}}
MADE = {"post": {"requestBody": {"content": {"application/json": {"schema": TEXT}}}}}
PATHS = {"/": READ, "/books": READ, "/authors": READ, "/openapi.json": {"get": {}}}
WRITES = {"/a": MADE, "/b": MADE, "/c": MADE}


def openapi():
    paths = {path: PATHS[path] for path in PATHS if path not in ("/", "/openapi.json")} if ALONE else PATHS
    return {"openapi": "3.1.0", "paths": {**paths, **WRITES}}


def store():
    if IS_SILENT:
        NEVER.wait()
    if IS_AWAY:
        socket.create_connection(("127.0.0.1", 27017), timeout=5)


def app(environ, start_response):
    path, answer = environ["PATH_INFO"], []
    try:
        if path == "/openapi.json":
            answer = openapi()
        elif path in WRITES and IS_AWAY:
            NEVER.wait()
        elif path != "/":
            store()
    except OSError:
        start_response("500 Internal Server Error", [])
        return [b""]
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


app.openapi = openapi
"""
SECONDS = 3.0


@pytest.fixture
def bench(alone: Callable[..., Bench]) -> Callable[..., Bench]:
    return partial(alone, "books.py", PROGRAM, SECONDS)


def test_rows_that_are_waited_for_end_with_their_time_and_the_service_is_named(bench: Callable[..., Bench]) -> None:
    failing, ended = bench(STORE="away").gaps
    assert failing.startswith("2 of 4 paths that were asked once fail, /books among them; a service")
    assert "It needs MongoDB, and none answers at port 27017" in failing
    assert ended.startswith("making the first rows was ended after 3 s")
    assert "It needs MongoDB" in ended


def test_what_answers_has_no_such_gaps(bench: Callable[..., Bench]) -> None:
    sound = bench(STORE="here")
    assert sound.gaps == []
    assert sound.refusals == {}


def test_a_program_of_which_all_fails_does_not_start(bench: Callable[..., Bench]) -> None:
    with pytest.raises(StartError, match=r"(?s)all that it is asked fails.*It needs MongoDB"):
        bench(STORE="away", ALONE="1")


def test_what_is_never_answered_holds_no_report(bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatrial.trials.unfit._SOON", 0.5)
    began, told = now(), [gap.reason for gap in unfit(bench(STORE="silent"))]
    assert any(reason.startswith("no users could be made") for reason in told)
    assert now() - began < DEADLINE
