"""A body that is refused for its kind is sent as the other kind."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials import edge
from seatrial.trials.bench import Bench
from trees import write

PROGRAM = """
import json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SCHEMA = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
TAKEN = {"/json": JSON, "/unsaid": JSON, "/form": FORM, "/neither": "text/csv"}
TOLD = {"/json": FORM, "/form": JSON, "/neither": FORM}


def openapi():
    said = {path: {"requestBody": {"content": {kind: {"schema": SCHEMA}}}} for path, kind in TOLD.items()}
    paths = {path: {"post": said.get(path, {})} for path in TAKEN}
    return {"openapi": "3.1.0", "paths": {**paths, "/openapi.json": {"get": {}}}}


def app(environ, start_response):
    path, kind = environ["PATH_INFO"], environ.get("CONTENT_TYPE", "")
    data = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    status, body = "200 OK", b"{}"
    if path == "/openapi.json":
        body = json.dumps(openapi()).encode()
    elif kind != TAKEN.get(path):
        status = "415 Unsupported Media Type"
    elif path == "/unsaid" and not isinstance(json.loads(data), dict):
        raise TypeError("no object")
    start_response(status, [("Content-Type", JSON)])
    return [body]


app.openapi = openapi
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    launch = Launch(
        root=write(tmp_path / "tree", {"shop.py": PROGRAM}),
        aside=tmp_path,
        target="shop:app",
        python=sys.executable,
        workers=1,
    )
    with launched(launch) as (application, started):
        yield Bench(application, started)


def test_an_operation_takes_the_kind_of_body_that_it_does_not_refuse(bench: Bench) -> None:
    assert {one.path: one.form for one in bench.operations if one.writes} == {
        "/json": False,
        "/unsaid": False,
        "/form": True,
        "/neither": True,
    }
    assert bench.refusals == {"POST /neither": 415}
    assert ("POST /unsaid", "the body") in {(one.operation, one.name) for one in edge.run(bench)}
