"""A program whose environment has no server is served by one of our own, as any HTTP/1.1 client expects."""

import http.client
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.sandbox import Application, Call, Launch, launched

PROGRAM = Path(__file__).parents[1] / "trials" / "programs" / "plain" / "plain.py"


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder = tmp_path_factory.mktemp("plain")
    shutil.copy(PROGRAM, folder)
    bare = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    launch = Launch(root=folder, aside=bare, target="plain:app", python=str(bare / "bin" / "python"), workers=1)
    with launched(launch) as (application, _):
        yield application


@pytest.fixture
def connection(application: Application) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", application.port, timeout=10)
    yield connection
    connection.close()


def test_the_program_is_told_what_was_asked_and_that_it_began(application: Application) -> None:
    answer = application.call(Call(method="POST", path="/a%20b?c=1", body=b"said"))
    assert (answer.status, answer.json()) == (
        201,
        {"method": "POST", "path": "/a b", "query": "c=1", "body": "said", "begun": ["began"], "kept": 7},
    )
    assert answer.seen is not None
    assert answer.seen.status == 201


def test_one_connection_serves_request_after_request(connection: http.client.HTTPConnection) -> None:
    seen = []
    for path in ("/first", "/stream", "/second"):
        connection.request("GET", path)
        seen.append((connection.sock, connection.getresponse().read()))
    assert len({sock for sock, _ in seen}) == 1
    assert [json.loads(seen[0][1])["path"], seen[1][1], json.loads(seen[2][1])["path"]] == [
        "/first",
        b"one two ",
        "/second",
    ]


def test_a_body_in_chunks_is_put_together(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/", body=iter([b"one ", b"two"]), encode_chunked=True)
    assert json.loads(connection.getresponse().read())["body"] == "one two"


def test_requests_that_come_together_are_answered_in_order(application: Application) -> None:
    with socket.create_connection(("127.0.0.1", application.port), timeout=10) as client:
        client.sendall(b"GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = b"".join(iter(lambda: client.recv(65536), b""))
    assert said.index(b'"/one"') < said.index(b'"/two"')


def test_what_the_program_raises_is_answered_500_and_the_server_goes_on(application: Application) -> None:
    assert application.call(Call(method="GET", path="/raises")).status == 500
    assert application.call(Call(method="GET", path="/")).status == 201


def test_what_is_no_http_is_refused(application: Application) -> None:
    with socket.create_connection(("127.0.0.1", application.port), timeout=10) as client:
        client.sendall(b"nonsense\r\n\r\n")
        assert b"".join(iter(lambda: client.recv(65536), b"")).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("path", ["/ré-emploi", "/r%C3%A9-emploi"])
def test_a_path_that_a_page_writes_out_is_asked_for_as_one_that_is_escaped(application: Application, path: str) -> None:
    assert application.call(Call(method="GET", path=f"{path}?to=ça")).status == 201
    assert application.call(Call(method="GET", path=path)).json()["path"] == "/ré-emploi"


def test_a_head_alone_is_answered_to_head(connection: http.client.HTTPConnection) -> None:
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.read(), int(answer.headers["content-length"]) > 0) == (201, b"", True)
