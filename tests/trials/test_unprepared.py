"""What fails for it was not set up here is no fault of the program."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials import edge
from seatrial.trials.bench import Bench
from trees import write

PROGRAMS = Path(__file__).with_name("programs")
PROGRAM = """
import socket
import sqlite3

from small import App

app = App()


@app.route("GET", "/health")
def health(*_):
    return 200, {}


@app.route("GET", "/orders")
def orders(*_):
    return sqlite3.connect("shop.db").execute("select * from orders").fetchall()


@app.route("GET", "/page")
def page(*_):
    with open("dist/index.html") as file:
        return file.read()


@app.route("GET", "/mail")
def mail(*_):
    assert False, "no provided configuration for email variables"


@app.route("GET", "/documents")
def documents(*_):
    return socket.create_connection(("localhost", 27017)).fileno()


@app.route("GET", "/fault")
def fault(*_):
    return {}["missing"]
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    files = {"shop.py": PROGRAM, "small.py": (PROGRAMS / "small.py").read_text()}
    launch = Launch(
        root=write(tmp_path / "tree", files), aside=tmp_path, target="shop:app", python=sys.executable, workers=1
    )
    with launched(launch) as (application, started):
        yield Bench(application, started)


def test_edge_proves_nothing_of_a_table_a_file_or_a_setting_that_is_missing_here(bench: Bench) -> None:
    assert [one.operation for one in edge.run(bench)] == ["GET /fault"]
    failing, mail, orders, page, documents = sorted(bench.gaps)
    assert [gap.partition(" answers")[0] for gap in (mail, orders, page)] == ["GET /mail", "GET /orders", "GET /page"]
    assert documents.endswith("port 27017")
    assert failing.startswith("5 of 6 paths that were asked once fail")
