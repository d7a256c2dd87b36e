"""Installs what a program asks for as it was on a day: by uv, which alone does so for every Python."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from seatrial.sandbox.ages import index
from seatrial.sandbox.whole import held, made_beside

_ATTEMPT = 600
_PATIENCE = 300


def as_of(day: str, aside: Path) -> Callable[[Path, Sequence[str]], str]:
    """A way to install: takes an interpreter and arguments as for pip, gives what was printed if that failed.

    Nothing that came out after the day is taken. uv is that of the user, else one that is kept below `aside`.
    """

    def put(python: Path, arguments: Sequence[str]) -> str:
        uv = shutil.which("uv") or _of_our_own(aside)
        if not uv:
            return "uv, which installs what there was on a day, cannot be had"
        said = ["--python", str(python), "--exclude-newer", day, "--index-url", index(python), "--no-progress"]
        try:
            done = subprocess.run(  # noqa: S603 -- our own command
                [uv, "pip", "install", *said, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_ATTEMPT,
                check=False,
                env=_environment(),
                cwd=aside,  # settings of uv in the tree are for its developers
            )
        except subprocess.TimeoutExpired:
            return f"uv did not end within {_ATTEMPT // 60} minutes"
        return f"{done.stdout}\n{done.stderr}" if done.returncode else ""

    return put


def _environment() -> dict[str, str]:
    trusted = os.environ.get("SSL_CERT_FILE") or os.environ.get("PIP_CERT", "")
    return {**os.environ, "NO_COLOR": "1", **({"SSL_CERT_FILE": trusted} if trusted else {})}


def _of_our_own(aside: Path) -> str:
    """The path of a uv that is installed where nothing else is; empty if it cannot be had."""
    folder = aside / "uv"
    with held(folder):
        if not (folder / "bin" / "uv").exists():
            with made_beside(folder) as beside:
                making = [sys.executable, "-m", "venv", str(beside)]
                for command in (making, [str(beside / "bin" / "pip"), "install", "--quiet", "uv"]):
                    subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603 -- our own commands
    found = folder / "bin" / "uv"
    return str(found) if found.exists() else ""
