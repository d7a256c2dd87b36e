"""The interpreter to run the program with: its own environment, or one made aside from its own requirements."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from seatrial.sandbox.errors import StartError

_OWN = (".venv", "venv", "env", ".env")
_LOCKS = ("requirements.txt", "requirements/base.txt", "requirements/production.txt", "requirements/prod.txt")
_PATIENCE = 600


def interpreter(root: Path, chosen: str, aside: Path) -> Path:
    """The Python to use: the one chosen, else that of an environment in the tree, else of one made below `aside`.

    Theirs is used as it is, never changed. One made aside is kept for the next time, by the content of what it was
    made from. Raises `StartError` if it cannot be made.
    """
    if chosen:
        return Path(chosen).absolute()
    for name in _OWN:
        python = root / name / "bin" / "python"
        if python.is_file():
            return python.absolute()
    return _made(root, aside)


def _made(root: Path, aside: Path) -> Path:
    wanted = _wanted(root)
    if not wanted:
        return Path(sys.executable)
    mark = sha256(b"\0".join(path.read_bytes() for path in wanted) + sys.version.encode()).hexdigest()[:16]
    folder = aside / mark
    python = folder / "bin" / "python"
    if (folder / "made").exists():
        return python
    _run(sys.executable, "-m", "venv", "--clear", str(folder))
    arguments = [part for path in wanted for part in _argument(path)]
    _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)
    (folder / "made").touch()
    return python


def _wanted(root: Path) -> list[Path]:
    """The files that say what the program needs: one lock, or the project itself."""
    locks = [root / name for name in _LOCKS if (root / name).is_file()]
    return locks[:1] or [root / name for name in ("pyproject.toml", "setup.py") if (root / name).is_file()][:1]


def _argument(path: Path) -> list[str]:
    return ["-r", str(path)] if path.suffix == ".txt" else [str(path.parent)]


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603 -- our own command
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:])
        raise StartError(
            f"an environment for the program cannot be made:\n{last}\n"
            "Make one that works and name its interpreter: `--python PATH`, or `python` in `[tool.seatrial.app]`."
        )
