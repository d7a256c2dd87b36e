"""`seatrial load` tells its curve in every form, of a program that runs already too."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seatrial.surfaces.cli.main import run

DOCUMENT = {"openapi": "3.1.0", "paths": {"/things": {"get": {}}, "/gone": {"get": {}}, "/make": {"post": {}}}}


ANSWERS = {"/api/openapi.json": json.dumps(DOCUMENT).encode(), "/api/things": b"[]", "/api/": b"{}"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = ANSWERS.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_address[1]}/api"
        http.shutdown()


def test_a_program_that_runs_already_is_loaded(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, locust = tmp_path / "load.html", tmp_path / "users.py"
    asked = ["--users", "2..4", "--for", "1s", "--format", "json", "-o", str(page), "--locust", str(locust)]
    assert run(["load", str(tmp_path), "--url", url, *asked]) == 0
    (curve,) = json.loads(capsys.readouterr().out)["curves"]
    assert (curve["x"], curve["xs"]) == ("users", [2, 4])
    assert all(value > 0 for value in curve["series"][0]["values"])
    assert [series["name"] for series in curve["series"]] == ["answers a second", "half within", "99 of 100 within"]
    assert page.read_text().count('<svg class="panel"') == 2
    assert f"--host {url.removesuffix('/api')}" in locust.read_text()
    assert "'/api/things'" in locust.read_text()


def test_a_rate_is_kept_whatever_is_answered(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load", str(tmp_path), "--url", url, "--rate", "20..50", "--for", "2s"]) == 0
    head, first, second, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["requests", "a", "second"]
    assert (first.split()[0], second.split()[0]) == ("20", "50")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--users", "many"], "give two numbers"),
        (["--rate", "50..10"], "give two numbers"),
        (["-o", "curve.pdf"], "ends in .txt, .json or .html"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load", *options]) == 2
    assert said in capsys.readouterr().err
