"""The interpreter to run the program with: its own environment, or one made aside from what it says it needs."""

import re
import shutil
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from seatrial.sandbox import needs, patience
from seatrial.sandbox.ages import is_old, of_pins, usual_python
from seatrial.sandbox.easing import eased, unbuilt, unpinned
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.heavy import missed
from seatrial.sandbox.installing import Failed, Outcome, attempted, ran
from seatrial.sandbox.locks import Locked
from seatrial.sandbox.made import MADE, Made, keep, made
from seatrial.sandbox.mending import how_of, set_apart
from seatrial.sandbox.pythons import fitting, newest_beyond, short, unmet
from seatrial.sandbox.quick import LATE, UNASKED, hasty
from seatrial.sandbox.whole import held, made_beside

_OWN = (".venv", "venv", "env")
_RECIPE = 2
"""Grows when environments are made otherwise: those of before are made anew."""
_WITHIN = 480.0
"""Seconds that installing may take altogether."""
_HEAVY = "{} takes gigabytes and cannot be had here: nothing was taken instead"
_GUESSED = "nothing tells what it needs to be installed: what its code imports was, as far as the name is well known"
_AWAY = re.compile(r"(?:Connection|Timeout|ProxyError|NameResolution)Error|Temporary failure in name|timed out")
"""What pip says where the index does not answer: that is no question of age."""


def interpreter(root: Path, copy: Path, chosen: str, aside: Path, day: str = "") -> Path:
    """The Python to use: the one chosen, else that of an environment in the tree, else of one made below `aside`.

    What is built on the way is built in the copy of the tree.

    Theirs is used as it is, never changed. One made aside is kept for the next time, by the content of what it was
    made from. `day` is that of the last change to the program, where it is known. Raises `StartError` if it cannot be
    made, or there is none where it was chosen.
    """
    if chosen:
        return _chosen(chosen)
    for folder in dict.fromkeys((needs.home(root), needs.listing(root), root)):
        for name in _OWN:
            python = folder / name / "bin" / "python"
            if python.is_file():
                return python.absolute()
    with patience.within(_WITHIN):
        return _made(needs.listing(copy), aside, day)


def _chosen(said: str) -> Path:
    """The interpreter at a path, of the environment in a folder, or of a name that a shell would find."""
    within = Path(said, "bin", "python")
    found = shutil.which(within if within.is_file() else said)
    if found is None:
        raise StartError(f"there is no interpreter at `{said}`: name one that is there (`--python PATH`)")
    return Path(found).absolute()


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
    found = _whole(Wanted(base, before.day), home, python.parents[2])
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
        return _whole(Wanted(fitting(f"=={how.instead}.*"), how.day), home, aside)
    except StartError:
        if not how.day:
            raise
        return _anew(python, today, home, aside)


def _whole(wanted: Wanted, home: Path, aside: Path) -> Path:
    """As `_with`, where that is to hold something: with the libraries of their day, or what comes nearest."""
    python = _with(wanted, home, aside)
    how = made(python)
    if how is None or not how.bare:
        return python
    try:
        return _with(wanted._replace(day=how.day), home, aside)
    except StartError:
        return _anew(python, wanted, home, aside)


def _anew(python: Path, wanted: Wanted, home: Path, aside: Path) -> Path:
    """The environment made once more, with what comes nearest: as if it had never been turned away from."""
    with held(python.parents[1]):
        (python.parents[1] / MADE).unlink(missing_ok=True)
    return _with(wanted._replace(must=True), home, aside)


def _with(wanted: Wanted, home: Path, aside: Path) -> Path:
    """The environment that is made with this, now or before."""
    made_from = b"\0".join(path.read_bytes() for path in needs.sources(home))
    made_from += b"" if needs.declared(home) else "\0".join(needs.plain(home)).encode()
    made_from += f"{wanted.base}{sys.version}{wanted.day}{_RECIPE}".encode()
    folder = aside / sha256(made_from).hexdigest()[:16]
    with held(folder):
        if not (folder / MADE).exists():
            with made_beside(folder) as beside, patience.within(_WITHIN):
                _fill(beside, wanted, home)
    return folder / "bin" / "python"


