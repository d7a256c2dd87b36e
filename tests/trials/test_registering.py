"""Who registers says what is asked for, and all that can be said where that is refused: but for rights."""

from collections.abc import Callable

import pytest

from seatrial.trials.bench import Bench
from seatrial.trials.unfit import unfit

PROGRAM = """
import json
import os

TEXT = {"type": "string"}
NEEDED = os.environ["NEEDED"].split()
WAIT = os.environ.get("WAIT", "")
asked = []
USER = {
    "type": "object",
    "properties": {"username": TEXT, "password": TEXT, "fullname": TEXT, "is_admin": {"type": "boolean"}},
    "required": ["username", "password"],
}
LOGIN = {**USER, "properties": {"username": TEXT, "password": TEXT}}
users = {}


def taking(schema):
    return {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}


def openapi():
    paths = {"/register": taking(USER), "/login": taking(LOGIN), "/me": {"get": {}}}
    return {"openapi": "3.1.0", "paths": paths}


def answered(path, said, who):
    if path == "/register":
        if any(name not in said for name in NEEDED) or "is_admin" in said:
            return "500 Internal Server Error", {}
        users[said["username"]] = said["password"]
        return "201 Created", {}
    if path == "/login" and users.get(said.get("username")) == said.get("password"):
        return "200 OK", {"token": "token-of-" + said["username"]}
    return ("200 OK", {}) if path == "/me" and who.partition("token-of-")[2] in users else ("401 Unauthorized", {})


def app(environ, start_response):
    asked.append(environ["PATH_INFO"])
    if WAIT and environ["REQUEST_METHOD"] == "POST" and len(asked) % 2:
        start_response("429 Too Many Requests", [("Retry-After", WAIT)])
        return [b""]
    said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or "{}")
    status, answer = answered(environ["PATH_INFO"], said, environ.get("HTTP_AUTHORIZATION", ""))
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


app.openapi = openapi
"""


@pytest.fixture
def bench(alone: Callable[..., Bench]) -> Callable[[str], Bench]:
    return lambda needed: alone("club.py", PROGRAM, NEEDED=needed)


@pytest.mark.parametrize("needed", ["username", "username fullname"])
def test_users_are_made_with_what_is_needed(bench: Callable[[str], Bench], needed: str) -> None:
    cast = bench(needed).cast
    assert cast.known
    assert len({*map(str, (cast.alice.headers, cast.bob.headers))}) == 2


def test_what_nobody_can_say_makes_no_users(bench: Callable[[str], Bench]) -> None:
    cast = bench("is_admin").cast
    assert not cast.known
    assert cast.why.startswith("POST /register answers 500")


@pytest.mark.parametrize("wait", ["0", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_what_is_refused_for_its_number_is_asked_again_when_it_may_be(alone: Callable[..., Bench], wait: str) -> None:
    bench = alone("club.py", PROGRAM, NEEDED="username", WAIT=wait)
    assert bench.cast.known
    assert not [gap for gap in unfit(bench) if "429" in gap.reason]


def test_what_may_be_asked_much_later_is_not_waited_for(alone: Callable[..., Bench]) -> None:
    bench = alone("club.py", PROGRAM, NEEDED="username", WAIT="3600")
    assert "answers 429" in bench.cast.why
    assert [gap for gap in unfit(bench) if "429" in gap.reason]
