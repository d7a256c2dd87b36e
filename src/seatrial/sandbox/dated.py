"""Installs what a program asks for as it was on a day: by uv, which alone does so for every Python."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from seatrial.sandbox.ages import index
from seatrial.sandbox.heavy import left_out
from seatrial.sandbox.installing import ran
from seatrial.sandbox.whole import held, made_beside


def as_of(day: str, aside: Path) -> Callable[[Path, Sequence[str]], str]:
    """A way to install: takes an interpreter and arguments as for pip, gives what was printed if that failed.

    Nothing that came out after the day is taken. uv is that of the user, else one that is kept below `aside`.
    """

    def put(python: Path, arguments: Sequence[str]) -> str:
        uv = uv_at(aside)
        if not uv:
            return "uv, which installs what there was on a day, cannot be had"
        said = ["--python", str(python), "--exclude-newer", day, "--index-url", index(python), "--no-progress"]
        settings = ["--directory", str(aside), *left_out(aside)]  # those of uv in the tree are for its developers
        done = ran([uv, "pip", "install", *settings, *said, *arguments], certified(os.environ))
        if done is None:
            return "uv does not end"
        return f"{done.stdout}\n{done.stderr}" if done.returncode else ""

    return put


def uv_at(aside: Path) -> str:
    """The path of the user's uv, else of one that is kept below `aside`; empty if it cannot be had."""
    return shutil.which("uv") or _of_our_own(aside)


def certified(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for uv, which trusts whom pip trusts."""
    trusted = environment.get("SSL_CERT_FILE") or environment.get("PIP_CERT", "")
    return {**environment, "NO_COLOR": "1", **({"SSL_CERT_FILE": trusted} if trusted else {})}


def _of_our_own(aside: Path) -> str:
    """The path of a uv that is installed where nothing else is; empty if it cannot be had."""
    folder = aside / "uv"
    with held(folder):
        if not (folder / "bin" / "uv").exists():
            with made_beside(folder) as beside:
                making = [sys.executable, "-m", "venv", str(beside)]
                for command in (making, [str(beside / "bin" / "pip"), "install", "--quiet", "uv"]):
                    ran(command)
    found = folder / "bin" / "uv"
    return str(found) if found.exists() else ""