def _fill(folder: Path, wanted: Wanted, home: Path) -> None:
    """Makes an environment in an empty folder, or turns to another where what is listed was for an older Python."""
    python = folder / "bin" / "python"
    failure = _run(str(wanted.base), "-m", "venv", str(folder))
    done = Outcome(failure) if failure else _filled(python, wanted, home)
    if isinstance(done, Made):
        keep(python, done)
        return
    if done.failure:
        late = f" within {_WITHIN / 60:.0f} minutes" if patience.is_over() else ""
        raise StartError(
            f"an environment for the program cannot be made{late}:\n{done.failure}\n"
            f"{unmet(needs.python(home), wanted.base)}\n"
            "Make one that works and name its interpreter: `--python PATH`, or `python` in `[app]` of `seatrial.toml`."
        )
    dated = (f"its libraries are those of {wanted.day}, with Python {short(wanted.base)}",) if wanted.day else ()
    guessed = () if needs.declared(home) else (_GUESSED,)
    heavy = missed(python, needs.plain(home))
    notes = (*dated, *guessed, *done.notes, *map(_HEAVY.format, heavy))
    lost = (*done.lost, *heavy)
    keep(python, Made(notes, day=wanted.day, refused=wanted.must, lost=lost, doubtful=done.doubtful))
    set_apart(python, home)


def _filled(python: Path, wanted: Wanted, home: Path) -> Outcome | Made:
    """What came of installing what the program needs, or where to turn to instead."""
    aside = python.parents[2]
    listed: list[Sequence[str]] = [*needs.listed(home)]
    asked = [*needs.asked_for(home)]
    put = how_of(wanted.day, aside)
    first = [_arguments(one) for one in listed] or asked
    plain: Sequence[str] = needs.plain(home)
    notes: tuple[str, ...] = ()
    may_turn = not (wanted.day or wanted.must)
    failed = None
    for way, latest in [(hasty(aside), ""), (put, wanted.latest)] if may_turn else [(put, "")]:
        failed = attempted(python, first, way)
        if failed is None:
            return Outcome("", notes)
        if may_turn and UNASKED not in failed.output and (turned := _turning(python, home, failed, latest)):
            return turned  # pip might have exact versions that uv has not, and would take its time
        if way is not put and (found := unpinned(python, failed.output, plain, way)).notes:
            if not found.output:
                return Outcome("", found.notes)
            plain, notes, first = found.wanted, found.notes, [found.wanted]
    if failed is None:
        return Outcome()
    loose = asked if listed else ()
    if failed.output == LATE:
        done = unbuilt(python, failed, plain, loose, hasty(aside))
    else:
        done = eased(python, failed, plain, loose, put, is_dated=bool(wanted.day))
    return msgspec.structs.replace(done, notes=(*notes, *done.notes))


def _arguments(requirements: Sequence[str]) -> Sequence[str]:
    """What is asked of pip: of a lock what it names and nothing else, for that may depend on the program itself."""
    return ["--no-deps", *requirements] if isinstance(requirements, Locked) else requirements


def _turning(python: Path, home: Path, failed: Failed, latest: str) -> Made | None:
    """To which Python and day to turn where what is listed cannot be had; None to stay and take what comes nearest.

    `latest` is the day where what is listed does not tell it.
    """
    plain = needs.plain(home)
    if _AWAY.search(failed.output) or any("://" in one for one in plain):  # a repository may be what is out of reach
        return None
    day = of_pins(plain, python) or latest
    return Made(instead=short(_of_then(home, day)), bare=True, day=day) if is_old(day) else None


def _run(*command: str) -> str:
    """The last lines of a command that failed; empty if it did not."""
    done = ran(command)
    if done is None:
        return f"`{' '.join(command)}` does not end"
    return "\n".join((done.stderr or done.stdout).strip().splitlines()[-6:]) if done.returncode else ""
