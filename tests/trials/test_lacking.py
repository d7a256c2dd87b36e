"""A body that lacks what its refusal names is sent with just that: what is optional may exclude one another."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials.answers import missed
from seatrial.trials.bench import Bench
from trees import write

PROGRAM = """
import json

TEXT = {"type": "string"}
SCHEMA = {
    "type": "object",
    "properties": {"kind": TEXT, "begin": TEXT, "end": TEXT, "timer": {"type": "integer"}},
    "required": ["kind"],
}


def openapi():
    told = {"requestBody": {"content": {"application/json": {"schema": SCHEMA}}}}
    paths = {"/naps": {"post": told}, "/closed": {"post": told}, "/openapi.json": {"get": {}}}
    return {"openapi": "3.1.0", "paths": paths}


def app(environ, start_response):
    status, answer = "201 Created", {}
    if environ["PATH_INFO"] == "/openapi.json":
        answer = openapi()
    else:
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        lacking = {name: ["This field is required."] for name in ("begin", "end") if not said.get(name)}
        if "timer" in said:
            status, answer = "400 Bad Request", {"timer": ["There is no such timer."]}
        elif lacking:
            status, answer = "400 Bad Request", lacking
        elif environ["PATH_INFO"] == "/closed":
            status, answer = "409 Conflict", {}
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


app.openapi = openapi
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    tree = write(tmp_path / "tree", {"naps.py": PROGRAM})
    launch = Launch(root=tree, aside=tmp_path, target="naps:app", python=sys.executable, workers=1)
    with launched(launch) as (application, started):
        yield Bench(application, started)


def test_what_a_refusal_names_is_added_and_nothing_else(bench: Bench) -> None:
    assert bench.refusals == {"POST /closed": 400}
    call = bench.filling.accepted(bench.operation("POST /naps"), bench.cast.alice)
    assert call is not None
    assert call.body is not None
    assert b"begin" in call.body
    assert b"timer" not in call.body


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"child": ["This field is required."], "age": ["Enter a number."]}, ["child"]),
        ({"errors": {"child": "is required"}}, ["child"]),
        ({"detail": [{"loc": ["body", "child"], "msg": "Field required", "type": "missing"}]}, ["child"]),
        ({"detail": [{"loc": ["body", "age"], "msg": "value is not an integer"}]}, []),
        ("child is required", []),
        (None, []),
    ],
)
def test_a_refusal_names_what_lacks_in_the_ways_of_frameworks(said: object, names: list[str]) -> None:
    assert list(missed(said)) == names
