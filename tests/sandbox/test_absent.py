"""A program that runs a command which is not on this machine is tried without it, and it is told."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, StartError, launched
from trees import write

PROGRAM = """
import re
import subprocess

said = subprocess.run(["{command}", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
version = re.match(r"{wanted}", said)[0]

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"version " + version.encode()]
"""


def launch(tmp_path: Path, command: str, wanted: str) -> Launch:
    root = write(tmp_path / "tree", {"small.py": PROGRAM.format(command=command, wanted=wanted)})
    return Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable, workers=1)


@pytest.mark.parametrize(("command", "is_told"), [("seatrial-has-no-such-command", True), ("true", False)])
def test_a_command_that_is_not_here_says_nothing_and_is_told(*, tmp_path: Path, command: str, is_told: bool) -> None:
    with launched(launch(tmp_path, command, ".*")) as (application, started):
        assert application.call(Call(method="GET", path="/")).body.startswith(b"version ")
    assert any(command in note for note in started.notes) == is_told


def test_where_the_program_cannot_do_without_the_message_names_the_command(tmp_path: Path) -> None:
    with (
        pytest.raises(StartError, match="`seatrial-has-no-such-command`, which this machine has not: install that"),
        launched(launch(tmp_path, "seatrial-has-no-such-command", "[0-9]+")),
    ):
        pass
