"""What an environment of ours holds, and what is installed in it differently later."""

import contextlib
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion

from seatrial.sandbox import needs
from seatrial.sandbox.connections import DRIVERS, driver_of
from seatrial.sandbox.dated import as_of
from seatrial.sandbox.drift import apart, versions
from seatrial.sandbox.heavy import HEAVY
from seatrial.sandbox.imported import imported
from seatrial.sandbox.installing import Put
from seatrial.sandbox.made import keep, made
from seatrial.sandbox.quick import swift
from seatrial.sandbox.requirement_lines import required
from seatrial.sandbox.whole import held

_BUILT = {
    "psycopg": "psycopg[binary]",
    "psycopg-binary": "psycopg[binary]",
    "psycopg-c": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "psycopg2-binary": "psycopg2-binary",
    "asyncpg": "asyncpg",
}
"""Drivers for PostgreSQL, each as it can be had without building it."""
STAND_INS = {"MySQLdb": "pymysql"}
"""Modules that have to be built, each with what does the same by the same names and is Python alone."""
_AWAITED = ("asyncmy", "aiomysql")
_INSTEAD = "aiosqlite"
_DEPENDENTS = """
import re, sys
from importlib.metadata import distributions
for one in distributions():
    needed = [re.match(r"[A-Za-z0-9][\\w.-]*", said)[0] for said in one.requires or ()]
    if sys.argv[1] in [re.sub(r"[-_.]+", "-", name).lower() for name in needed]:
        print(one.metadata["Name"])
"""


def how_of(day: str, aside: Path) -> Put:
    """How to install what there was on the day, or what there is."""
    return as_of(day, aside) if day else swift(aside)


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
        is_done = change(python, home, requirement)
        if is_done:
            set_apart(python, home)
        return is_done


def set_apart(python: Path, home: Path) -> None:
    """Has libraries that are installed by now fit together, for whoever holds the environment."""
    for requirement in apart(python):
        change(python, home, requirement)


def change(python: Path, home: Path, requirement: str) -> bool:
    """As `changed`, for whoever holds the environment already."""
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
    put = how_of(before.day, python.parents[2])
    bounded = [one for one in needs.plain(home) if is_missing and "<" in one]  # what is new may lift nothing else
    fixed = _met(python, pinned) if is_missing else []
    attempts = ((*dependents, *bounded, *fixed), (*dependents, *bounded), tuple(dependents), ())
    if all(put(python, [wanted, *more]) for more in dict.fromkeys(attempts)):
        return False
    notes = (*before.notes, f"{requirement} was installed: it does not run with what it asks for")
    keep(python, msgspec.structs.replace(before, notes=notes, mends=(*before.mends, requirement)))
    return True


def _met(python: Path, pinned: Mapping[NormalizedName, str]) -> list[str]:
    """Those of the exact versions, by the names of their distributions, that are installed."""
    here = versions(python, pinned)
    return [one for name, one in pinned.items() if name in here and _is_met(one, here[name])]


def _is_met(requirement: str, version: str) -> bool:
    with contextlib.suppress(InvalidRequirement, InvalidVersion):
        return Requirement(requirement).specifier.contains(version)
    return False


def add_imported(python: Path, home: Path, root: Path) -> None:
    """Installs what else the program imports without asking for it: who forgot one mostly forgot others."""
    if (how := made(python)) is None:
        return
    wanted = imported(root)
    here = installed(python, [*wanted])
    lost = set(map(required, (*how.lost, *HEAVY)))
    for name in [name for name in wanted if name not in here and canonicalize_name(wanted[name]) not in lost]:
        changed(python, home, wanted[name])


def add_driver(python: Path, home: Path, said: Mapping[str, str]) -> None:
    """Installs, in an environment of ours, the driver for PostgreSQL that only a deployment of the program asks for.

    That is the one that an address among the variables which the user set (`said`) names, or a list of requirements.
    And one for SQLite, where it awaits MySQL: that takes its place, and programs hide what they miss until they serve.
    """
    if made(python) is None:
        return
    here = installed(python, (*DRIVERS, *_AWAITED, _INSTEAD))
    if here & {*_AWAITED} and _INSTEAD not in here:
        changed(python, home, _INSTEAD)
    told = [name for address in said.values() if (name := driver_of(address))]
    if here & ({*told} or {*DRIVERS}):
        return
    listed = map(required, needs.elsewhere(home))
    names = (*told, *listed)
    if built := next((_BUILT[name] for name in names if name in _BUILT), ""):
        changed(python, home, built)
