"""The interpreter to run the program with: its own environment, or one made aside from what it says it needs."""

import re
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from packaging.utils import canonicalize_name

from seatrial.sandbox import needs
from seatrial.sandbox.ages import is_old, of_pins, usual_python
from seatrial.sandbox.connections import DRIVERS
from seatrial.sandbox.dated import as_of
from seatrial.sandbox.drift import apart
from seatrial.sandbox.easing import eased
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.installing import Failed, Outcome, Put, attempted, ran
from seatrial.sandbox.made import MADE, Made, keep, made
from seatrial.sandbox.pythons import fitting, newest_beyond, short, unmet
from seatrial.sandbox.quick import swift
from seatrial.sandbox.whole import held, made_beside

_OWN = (".venv", "venv", "env")
_BUILT = {
    "psycopg": "psycopg[binary]",
    "psycopg-binary": "psycopg[binary]",
    "psycopg-c": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "psycopg2-binary": "psycopg2-binary",
    "asyncpg": "asyncpg",
}
"""Drivers for PostgreSQL, each as it can be had without building it."""
_AWAITED = ("asyncmy", "aiomysql")
_INSTEAD = "aiosqlite"
_AWAY = re.compile(r"(?:Connection|Timeout|ProxyError|NameResolution)Error|Temporary failure in name|timed out")
"""What pip says where the index does not answer: that is no question of age."""
_DEPENDENTS = """
import re, sys
from importlib.metadata import distributions
for one in distributions():
    needed = [re.match(r"[A-Za-z0-9][\\w.-]*", said)[0] for said in one.requires or ()]
    if sys.argv[1] in [re.sub(r"[-_.]+", "-", name).lower() for name in needed]:
        print(one.metadata["Name"])
"""


def interpreter(root: Path, copy: Path, chosen: str, aside: Path, day: str = "") -> Path:
    """The Python to use: the one chosen, else that of an environment in the tree, else of one made below `aside`.

    What is built on the way is built in the copy of the tree.

    Theirs is used as it is, never changed. One made aside is kept for the next time, by the content of what it was
    made from. `day` is that of the last change to the program, where it is known. Raises `StartError` if it cannot be
    made.
    """
    if chosen:
        return Path(chosen).absolute()
    for folder in dict.fromkeys((needs.home(root), needs.listing(root), root)):
        for name in _OWN:
            python = folder / name / "bin" / "python"
            if python.is_file():
                return python.absolute()
    return _made(needs.listing(copy), aside, day)


def installed(python: Path, names: Sequence[str]) -> frozenset[str]:
    """Those of the modules that an interpreter can import; none of them is imported."""
    code = "import sys\nfrom importlib.util import find_spec\nprint(*[n for n in sys.argv[1:] if find_spec(n)])"
    done = subprocess.run([str(python), "-c", code, *names], capture_output=True, text=True, check=False)  # noqa: S603 -- our own code
    return frozenset(done.stdout.split())


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
    put = _put(before.day, python.parents[2])
    bounded = [one for one in needs.plain(home) if is_missing and "<" in one]  # what is new may lift nothing else
    if all(put(python, [wanted, *more]) for more in dict.fromkeys(((*dependents, *bounded), tuple(dependents), ()))):
        return False
    notes = (*before.notes, f"{requirement} was installed: it does not run with what it asks for")
    keep(python, msgspec.structs.replace(before, notes=notes, mends=(*before.mends, requirement)))
    return True


def add_driver(python: Path, home: Path) -> None:
    """Installs, in an environment of ours, the driver for PostgreSQL that only a deployment of the program asks for.

    And one for SQLite, where it awaits MySQL: that takes its place, and programs hide what they miss until they serve.
    """
    if made(python) is None:
        return
    here = installed(python, (*DRIVERS, *_AWAITED, _INSTEAD))
    if here & {*_AWAITED} and _INSTEAD not in here:
        changed(python, home, _INSTEAD)
    if here & {*DRIVERS}:
        return
    names = (canonicalize_name(re.split(r"[\[<>=!~;@ ]", one)[0]) for one in needs.elsewhere(home))
    if built := next((_BUILT[name] for name in names if name in _BUILT), ""):
        changed(python, home, built)


def older(python: Path, home: Path, version: str) -> Path | None:
    """An environment of ours with an older Python, to be used from now on; None if none is here, or it is not ours.

    Raises `StartError` if what the program asks for cannot be had there.
    """
    base = fitting(f"=={version}.*")
    return None if unmet(f"=={version}.*", base) else _other(python, home, base)


def newer(python: Path, home: Path) -> Path | None:
    """As `older`, with the newest Python that is here; None if that is not newer."""
    base = newest_beyond(python)
    return _other(python, home, base) if base else None


def _other(python: Path, home: Path, base: Path) -> Path | None:
    before = made(python)
    if before is None or before.instead:
        return None
    found = _with(Wanted(base, before.day), home, python.parents[2])
    _turned(python, before, short(base), before.day)
    return found


