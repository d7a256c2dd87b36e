"""A program that takes folders of the machine for its own, as those in containers do, gets them as its own."""

import sys
from pathlib import Path
from typing import Any

import pytest

from seatrial.sandbox import Call, Launch, launched
from seatrial.sandbox.inside import outside
from trees import write

PROGRAM = """
import os, sqlite3
from pathlib import Path

data = Path("/seatrial-data/shop")
(data / "logs").mkdir(parents=True, exist_ok=True)
(data / "logs" / "first.txt").write_text("begun")
os.makedirs("/seatrial-config", exist_ok=True)
with open("/seatrial-config/made.ini", "w") as file:
    file.write("[shop]")
here = open("/seatrial-image/static/hello.txt").read()
secret = open("/run/secrets/seatrial_db_password").read()
base = sqlite3.connect("/seatrial-data/shop/rows.db")
base.execute("CREATE TABLE IF NOT EXISTS sales (id INTEGER)")

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    found = sorted(os.listdir("/seatrial-data/shop")) + [p.name for p in (data / "logs").iterdir()]
    return [" ".join([*found, here, str(bool(secret)), str(os.path.exists("/seatrial-config/made.ini"))]).encode()]
"""


def test_what_is_kept_outside_lies_in_a_folder_of_the_trial(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"small.py": PROGRAM, "static/hello.txt": "hello"})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable, workers=2)
    with launched(launch) as (application, started):
        said = application.call(Call(method="GET", path="/")).body.decode()
    assert said == "logs rows.db first.txt hello True True"
    assert not Path("/seatrial-data").exists()
    assert "/seatrial-data is outside of its copy: it was led to a folder of its own" in started.notes


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    write(tmp_path, {"tree/app.py": "", "tmp/x": ""})
    folders = [str(tmp_path / "tree"), str(tmp_path / "tmp")]
    return {"home": folders[0], "root": folders[0], "temporary": folders[1], "writable": folders}


def raised(run: str) -> BaseException:
    try:
        exec(run)
    except OSError as error:
        return error
    raise AssertionError(run)


def test_what_is_read_and_not_there_stays_missing(config: dict[str, Any]) -> None:
    assert outside.missed(raised("open('/seatrial-none/x.json')"), config) is None  # type: ignore[no-untyped-call] # it runs in any Python
    inner = FileNotFoundError(2, "No such file", f"{config['root']}/none/x.json")
    assert outside.missed(inner, config) is None  # type: ignore[no-untyped-call] # as above


def test_what_may_not_be_written_is_led_by_its_highest_missing_folder(config: dict[str, Any]) -> None:
    error = RuntimeError("no place")
    error.__cause__ = PermissionError(13, "Permission denied", "/seatrial-config/cache/x")
    found = outside.missed(error, config)  # type: ignore[no-untyped-call] # as above
    assert found == ("/seatrial-config", f"{config['temporary']}/outside/seatrial-config")


def test_an_error_in_words_names_a_folder_of_an_image(config: dict[str, Any]) -> None:
    write(Path(config["root"]), {"static/x.css": ""})
    error = RuntimeError("Directory '/seatrial-image/static' does not exist")
    assert outside.missed(error, config) == ("/seatrial-image", config["root"])  # type: ignore[no-untyped-call] # as above
