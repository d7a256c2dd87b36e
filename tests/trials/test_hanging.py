"""A request that is never answered is told with the line of the program that it stands at."""

from collections.abc import Callable

import pytest

from seatrial.trials import edge
from seatrial.trials.bench import Bench

PROGRAM = """
import json
import os
import re
import threading
import time

TEXT = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
NAMES = re.compile("(a+)+$" if os.environ["FAULTS"] else "a+$")


def tidy():
    while True:
        time.sleep(60)


threading.Thread(target=tidy, daemon=True).start()


def openapi():
    named = {"post": {"requestBody": {"content": {"application/json": {"schema": TEXT}}}}}
    return {"openapi": "3.1.0", "paths": {"/named": named, "/openapi.json": {"get": {}}}}


def is_name(text):
    return isinstance(text, str) and NAMES.match(text + "!") is None


def asked(environ):
    try:
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    except ValueError:
        return None
    return said.get("name") if isinstance(said, dict) else None


def app(environ, start_response):
    status, answer = "200 OK", {}
    if environ["PATH_INFO"] == "/openapi.json":
        answer = openapi()
    elif not is_name(asked(environ)):
        status = "400 Bad Request"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


app.openapi = openapi
"""
LINE = PROGRAM[: PROGRAM.index("    return isinstance(text")].count("\n") + 1


@pytest.fixture
def bench(alone: Callable[..., Bench]) -> Callable[[str], Bench]:
    return lambda faults: alone("names.py", PROGRAM, FAULTS=faults)


def test_a_hang_is_told_with_the_line_that_it_stands_at(bench: Callable[[str], Bench]) -> None:
    assert {one.line for one in edge.run(bench("slow"))} == {f"names.py:{LINE} is_name"}


def test_what_answers_stands_nowhere_and_neither_does_a_thread_of_its_own(bench: Callable[[str], Bench]) -> None:
    sound = bench("")
    assert sound.application.hangs_at() == ""
    assert list(edge.run(sound)) == []
