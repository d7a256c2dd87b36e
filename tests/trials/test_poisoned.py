"""A value that is accepted and makes what reads it fail is proven, with the operation that stored it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Launch, launched
from seatrial.trials import edge
from seatrial.trials.bench import Bench
from trees import write

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
def bench(tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    with ExitStack() as stack:

        def benched(faults: str) -> Bench:
            tree = write(tmp_path / f"tree{faults}", {"notes.py": PROGRAM})
            launch = Launch(
                root=tree, aside=tmp_path, target="notes:app", python=sys.executable, workers=1, env={"FAULTS": faults}
            )
            return Bench(*stack.enter_context(launched(launch)))

        yield benched


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
