"""Odd values are sent to a login, too, though it lets nobody in; a list of ids holds some that are there."""

from collections.abc import Callable

import pytest

from seatrial.sandbox import now
from seatrial.trials import edge, race
from seatrial.trials.bench import Bench

PROGRAM = """
import json
import os
import secrets
import sqlite3

TEXT = {"type": "string"}
SCHEMAS = {
    "/login": {"username": TEXT, "password": TEXT},
    "/parcels": {"label": TEXT},
    "/trips": {"parcel_ids": {"type": "array", "items": TEXT}},
}


def openapi():
    told = {}
    for path, fields in SCHEMAS.items():
        schema = {"type": "object", "properties": fields, "required": list(fields)}
        told[path] = {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
    return {"openapi": "3.1.0", "paths": {**told, "/openapi.json": {"get": {}}}}


with sqlite3.connect("parcels.sqlite") as database:
    database.execute("CREATE TABLE IF NOT EXISTS parcels (id TEXT PRIMARY KEY, label TEXT NOT NULL, trip INTEGER)")


def login(said):
    name = said["username"] if os.environ["FAULTS"] else said["username"].encode(errors="replace")
    secrets.compare_digest(name, "captain" if os.environ["FAULTS"] else b"captain")
    return "401 Unauthorized"


def parcels(said):
    with sqlite3.connect("parcels.sqlite") as database:
        database.execute("INSERT INTO parcels (id, label) VALUES (?, ?)", (secrets.token_hex(8), said["label"]))
    return "201 Created"


def trips(said):
    with sqlite3.connect("parcels.sqlite") as database:
        for one in said["parcel_ids"]:
            if not database.execute("UPDATE parcels SET trip = 1 WHERE id = ?", (one,)).rowcount:
                return "404 Not Found"
    return "200 OK" if said["parcel_ids"] else "400 Bad Request"


def is_valid(said, fields):
    if not isinstance(said, dict) or set(said) != set(fields):
        return False
    texts = [text for value in said.values() for text in (value if isinstance(value, list) else [value])]
    return all(isinstance(value, str) for value in texts) and isinstance(said.get("parcel_ids", []), list)


def app(environ, start_response):
    status, answer = "200 OK", {}
    path = environ["PATH_INFO"]
    if path == "/openapi.json":
        answer = openapi()
    else:
        try:
            said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        except ValueError:
            said = None
        is_plain = is_valid(said, SCHEMAS[path]) and not isinstance(said.get("label", ""), list)
        is_plain = is_plain and not isinstance(said.get("username", ""), list)
        status = {"/login": login, "/parcels": parcels, "/trips": trips}[path](said) if is_plain else "400 Bad Request"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


app.openapi = openapi
"""


@pytest.fixture
def bench(alone: Callable[..., Bench]) -> Callable[[str], Bench]:
    return lambda faults: alone("parcels.py", PROGRAM, FAULTS=faults)


def test_a_login_is_asked_with_odd_values(bench: Callable[[str], Bench]) -> None:
    assert {(one.operation, one.name) for one in edge.run(bench("name"))} == {("POST /login", "username")}
    assert list(edge.run(bench(""))) == []


def test_a_list_of_ids_holds_some_that_are_there(bench: Callable[[str], Bench]) -> None:
    assert bench("").refusals == {"POST /login": 401}


def test_race_begins_nothing_that_does_not_fit_into_its_time(bench: Callable[[str], Bench]) -> None:
    benched = bench("")
    benched.filling.took["POST /parcels"] = 60.0
    benched.until = now() + 600.0
    assert "POST /parcels" not in {one.operation for one in race.run(benched)}
    assert benched.late["race of"] == ["POST /parcels"]
