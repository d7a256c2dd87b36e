"""The interpreter to run the program with: its own environment, or one made aside from what it says it needs."""

import re
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name

from seatrial.sandbox import needs
from seatrial.sandbox.connections import DRIVERS
from seatrial.sandbox.drift import apart
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.installing import Outcome, install, pip
from seatrial.sandbox.pythons import fitting, unmet
from seatrial.sandbox.whole import held, made_beside

_OWN = (".venv", "venv", "env")
_PATIENCE = 300
_BUILT = {
    "psycopg": "psycopg[binary]",
    "psycopg-binary": "psycopg[binary]",
    "psycopg-c": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "psycopg2-binary": "psycopg2-binary",
    "asyncpg": "asyncpg",
}
"""Drivers for PostgreSQL, each as it can be had without building it."""
_MADE = "made.json"
_DEPENDENTS = """
import re, sys
from importlib.metadata import distributions
for one in distributions():
    needed = [re.match(r"[A-Za-z0-9][\\w.-]*", said)[0] for said in one.requires or ()]
    if sys.argv[1] in [re.sub(r"[-_.]+", "-", name).lower() for name in needed]:
        print(one.metadata["Name"])
"""


def interpreter(root: Path, copy: Path, chosen: str, aside: Path) -> Path:
    """The Python to use: the one chosen, else that of an environment in the tree, else of one made below `aside`.

    What is built on the way is built in the copy of the tree.

    Theirs is used as it is, never changed. One made aside is kept for the next time, by the content of what it was
    made from. Raises `StartError` if it cannot be made.
    """
    if chosen:
        return Path(chosen).absolute()
    for folder in dict.fromkeys((needs.home(root), needs.listing(root), root)):
        for name in _OWN:
            python = folder / name / "bin" / "python"
            if python.is_file():
                return python.absolute()
    return _made(needs.listing(copy), aside)


def installed(python: Path, names: Sequence[str]) -> frozenset[str]:
    """Those of the modules that an interpreter can import; none of them is imported."""
    code = "import sys\nfrom importlib.util import find_spec\nprint(*[n for n in sys.argv[1:] if find_spec(n)])"
    done = subprocess.run([str(python), "-c", code, *names], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    return frozenset(done.stdout.split())


class Made(msgspec.Struct):
    """How an environment of ours was made, kept beside it."""

    notes: tuple[str, ...] = ()
    """Where it is not what the program asks for, each a sentence."""
    mends: tuple[str, ...] = ()
    """What was installed differently later."""
    instead: str = ""
    """The Python, as `3.9`, of the environment that is used instead: the program cannot do with a newer one."""


def made(python: Path) -> Made | None:
    """How the environment of an interpreter was made; None if it is not one of ours."""
    file = python.parents[1] / _MADE
    return msgspec.json.decode(file.read_bytes(), type=Made) if file.is_file() else None


def changed(python: Path, home: Path, requirement: str) -> bool:
    """Installs something differently in an environment of ours; False if that cannot be had.

    What is installed and depends on it is looked at again, the rest stays: to look at all takes too long. What the
    program asks for in one version stays in that, or comes in that where it is missing.
    """
    if made(python) is None:
        return False
    with held(python.parents[1]):
        return _changed(python, home, requirement)


def _changed(python: Path, home: Path, requirement: str) -> bool:
    before = made(python)
    name = canonicalize_name(re.split(r"[<>=]", requirement)[0])
    pinned = {
        canonicalize_name(one.partition("==")[0].partition("[")[0]): one for one in needs.plain(home) if "==" in one
    }
    is_missing = canonicalize_name(requirement) == name
    if before is None or requirement in before.mends or (name in pinned and not is_missing):
        return False
    told = subprocess.run([str(python), "-c", _DEPENDENTS, name], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    dependents = [pinned.get(canonicalize_name(one), one) for one in told.stdout.split()]
    wanted = pinned.get(name, requirement)
    if pip(python, [wanted, *dependents]) and pip(python, [wanted]):
        return False
    notes = (*before.notes, f"{requirement} was installed: it does not run with what it asks for")
    _keep(python, Made(notes, (*before.mends, requirement)))
    return True


def add_driver(python: Path, home: Path) -> None:
    """Installs, in an environment of ours, the driver for PostgreSQL that only a deployment of the program asks for."""
    if made(python) is None or installed(python, DRIVERS):
        return
    names = (canonicalize_name(re.split(r"[\[<>=!~;@ ]", one)[0]) for one in needs.elsewhere(home))
    if built := next((_BUILT[name] for name in names if name in _BUILT), ""):
        changed(python, home, built)


def older(python: Path, home: Path, version: str) -> Path | None:
    """An environment of ours with an older Python, to be used from now on; None if none is here, or it is not ours.

    Raises `StartError` if what the program asks for cannot be had there.
    """
    before = made(python)
    base = fitting(f"=={version}.*")
    if before is None or before.instead or unmet(f"=={version}.*", base):
        return None
    found = _with(base, home, python.parents[2])
    with held(python.parents[1]):
        _keep(python, msgspec.structs.replace(made(python) or before, instead=version))
    return found


def _keep(python: Path, how: Made) -> None:
    file = python.parents[1] / _MADE
    beside = file.with_suffix(".new")
    beside.write_bytes(msgspec.json.encode(how))
    beside.replace(file)  # others read it at any time


def _made(home: Path, aside: Path) -> Path:
    if not any(needs.needs(home)):
        return Path(sys.executable)
    python = _with(fitting(needs.python(home), needs.pythons_named(home)), home, aside)
    how = made(python)
    return _with(fitting(f"=={how.instead}.*"), home, aside) if how and how.instead else python


def _with(base: Path, home: Path, aside: Path) -> Path:
    """The environment that is made with this Python, now or before."""
    made_from = (
        b"\0".join(path.read_bytes() for path in needs.sources(home)) + str(base).encode() + sys.version.encode()
    )
    folder = aside / sha256(made_from).hexdigest()[:16]
    with held(folder):
        if not (folder / _MADE).exists():
            with made_beside(folder) as beside:
                _fill(beside, base, home)
    return folder / "bin" / "python"


def _fill(folder: Path, base: Path, home: Path) -> None:
    """Makes an environment in an empty folder."""
    python = folder / "bin" / "python"
    failure = _run(str(base), "-m", "venv", str(folder))
    done = Outcome(failure) if failure else install(python, needs.needs(home), needs.plain(home))
    if done.failure:
        raise StartError(
            f"an environment for the program cannot be made:\n{done.failure}\n{unmet(needs.python(home), base)}\n"
            "Make one that works and name its interpreter: `--python PATH`, or `python` in `[app]` of the settings."
        )
    _keep(python, Made(done.notes))
    for requirement in apart(python):
        _changed(python, home, requirement)


def _run(*command: str) -> str:
    """The last lines of a command that failed; empty if it did not."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603 -- our own command
    return "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:]) if done.returncode else ""
