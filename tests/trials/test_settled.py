"""A program that knows one user alone, by its settings, is asked as that one; nobody is taken for a second."""

from collections.abc import Callable

import pytest

from seatrial.trials import access, edge
from seatrial.trials.actors import ANONYMOUS
from seatrial.trials.bench import Bench
from seatrial.trials.settled import callers
from seatrial.trials.unfit import unfit

PROGRAM = """
import base64
import json
import os

WAY = os.environ["WAY"]
PASSWORD = os.environ.get("PANEL_PASSWORD", "")
KEY = os.environ.get("PANEL_API_KEY", "")
TEXT = {"type": "string"}
LOGIN = {"type": "object", "properties": {"username": TEXT, "password": TEXT}, "required": ["username", "password"]}


def openapi():
    login = {"post": {"requestBody": {"content": {"application/json": {"schema": LOGIN}}}}}
    page = {"get": {"parameters": [{"name": "size", "in": "query", "required": True, "schema": {"type": "integer"}}]}}
    paths = {"/rooms": {"get": {}}, "/pages": page, "/openapi.json": {"get": {}}}
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Panel"}} if WAY == "key" else {}
    paths = {**paths, "/login": login} if WAY == "login" else paths
    return {"openapi": "3.1.0", "paths": paths, "components": {"securitySchemes": schemes}}


def is_proven(environ):
    said = environ.get("HTTP_AUTHORIZATION", "")
    if WAY == "login":
        return said == "Bearer token-of-the-captain"
    if WAY == "basic":
        return said == "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
    if WAY == "key":
        return environ.get("HTTP_X_PANEL") == KEY
    return WAY == "open"


def answered(environ):
    path = environ["PATH_INFO"]
    if path == "/openapi.json":
        return "200 OK", openapi()
    if path == "/login":
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if said == {"username": "admin", "password": PASSWORD}:
            return "200 OK", {"access_token": "token-of-the-captain"}
        return "401 Unauthorized", {}
    if not is_proven(environ):
        return "401 Unauthorized", {}
    if path == "/pages":
        size = environ["QUERY_STRING"].partition("=")[2]
        return "200 OK", {"pages": 100 // int(size)} if size.isdigit() else {}
    return "200 OK", {"rooms": []}


def app(environ, start_response):
    try:
        status, answer = answered(environ)
    except ValueError:
        status, answer = "400 Bad Request", {}
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


app.openapi = openapi
"""


@pytest.fixture
def bench(alone: Callable[..., Bench]) -> Callable[[str], Bench]:
    return lambda way: alone("panel.py", PROGRAM, WAY=way)


@pytest.mark.parametrize("way", ["login", "basic", "key"])
def test_the_one_user_of_the_settings_asks(bench: Callable[[str], Bench], way: str) -> None:
    benched = bench(way)
    assert [one.name for one in benched.askers] == ["root", "anonymous"]
    assert (benched.cast.alice, benched.cast.known) == (ANONYMOUS, False)
    assert {(one.operation, one.name, one.value) for one in edge.run(benched)} == {("GET /pages", "size", "'0'")}
    assert list(access.claims(benched)) == []
    told = [gap.reason for gap in unfit(benched)]
    assert any("no second user could be made" in reason for reason in told)
    assert not any("accepted none" in reason for reason in told)


def test_nobody_is_made_where_no_setting_is_accepted(bench: Callable[[str], Bench]) -> None:
    benched = bench("none")
    assert benched.askers == [ANONYMOUS]
    assert any("no users could be made" in gap.reason for gap in unfit(benched))


def test_no_user_is_missed_where_nobody_is_asked_who_it_is(bench: Callable[[str], Bench]) -> None:
    assert not any("user could be made" in gap.reason or "users could" in gap.reason for gap in unfit(bench("open")))


def test_what_settings_say_of_services_is_no_proof_of_who_asks() -> None:
    settings = {"DB_PASSWORD": "a", "SMTP_PASSWORD": "b", "ADMIN_PASSWORD": "c", "ADMIN_USERNAME": "captain"}
    found = list(callers({}, settings))
    assert {one.login["password"] for one in found if one.login} == {"c"}
    assert found[0].login["username"] == "captain"
    assert not list(callers({}, {"POSTGRES_PASSWORD": "a"}))
