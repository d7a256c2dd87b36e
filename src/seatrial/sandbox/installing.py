"""Installs what a program asks for, by pip: in time, with tools of old where it has to be built."""

import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec

from seatrial.sandbox import patience

Put: TypeAlias = Callable[[Path, Sequence[str]], str]
"""Installs by arguments as for pip; gives what was printed if that failed."""
_ATTEMPT = 600
"""Seconds that one attempt may take."""
_LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
os.execv(sys.argv[1], sys.argv[1:])
"""
"""A command, with as many seconds of processor time as many packages take."""
_FIRST_FOUND = "--use-deprecated=legacy-resolver"
"""Has pip take the first version that it finds, and search no further."""
NOT_BUILT = re.compile(
    r"subprocess-exited-with-error|metadata-generation-failed|to build wheel did not run"
    r"|build backend returned an error"
)
"""What pip and uv say where something cannot be built."""
_TOOLS_OF_OLD = ("setuptools<70", "cython<3")
"""What later versions no longer have is asked for by many a package that comes as its source alone."""
_EACH = """
import sys
from pip._internal.cli.main import main
for one in sys.argv[2:]:
    if main([*sys.argv[1].split(), one]):
        print("cannot be had:", one, flush=True)
"""
_OPTIONS = (
    "--no-input",
    "--prefer-binary",
    "--progress-bar",
    "off",
    "--retries",
    "2",
    "--disable-pip-version-check",
)


class Outcome(msgspec.Struct, frozen=True):
    """What came of it: the last lines of a failure, and what to tell."""

    failure: str = ""
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    """The requirements for which nothing was taken."""
    doubtful: tuple[str, ...] = ()
    """Names that were taken from the index instead of from a repository: it may have something else by that name."""


class Failed(NamedTuple):
    """None of several attempts went well: the last lines of the first, and all that the last printed."""

    told: str
    output: str


def attempted(python: Path, attempts: Iterable[Sequence[str]], put: Put) -> Failed | None:
    """Installs the first of the attempts that can be had, each a list of arguments for pip; how they failed, if all."""
    failed = None
    for arguments in attempts:
        output = put(python, arguments)
        if not output:
            return None
        failed = Failed(failed.told if failed else _end(output), output)
    return failed


def each(python: Path, requirements: Sequence[str], how: str = "install --no-deps") -> list[str]:
    """Installs each alone, by default without what it depends on; gives back those that cannot be had."""
    said = " ".join((how, "--quiet", *_OPTIONS))
    done = ran([str(python), "-c", _EACH, said, *requirements], _of_old(python))
    if done is None:
        return list(requirements)
    mark = "cannot be had: "
    return [line.removeprefix(mark) for line in done.stdout.splitlines() if line.startswith(mark)]


def pip(python: Path, arguments: Sequence[str]) -> str:
    """What pip printed when it failed; empty if it did not.

    Where it does not end, it takes what it finds first; where something cannot be built, it is built as of old.
    """
    output = _ended(python, arguments, os.environ)
    return _ended(python, arguments, _of_old(python)) if NOT_BUILT.search(output) else output


def _ended(python: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    for more in ((), (_FIRST_FOUND,)):
        output = _pip(python, [*more, *arguments], environment)
        if output is not None:
            return output
    return "pip found no versions that fit, and would have gone on"


def _pip(python: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """What pip printed when it failed; empty if it did not, and None if it did not end."""
    done = limited([str(python), "-m", "pip", "install", *_OPTIONS, *arguments], environment, _ATTEMPT)
    if done is None or done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return None
    return f"{done.stdout}\n{done.stderr}" if done.returncode else ""


def limited(
    command: Sequence[str], environment: Mapping[str, str], seconds: int
) -> "subprocess.CompletedProcess[str] | None":
    """What came of a command that installs; None if it did not end: a search for versions that fit may not."""
    return ran([sys.executable, "-c", _LIMITED, *command], environment, seconds)


def ran(
    command: Sequence[str], environment: Mapping[str, str] = os.environ, seconds: int = _ATTEMPT
) -> "subprocess.CompletedProcess[str] | None":
    """What came of a command; None if it did not end in time.

    Raises `OSError` if it failed for want of room: what was made then is no environment to keep.
    """
    if patience.is_over():
        return None
    process = subprocess.Popen(  # noqa: S603 -- our own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    try:
        out, errors = process.communicate(timeout=patience.left(seconds))
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)  # compilers that it started, too
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            return None
        raise
    if process.returncode and os.strerror(errno.ENOSPC) in out + errors:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return subprocess.CompletedProcess(command, process.returncode, out, errors)


def _of_old(python: Path) -> Mapping[str, str]:
    """The environment in which pip builds with tools that packages of some years ago were written for."""
    said = os.environ.get("PIP_CONSTRAINT", "")
    return {**os.environ, "PIP_CONSTRAINT": f"{said} {tools_of_old(python)}".strip()}


def tools_of_old(python: Path) -> Path:
    """A file that keeps what builds to tools of some years ago, beside an environment of ours."""
    file = python.parents[1] / "build-with.txt"
    file.write_text("".join(f"{one}\n" for one in _TOOLS_OF_OLD), encoding="utf-8")
    return file


def _end(output: str) -> str:
    said = [line for line in output.strip().splitlines() if line.strip() and "is ignored: it is neither" not in line]
    return "\n".join(said[-6:]) or "it failed, and did not say why"
