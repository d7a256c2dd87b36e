"""A program of some years ago gets the libraries and the Python of then, where those of today are not what it needs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from seatrial.sandbox import interpreter as choosing
from seatrial.sandbox.ages import is_old, of_pins, usual_python
from seatrial.sandbox.drift import has_moved
from seatrial.sandbox.interpreter import interpreter, of_its_time, older
from seatrial.sandbox.made import made
from seatrial.sandbox.mending import changed
from trees import write
from wheels import wheel

PYTHON = Path(sys.executable)
UV = """#!{python}
# what uv does with an index of a few years ago: "old" has a wheel for it
import os, subprocess, sys
os.environ["PIP_FIND_LINKS"] = ""
said = sys.argv[1:]
assert said[:2] == ["pip", "install"] and said[said.index("--exclude-newer") + 1] == "2021-03-04", said
target = said[said.index("--python") + 1]
what = said[said.index("--no-progress") + 1:]
sys.exit(subprocess.call([target, "-m", "pip", "install", "-q", "--no-index", "--find-links", "{wheels}", *what]))
"""


class Index(BaseHTTPRequestHandler):
    """An index that tells when files came (PEP 700)."""

    def do_GET(self) -> None:
        files = [
            {"filename": "old_shop-1.0.tar.gz", "upload-time": "2020-01-02T03:04:05Z"},
            {"filename": "old_shop-1.0-py3-none-any.whl", "upload-time": "2020-01-03T03:04:05Z"},
            {"filename": "old_shop-1.0-py2.7.egg", "upload-time": "2019-01-03T03:04:05Z"},
            {"filename": "old_shop-9.0.tar.gz", "upload-time": "2026-01-02T03:04:05Z"},
        ]
        known = self.path == "/simple/old-shop/"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"files": files}).encode() if known else b"")

    def log_message(self, *_: object) -> None:
        """Nothing: what a test prints is read."""


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("index")
def test_the_newest_of_the_exact_versions_tells_the_day() -> None:
    assert of_pins(["Old.Shop[x]==1.0 ; python_version > '3'", "gone==2", "rich>=3"], PYTHON) == "2020-01-02"
    assert of_pins(["gone==2"], PYTHON) == ""
    assert of_pins(["old-shop==1.0", "rich>=3", "attrs"], PYTHON) == ""


@pytest.mark.parametrize(
    ("day", "minor"), [("2018-08-31", 6), ("2021-03-04", 8), ("2021-06-30", 9), ("2022-01-01", 9), ("2026-11-23", 14)]
)
def test_a_day_tells_which_python_was_usual(day: str, minor: int) -> None:
    assert usual_python(day) == minor


def test_what_is_young_or_of_no_known_day_runs_with_what_is_there_today() -> None:
    assert (is_old("2021-03-04"), is_old("9999-01-01"), is_old("")) == (True, False, False)


def test_what_libraries_no_longer_have_is_told_from_what_is_missing() -> None:
    moved = (
        "ImportError: cannot import name 'url_quote' from 'werkzeug.urls' (/x/urls.py)",
        "PydanticUserError: `regex` is removed. use `pattern` instead",
    )
    missing = ("ModuleNotFoundError: No module named 'six'", "KeyError: 'SECRET'")
    assert [one for one in (*moved, *missing) if has_moved(one, "")] == [*moved]


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program whose exact version is not had today, and a uv that has it."""
    for folder, version in (("today", "2.0"), ("then", "1.0")):
        (tmp_path / folder).mkdir()
        wheel(tmp_path / folder, "drifted", version)
    (uv := write(tmp_path, {"bin/uv": UV.format(python=PYTHON, wheels=tmp_path / "then")}) / "bin/uv").chmod(0o755)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "today"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PATH", f"{uv.parent}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def version(python: Path) -> str:
    code = "from importlib.metadata import version; print(version('drifted'))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()


STARRED = '[packages]\ndrifted = "*"\n'


@pytest.mark.slow
def test_exact_versions_go_before_a_starred_pipfile_and_are_had_as_of_their_day(old: Path) -> None:
    root = write(old / "tree", {"requirements.txt": "drifted==1.0\n", "Pipfile": STARRED})
    for _ in range(2):  # made, and then found
        python = interpreter(root, root, "", old / "aside", "2021-03-04")
        assert version(python) == "1.0"
    told = made(python)
    assert told is not None
    assert told.notes[0].startswith("its libraries are those of 2021-03-04, with Python 3")


@pytest.mark.slow
def test_exact_versions_that_cannot_be_had_at_all_give_way_to_what_comes_nearest(old: Path) -> None:
    (old / "bin/uv").write_text("#!/bin/sh\nexit 1\n")
    root = write(old / "tree", {"requirements.txt": "drifted==0.5\n"})
    for _ in range(2):  # made, and then found
        python = interpreter(root, root, "", old / "aside", "2021-03-04")
        assert version(python) == "2.0"
    told = made(python)
    assert told is not None
    assert told.notes == ("drifted==0.5 cannot be had here: drifted was taken instead",)


@pytest.mark.slow
def test_what_asks_for_any_version_is_had_as_of_its_day_once_it_fails_with_todays(old: Path) -> None:
    root = write(old / "tree", {"Pipfile": STARRED})
    today = interpreter(root, root, "", old / "aside", "2021-03-04")
    assert version(today) == "2.0"
    then = of_its_time(today, root, "2021-03-04")
    assert then is not None
    assert version(then) == "1.0"
    assert interpreter(root, root, "", old / "aside", "2021-03-04") == then
    assert of_its_time(then, root, "2021-03-04") is None


@pytest.mark.slow
def test_what_is_added_later_leaves_the_day_as_it_is(old: Path) -> None:
    for folder, number in (("then", "1.0"), ("today", "2.0")):
        wheel(old / folder, "further", number)
    root = write(old / "tree", {"requirements.txt": "drifted==1.0\n"})
    python = interpreter(root, root, "", old / "aside", "2021-03-04")
    assert changed(python, root, "further")
    told = made(python)
    assert told is not None
    assert (told.day, told.mends) == ("2021-03-04", ("further",))


@pytest.mark.slow
@pytest.mark.parametrize("is_had", [True, False])
def test_what_only_leads_to_another_day_is_not_used_for_another_python(
    *, is_had: bool, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(old / "today", "drifted", "1.0")
    root = write(old / "tree", {"requirements.txt": "drifted==1.0\n"})
    today = interpreter(root, root, "", old / "aside", "2021-03-04")
    (old / "today/drifted-1.0-py3-none-any.whl").unlink()  # as where the other Python has no build of it
    if not is_had:
        (old / "then/drifted-1.0-py3-none-any.whl").unlink()
    monkeypatch.setattr(choosing, "of_pins", lambda *_: "2021-03-04")
    monkeypatch.setattr(choosing, "fitting", lambda *_: PYTHON.resolve())
    other = older(today, root, f"3.{sys.version_info.minor}")
    assert other is not None
    assert version(other) == ("1.0" if is_had else "2.0")
    assert interpreter(root, root, "", old / "aside", "2021-03-04") == other
