"""The user's own commands make what a program reads as it is loaded, and may be run before it starts."""

import signal
import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, StartError, launched, starter
from seatrial.sandbox.inside import standing
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


def test_a_program_that_is_never_prepared_is_told_with_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starter, "_PREPARED_WITHIN", 3.0)
    root = write(
        tmp_path / "tree",
        {"small.py": f"{PROGRAM}\nif __name__ == '__main__':\n    all(n == 0 for n in iter(int, 1))\n"},
    )
    write(root, {"built/names.txt": ""})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with pytest.raises(StartError, match="it stands at: making its tables"), launched(launch):
        pass


def test_what_takes_too_long_is_ended_and_what_took_less_is_not() -> None:
    with pytest.raises(TimeoutError, match=r"they did not end within 0\.05 s"), standing.within(0.05, "they"):
        all(number == 0 for number in iter(int, 1))
    with standing.within(5, "they"):
        done = True
    assert done
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


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


NAMED = """
NAMES = ["nobody"]

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [NAMES[-1].encode()]

def serve(port):
    raise SystemExit(port)

if __name__ == "__main__":
    from os.path import basename
    port = 8080
    name = basename("x/bob")
    print("listening at", port)
    {made}
    serve(port)
"""


@pytest.mark.parametrize("made", ["NAMES.append(name)", ""])
def test_what_is_done_by_hand_has_the_values_that_are_given_before_it(tmp_path: Path, made: str) -> None:
    root = write(tmp_path / "tree", {"small.py": NAMED.replace("{made}", made)})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with launched(launch) as (application, started):
        assert application.call(Call(method="GET", path="/")).status == 200
    assert bool(started.schema) == bool(made)


AT_HOME = """
import os
from pathlib import Path

KINDS = {"DATA": ".local/share", "CONFIG": ".config", "STATE": ".local/state", "CACHE": ".cache"}
FOLDERS = [Path(os.environ.get(f"XDG_{kind}_HOME") or Path.home() / usual) / "shop" for kind, usual in KINDS.items()]
for folder in FOLDERS:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key").write_text("x")

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(FOLDERS)).encode()]
"""


def test_what_it_keeps_below_the_home_of_its_user_it_keeps_in_a_folder_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(write(tmp_path / "home", {"own.txt": ""})))
    for kind in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.delenv(f"XDG_{kind}_HOME", raising=False)
    root = write(tmp_path / "tree", {"small.py": AT_HOME})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app", python=sys.executable)
    with launched(launch) as (application, _):
        assert application.call(Call(method="GET", path="/")).body == b"4"
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["own.txt"]


def test_where_nothing_tells_what_it_needs_it_is_said_that_our_own_interpreter_is_used(tmp_path: Path) -> None:
    said = "nothing was found that tells what it needs"
    root = write(tmp_path / "tree", {"small.py": f"import not_here_at_all\n{PROGRAM}"})
    launch = Launch(root=root, aside=tmp_path / "aside", target="small:app")
    with pytest.raises(StartError, match=f"(?i){said}"), launched(launch):
        pass
    write(root, {"small.py": PROGRAM, "built/names.txt": "alice"})
    with launched(launch) as (_, started):
        assert started.notes[0].startswith(said)
