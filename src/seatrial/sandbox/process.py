"""Processes of the program: each in a session of its own, with limits, ended with all its children."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

_SECRET = ("KEY", "SECRET", "TOKEN", "PASSWORD", "PASSWD", "CREDENTIAL", "AUTH")
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_GRACE = 3.0
_MARK = "SEATRIAL_RUN"


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """What the program may see of ours, and what is set for it: no secrets are inherited."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ and not is_secret(name)}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "SEATRIAL": "1", **more}


def is_secret(name: str) -> bool:
    """Whether a variable of this name may hold what is not for others."""
    return any(word in name for word in _SECRET)


def spawn(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], log: Path, fds: Sequence[int] = ()
) -> "Child":
    """Starts a process in `folder`; what it prints goes to the file `log`."""
    mark = uuid4().hex
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 -- running the program is what a trial is for
            command,
            cwd=folder,
            env={**environment(variables), _MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            pass_fds=tuple(fds),
        )
    return Child(process, log, mark)


class Child:
    """A process that was started, with all that it starts."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, mark: str) -> None:
        self._process = process
        self._log = log
        self._mark = mark

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self._process.poll() is not None

    def wait(self, seconds: float) -> int | None:
        """Its exit code; None if it runs on after so long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def last_lines(self, count: int = 12) -> str:
        """What it printed last."""
        return "\n".join(self._log.read_text(errors="replace").strip().splitlines()[-count:])

    def free(self) -> None:
        """Has it give back what nothing in it refers to any more."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGUSR1)

    def kill(self) -> None:
        """Ends its whole group at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """Ends its whole group: asked first, then killed; and what left the group, which its mark betrays."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, how)
            self.wait(_GRACE if how is signal.SIGTERM else _GRACE * 2)
        for pid in _marked(self._mark):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _marked(mark: str) -> Iterator[int]:
    """The processes that have the mark in their environment, as everything has that a marked one starts (Linux)."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"{_MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
