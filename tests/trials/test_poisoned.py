"""A value that is accepted and makes what reads it fail is proven, with the operation that stored it."""

from collections.abc import Callable, Sequence

import pytest

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call, now, pause
from seatrial.trials import edge
from seatrial.trials.bench import Bench

PROGRAM = """
import json
import os
import sqlite3

NOTE = {"type": "object", "properties": {"text": {"type": "string"}, "tag": {"type": "string"}}, "required": ["text"]}


def openapi():
    told = {"requestBody": {"content": {"application/json": {"schema": NOTE}}}}
    paths = {"/notes": {"get": {}, "post": told}, "/sheet": {"get": {}}, "/health": {"get": {}}}
    return {"openapi": "3.1.0", "paths": {**paths, "/openapi.json": {"get": {}}}}


def run(sql, *values):
    with sqlite3.connect("notes.sqlite") as database:
        return database.execute(sql, values).fetchall()


run("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")


def sheet():
    texts = [text for (text,) in run("SELECT text FROM notes")]
    for text in texts:
        if any(ord(letter) < 32 for letter in text):
            raise ValueError("a cell cannot hold that")
    return ",".join(texts)


def noted(said):
    text = said.get("text") if isinstance(said, dict) else None
    if not isinstance(text, str) or (not os.environ["FAULTS"] and not text.isprintable()):
        return "400 Bad Request"
    run("INSERT INTO notes (text) VALUES (?)", text)
    return "201 Created"


def app(environ, start_response):
    status, answer, path = "200 OK", {}, environ["PATH_INFO"]
    if path == "/openapi.json":
        answer = openapi()
    elif path == "/sheet":
        answer = {"sheet": sheet()}
    elif path == "/notes" and environ["REQUEST_METHOD"] == "POST":
        try:
            said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        except ValueError:
            said = None
        status = noted(said)
    elif path == "/notes":
        answer = {"notes": len(run("SELECT id FROM notes"))}
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


app.openapi = openapi
"""


@pytest.fixture
def bench(alone: Callable[..., Bench]) -> Callable[[str], Bench]:
    return lambda faults: alone("notes.py", PROGRAM, FAULTS=faults)


def test_what_fails_over_a_value_that_was_accepted_is_proven(bench: Callable[[str], Bench]) -> None:
    (claim,) = edge.claims(bench("any"))
    assert (claim.outcome, claim.operation, claim.beside) == (Outcome.PROVEN, "GET /sheet", ("POST /notes",))
    assert claim.lines[0].endswith(" sheet")
    assert claim.reason == (
        "GET /sheet answers 500 (ValueError: a cell cannot hold that) from then on, "
        "when POST /notes has accepted '\\x00' as `text`"
    )


def test_nothing_is_proven_where_such_values_are_refused(bench: Callable[[str], Bench]) -> None:
    assert list(edge.claims(bench(""))) == []


def test_a_slow_operation_leaves_time_for_others(
    bench: Callable[[str], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, plain = [], edge.Trier._answers

    def slow(self: edge.Trier, calls: Sequence[Call]) -> Sequence[Answer]:
        asked.append(self.operation.name)
        pause(3.0 if len(calls) > 1 and self.operation.name == "POST /notes" else 0.0)
        return plain(self, calls)

    monkeypatch.setattr(edge.Trier, "_answers", slow)
    benched = bench("any")
    benched.until = now() + 20.0
    assert [claim.operation for claim in edge.claims(benched)] == ["GET /sheet"]
    assert asked.count("POST /notes") < 6
    assert benched.late["odd values of"] == ["POST /notes"]
