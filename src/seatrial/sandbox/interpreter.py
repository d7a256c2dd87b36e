"""The interpreter to run the program with: its own environment, or one made aside from what it says it needs."""

import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from seatrial.sandbox import needs
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.pythons import fitting, unmet

_OWN = (".venv", "venv", "env")
_PATIENCE = 900


def interpreter(root: Path, chosen: str, aside: Path) -> Path:
    """The Python to use: the one chosen, else that of an environment in the tree, else of one made below `aside`.

    Theirs is used as it is, never changed. One made aside is kept for the next time, by the content of what it was
    made from. Raises `StartError` if it cannot be made.
    """
    if chosen:
        return Path(chosen).absolute()
    home = needs.home(root)
    for folder in dict.fromkeys((home, root)):
        for name in _OWN:
            python = folder / name / "bin" / "python"
            if python.is_file():
                return python.absolute()
    return _made(home, aside)


def installed(python: Path, names: Sequence[str]) -> frozenset[str]:
    """Those of the modules that an interpreter can import; none of them is imported."""
    code = "import sys\nfrom importlib.util import find_spec\nprint(*[n for n in sys.argv[1:] if find_spec(n)])"
    done = subprocess.run([str(python), "-c", code, *names], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    return frozenset(done.stdout.split())


def _made(home: Path, aside: Path) -> Path:
    sources = needs.sources(home)
    if not sources:
        return Path(sys.executable)
    base = fitting(needs.python(home), needs.pythons_named(home))
    made_from = b"\0".join(path.read_bytes() for path in sources) + str(base).encode() + sys.version.encode()
    folder = aside / sha256(made_from).hexdigest()[:16]
    python = folder / "bin" / "python"
    if (folder / "made").exists():
        return python
    failures = [_run(str(base), "-m", "venv", "--clear", str(folder))]
    for arguments in needs.needs(home):
        failures.append(_installed(python, arguments))
        if not failures[-1]:
            break
    if failures[-1]:
        raise StartError(
            f"an environment for the program cannot be made:\n{failures[-1]}\n{unmet(needs.python(home), base)}\n"
            "Make one that works and name its interpreter: `--python PATH`, or `python` in `[app]` of the settings."
        )
    (folder / "made").touch()
    return python


def _installed(python: Path, arguments: Sequence[str]) -> str:
    return _run(
        str(python), "-m", "pip", "install", "--quiet", "--retries", "2", "--disable-pip-version-check", *arguments
    )


def _run(*command: str) -> str:
    """The last lines of a command that failed; empty if it did not."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603 -- our own command
    return "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:]) if done.returncode else ""
