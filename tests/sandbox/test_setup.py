"""The user's own commands make what a program reads as it is loaded, and may be run before it starts."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, StartError, launched
from trees import write

PROGRAM = """
NAMES = open("built/names.txt").read()

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [NAMES.encode()]
"""
BUILD = "import os\nos.makedirs('built')\nopen('built/names.txt', 'w').write('alice')\n"


def test_a_file_that_is_missing_is_told_with_what_to_set_and_that_works(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"small.py": PROGRAM, "build.py": BUILD})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with pytest.raises(StartError, match=r"built/names.txt: name the command that makes it, `setup`"), launched(launch):
        pass
    told = Launch(
        root=root, aside=launch.aside, target=launch.target, python=launch.python, setup=(("python", "build.py"),)
    )
    with launched(told) as (application, _):
        assert application.call(Call(method="GET", path="/")).body == b"alice"


BY_HAND = """
NAMES = []

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [open("seen.txt").read().encode()]

if __name__ == "__main__":
    open("seen.txt", "w").write(open("names.ini").read())
"""


def test_a_file_that_only_the_making_of_tables_misses_is_made_from_its_example(tmp_path: Path) -> None:
    root = write(tmp_path / "tree", {"small.py": BY_HAND, "names.ini.example": "bob"})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with launched(launch) as (application, started):
        assert application.call(Call(method="GET", path="/")).body == b"bob"
    assert started.supplied == ("names.ini",)
