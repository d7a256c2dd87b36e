"""A program that logs to a folder that its tree does not hold, or elsewhere on the machine, starts all the same."""

import sys
from pathlib import Path

from seatrial.sandbox import Call, Launch, launched
from trees import write

PROGRAM = """
import logging, logging.handlers
near = logging.handlers.RotatingFileHandler("logs/app.log")
far = logging.FileHandler("/var/log/seatrial-test/app.log")
far.emit(logging.makeLogRecord({"msg": "begun"}))

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [" ".join((near.baseFilename, far.baseFilename)).encode()]
"""


def test_logs_are_written_where_the_program_may_write(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"small.py": PROGRAM})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with launched(launch) as (application, _):
        near, far = map(Path, application.call(Call(method="GET", path="/")).body.decode().split())
        assert near.parts[-3:] == ("tree", "logs", "app.log")
        assert far.parts[-2:] == ("tmp", "var-log-seatrial-test-app.log")
        assert "begun" in far.read_text()
    assert not Path("/var/log/seatrial-test").exists()


WARNS = """
import logging

def app(environ, start_response):
    try:
        {}["old"]
    except KeyError:
        logging.getLogger("library").warning("no version", exc_info=True)
    start_response("500 Internal Server Error" if environ["PATH_INFO"] == "/fails" else "200 OK", [])
    try:
        int("x" if environ["PATH_INFO"] == "/fails" else 1)
    except ValueError:
        logging.getLogger("program").exception("it fails")
    return []
"""


def test_what_is_only_warned_of_is_no_cause_where_there_is_another(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"small.py": WARNS})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with launched(launch) as (application, _):
        seen = [application.call(Call(method="GET", path=path)).seen for path in ("/fails", "/")]
    assert [one.error.kind for one in seen if one and one.error] == ["ValueError", "KeyError"]
