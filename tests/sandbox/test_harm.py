"""A program that tries to do harm does none: not to files, processes, the network or the machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest

from seatrial.sandbox import Call, Launch, launched
from seatrial.sandbox.passing import passing
from trees import write

PROGRAM = Path(__file__).with_name("programs") / "hostile"
SIGN = uuid4().hex
MEMCACHED = 11211


class Harm(NamedTuple):
    """What the program told, what lies outside, and whether a process that it must not end still ran."""

    told: Mapping[str, str]
    outside: Mapping[str, str]
    bystander_runs: bool


def running(sign: str) -> list[str]:
    """The processes with the sign in their command."""
    folders = Path("/proc").glob("[0-9]*")
    return [one.name for one in folders if (one / "cmdline").exists() and sign in (one / "cmdline").read_text()]


@contextmanager
def listening(port: int) -> Iterator[int]:
    """Somebody listens on the port of this machine, or on one that is free (0)."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # somebody does already
            listener.bind(("127.0.0.1", port))
            listener.listen()
        yield listener.getsockname()[1] or port


@pytest.fixture(scope="module")
def harm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harm]:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "kept").write_text("kept")
    with (
        subprocess.Popen(["sleep", "600"]) as bystander,
        pytest.MonkeyPatch.context() as ours,
        listening(MEMCACHED),
        listening(0) as here,
    ):
        ours.setenv("MY_SECRET", "x")
        env = {"OUTSIDE": str(outside), "BYSTANDER": str(bystander.pid), "SIGN": SIGN, "HERE": str(here)}
        launch = Launch(
            root=PROGRAM, aside=outside / "aside", target="hostile:app", python=sys.executable, env=env, workers=1
        )
        try:
            with launched(launch) as (application, started):
                if not started.confined:
                    pytest.skip("this kernel has no Landlock")
                told = application.call(Call(method="GET", path="/"), watched=False).json()
            lies = {file.name: file.read_text() for file in outside.iterdir() if file.is_file()}
            yield Harm(told, lies, bystander.poll() is None)
        finally:
            bystander.kill()


@pytest.mark.parametrize("attempt", ["write", "change", "remove", "move", "link", "kill", "kill who started it"])
def test_the_kernel_refuses_what_harms_others(harm: Harm, attempt: str) -> None:
    assert harm.told[attempt] == "PermissionError"


@pytest.mark.parametrize("attempt", ["write by a child", "remove by a child", "kill by a child"])
def test_children_are_held_as_well(harm: Harm, attempt: str) -> None:
    assert harm.told[attempt] == "CalledProcessError"


@pytest.mark.parametrize("attempt", ["connect", "send"])
def test_nothing_is_sent_to_other_machines(harm: Harm, attempt: str) -> None:
    assert harm.told[attempt] == "ConnectionRefusedError"


@pytest.mark.parametrize("attempt", ["connect by a child", "connect to a service by a child"])
def test_its_children_reach_no_services_of_others(harm: Harm, attempt: str) -> None:
    assert harm.told[attempt] == "PermissionError"


def test_its_children_reach_what_is_its_own(harm: Harm) -> None:
    assert harm.told["connect here by a child"] == ""


def test_it_does_not_multiply_without_end(harm: Harm) -> None:
    assert harm.told["multiply"] == "BlockingIOError"


def test_it_writes_in_its_own_copy_and_nowhere_else(harm: Harm) -> None:
    assert harm.told["write here"] == ""
    assert harm.outside == {"kept": "kept"}
    assert not (PROGRAM / "here").exists()


def test_others_run_on(harm: Harm) -> None:
    assert harm.bystander_runs


def test_what_left_its_group_ends_with_it(harm: Harm) -> None:
    assert harm.told["leave"] == ""
    assert running(SIGN) == []


def test_it_sees_no_secrets(harm: Harm) -> None:
    assert harm.told["secret"] == "False"


STARTS = """
import signal, sys, time
from pathlib import Path
from seatrial.sandbox import Launch, launched
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are started with it ignored
with launched(Launch(root=Path(sys.argv[1]), aside=Path(sys.argv[2]), target="small:app", python=sys.executable)) as (
    application,
    _,
):
    print(*application.workers.pids, flush=True)
    time.sleep(600)
"""


SMALL = """
def app(environ, start_response):
    start_response("200 OK", [])
    return []
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_whoever_started_them(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "small.py").write_text(
        "def app(environ, start_response):\n    start_response('200 OK', [])\n    return []\n"
    )
    command = [sys.executable, "-c", STARTS, str(tmp_path), str(tmp_path / "aside")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as starter:
        assert starter.stdout is not None
        workers = [int(pid) for pid in starter.stdout.readline().split()]
        starter.send_signal(how)
    assert len(workers) == 2
    assert not [pid for pid in workers if runs(pid, within=10)]


def test_who_is_asked_to_end_leaves_no_folder(tmp_path: Path) -> None:
    files = {"shop/small.py": SMALL, "tmp/.keep": "", "cache/.keep": ""}
    write(tmp_path, files)
    places = {"TMPDIR": str(tmp_path / "tmp"), "SEATRIAL_CACHE_DIR": str(tmp_path / "cache")}
    code = "from seatrial.surfaces.cli.main import main; main()"
    how = ["--for", "10m", "--target", "small:app", "--python", sys.executable, "-v"]
    command = [sys.executable, "-c", code, "load", str(tmp_path / "shop"), *how]
    with subprocess.Popen(command, env={**os.environ, **places}, stderr=subprocess.PIPE, text=True) as starter:
        assert starter.stderr is not None
        assert any("making users" in line for line in starter.stderr)
        assert [*tmp_path.glob("tmp/seatrial-*")]
        starter.terminate()
        said = starter.communicate()[1]
    assert (starter.returncode, said.splitlines()[-1]) == (130, "seatrial: interrupted")
    assert not [*tmp_path.glob("tmp/seatrial-*")]


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old = write(tmp_path, {"seatrial-left/held": "", "seatrial-left/tree/a.py": "", "seatrial-other/tree/a.py": ""})
    os.utime(old / "seatrial-left/held", (1, 1))
    with passing() as used:
        os.utime(used / "held", (1, 1))
        with passing("pg-") as further:
            assert sorted(tmp_path.iterdir()) == sorted([used, further, tmp_path / "seatrial-other"])
    assert [*tmp_path.iterdir()] == [tmp_path / "seatrial-other"]


def runs(pid: int, within: float) -> bool:
    """Whether a process still runs after so many seconds; asked often, so that the usual end is soon."""
    until = time.monotonic() + within
    stat = Path(f"/proc/{pid}/stat")
    while time.monotonic() < until:
        try:
            if stat.read_text().rpartition(")")[2].split()[0] in "ZX":
                return False
        except OSError:
            return False
    return True