def of_its_time(python: Path, home: Path, day: str) -> Path | None:
    """An environment of ours with the libraries of the day and, if one is here, a Python of then: used from now on.

    None if the day is not long ago, the environment is of its time already or none of ours, or it cannot be had.
    """
    before = made(python)
    if before is None or before.instead or before.day or before.refused or not is_old(day):
        return None
    base = _of_then(home, day)
    try:
        found = _with(Wanted(base, day), home, python.parents[2])
    except StartError:
        with held(python.parents[1]):
            keep(python, msgspec.structs.replace(made(python) or before, refused=True))
        return None
    _turned(python, before, short(base), day)
    return found


def _of_then(home: Path, day: str) -> Path:
    """The Python that the program asks for, else the nearest to what was usual on the day."""
    usual = [f"3.{minor}" for minor in range(usual_python(day), sys.version_info.minor)]
    return fitting(needs.python(home), needs.pythons_named(home) or usual)


def _turned(python: Path, before: Made, version: str, day: str) -> None:
    """Notes which environment is used instead from now on."""
    with held(python.parents[1]):
        keep(python, msgspec.structs.replace(made(python) or before, instead=version, day=day))


class Wanted(NamedTuple):
    """What an environment is made with: an interpreter, and the day whose libraries are taken; empty: today."""

    base: Path
    day: str = ""
    latest: str = ""
    """The day to turn to where what is listed cannot be had today; empty: that of what is listed."""
    must: bool = False
    """It is made with what comes nearest, whatever that is."""


def _made(home: Path, aside: Path, day: str) -> Path:
    if not any(needs.needs(home)):
        return Path(sys.executable)
    today = Wanted(fitting(needs.python(home), needs.pythons_named(home)), latest=day)
    python = _with(today, home, aside)
    how = made(python)
    if how is None or not how.instead:
        return python
    try:
        return _with(Wanted(fitting(f"=={how.instead}.*"), how.day), home, aside)
    except StartError:
        if not how.day:
            raise
        with held(python.parents[1]):
            (python.parents[1] / MADE).unlink()  # as if it had never been turned away from
        return _with(today._replace(must=True), home, aside)


def _with(wanted: Wanted, home: Path, aside: Path) -> Path:
    """The environment that is made with this, now or before."""
    made_from = b"\0".join(path.read_bytes() for path in needs.sources(home))
    made_from += f"{wanted.base}{sys.version}{wanted.day}".encode()
    folder = aside / sha256(made_from).hexdigest()[:16]
    with held(folder):
        if not (folder / MADE).exists():
            with made_beside(folder) as beside:
                _fill(beside, wanted, home)
    return folder / "bin" / "python"


def _fill(folder: Path, wanted: Wanted, home: Path) -> None:
    """Makes an environment in an empty folder, or turns to another where what is listed was for an older Python."""
    python = folder / "bin" / "python"
    listed, asked = [*needs.listed(home)], [*needs.asked_for(home)]
    put = _put(wanted.day, folder.parent)
    failure = _run(str(wanted.base), "-m", "venv", str(folder))
    failed = Failed(failure, failure) if failure else attempted(python, listed or asked, put)
    is_away = failed is not None and _AWAY.search(failed.output) is not None
    if failed and not (failure or is_away) and (turned := _turning(python, wanted, home)):
        keep(python, turned)
        return
    done = Outcome(failure)
    if failed and not failure:
        done = eased(python, failed, needs.plain(home), asked if listed else (), put, is_dated=bool(wanted.day))
    if done.failure:
        raise StartError(
            f"an environment for the program cannot be made:\n{done.failure}\n"
            f"{unmet(needs.python(home), wanted.base)}\n"
            "Make one that works and name its interpreter: `--python PATH`, or `python` in `[app]` of `seatrial.toml`."
        )
    dated = (f"its libraries are those of {wanted.day}, with Python {short(wanted.base)}",) if wanted.day else ()
    notes = (*dated, *done.notes)
    keep(python, Made(notes, day=wanted.day, refused=wanted.must, lost=done.lost, doubtful=done.doubtful))
    for requirement in apart(python):
        _changed(python, home, requirement)


def _put(day: str, aside: Path) -> Put:
    """How to install what there was on the day, or what there is."""
    return as_of(day, aside) if day else swift(aside)


def _turning(python: Path, wanted: Wanted, home: Path) -> Made | None:
    """To which Python and day to turn where what is listed cannot be had; None to stay and take what comes nearest."""
    plain = needs.plain(home)
    if wanted.day or wanted.must or any("://" in one for one in plain):  # a repository may be what is out of reach
        return None
    day = of_pins(plain, python) or wanted.latest
    return Made(instead=short(_of_then(home, day)), day=day) if is_old(day) else None


def _run(*command: str) -> str:
    """The last lines of a command that failed; empty if it did not."""
    done = ran(command)
    if done is None:
        return f"`{' '.join(command)}` does not end"
    return "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:]) if done.returncode else ""
