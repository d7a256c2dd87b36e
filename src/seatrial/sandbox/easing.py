"""What to take where what a program asks for cannot be had: what comes nearest, step by step, and what to say of it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from packaging.utils import canonicalize_name

from seatrial.sandbox.heavy import without
from seatrial.sandbox.installing import NOT_BUILT, Failed, Outcome, Put, attempted, each

_SPLIT = re.compile(
    r"^(?!\S+\.(?:whl|zip|tgz|tar\.\w+)(?:[\s;\[]|$))(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<extras>\[[^\]]*\])?"
    r"\s*(?P<rest>(?:[<>=!~@(][^;]*)?)(?P<marker>;.*)?$"
)
"""A requirement that begins with a name: a path is none, the index may have something else by the name of a folder."""
_EXACT = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<extras>\[[^\]]*\])?\s*=="
    r"\s*(?P<version>(?P<major>\d+)(?:\.(?P<minor>\d+))?[\w.]*)\s*(?P<marker>;.*)?$"
)
_MOST_LEFT_OUT = 0.34
"""Of what is asked for: where more cannot be had, the program will not run."""
_ROUNDS = 12
"""How often one requirement is eased that pip blames, before each is tried alone."""
_BLAMED = re.compile(
    r"No matching distribution found for ([A-Za-z0-9][\w.-]*)|"
    r"(?:Failed to build|Failed building wheel for|Could not build wheels for) ['`]?([A-Za-z0-9][\w.-]*)|"
    r"there (?:is|are) no versions? of ([A-Za-z0-9][\w.-]*)|([A-Za-z0-9][\w.-]*) was not found in the package registry|"
    r"[Bb]ecause only (?:the following versions of )?([A-Za-z0-9][\w.-]*)|"
    r"Wheels are required for `([A-Za-z0-9][\w.-]*)"
)
"""What pip and uv say of what they cannot have."""
_COLLECTING = re.compile(r"^\s*Collecting ([A-Za-z0-9][\w.-]*)", re.MULTILINE)
_BUILT = {"psycopg2": "psycopg2-binary", "psycopg": "psycopg[binary]", "psycopg-c": "psycopg-binary"}
"""The same thing, built already."""


def eased(
    python: Path, failed: Failed, plain: Sequence[str], loose: Sequence[Sequence[str]], put: Put, *, is_dated: bool
) -> Outcome:
    """Installs what comes nearest to `plain` (requirements, one each), which failed as they are.

    What comes from a repository is taken from the index, what cannot be had in its version in another, and what cannot
    be had at all is left out. Where it is not told which that are, what is asked for with less exactness (`loose`) goes
    before looking at each alone, which pip does, and nothing else: not where it `is_dated`.
    """
    wanted, notes = released(plain)
    doubtful = tuple(name for name in map(name_of, (one for one in plain if "://" in one)) if name)
    output = put(python, wanted) if notes else failed.output
    if not output:
        return Outcome("", tuple(notes), doubtful=doubtful)
    blamed_for = _eased_as_blamed(python, wanted, output, put)
    if blamed_for is None and loose and attempted(python, loose, put) is None:
        return Outcome("", ("the versions that it pins cannot be had here: what its project asks for was taken",))
    if blamed_for is None and is_dated:
        return Outcome(failed.told)
    taken = _eased_one_by_one(python, wanted) if blamed_for is None else blamed_for
    had = _with(wanted, taken)
    if len(had) < len(wanted) * (1 - _MOST_LEFT_OUT) or not had:
        return Outcome(failed.told)
    if blamed_for is None and put(python, had):  # where it does not fit together, that shows when the program starts
        each(python, had, "install")
    said = [f"{one} cannot be had here: {other or 'nothing'} was taken instead" for one, other in taken.items()]
    return Outcome("", (*notes, *said), tuple(one for one, other in taken.items() if not other), doubtful)


class Unpinned(NamedTuple):
    """What is asked for without the exact versions that the rest rules out, and what came of it."""

    wanted: Sequence[str]
    notes: tuple[str, ...]
    output: str
    """Empty if it is installed."""


def unpinned(python: Path, output: str, plain: Sequence[str], quick: Put) -> Unpinned:
    """Tries what is asked for without the few exact versions that the rest, in any version, rules out."""
    wanted, notes = released(plain)
    exact = [one for one in wanted if _EXACT.match(one)]
    taken: dict[str, str] = {}
    for _ in exact if len(exact) * 2 < len(wanted) else ():
        said = output.partition("you require")[2] if "unsatisfiable" in output else ""
        ruled = next((one for one in exact if one not in taken and f"{_name(one)}==" in said), "")
        if not ruled:
            break
        taken[ruled] = easier(ruled)
        output = quick(python, _with(wanted, taken))
    told = (f"{one} cannot be had here: {other} was taken instead" for one, other in taken.items())
    return Unpinned(_with(wanted, taken), (*notes, *told), output) if taken else Unpinned(plain, (), output)


def unbuilt(python: Path, failed: Failed, plain: Sequence[str], loose: Sequence[Sequence[str]], quick: Put) -> Outcome:
    """As `eased`, where what is to be built does not end: what is built already first, then the rest one by one."""
    output = quick(python, released(plain)[0])
    done = eased(python, Failed(failed.told, output), plain, loose, quick, is_dated=True)
    lost = [*done.lost] and each(python, done.lost)
    had = {f"{one} cannot be had here: nothing was taken instead" for one in done.lost if one not in lost}
    return msgspec.structs.replace(
        done,
        notes=tuple(note for note in done.notes if note not in had),
        lost=tuple(one for one in done.lost if one in lost),
    )


def _eased_as_blamed(python: Path, wanted: Sequence[str], output: str, put: Put) -> dict[str, str] | None:
    """What was taken instead of the few that pip blames, one after another; None if that does not lead to an end."""
    taken: dict[str, str] = {}
    further: list[str] = []
    out: list[str] = []
    left = {one: [*_as_it_is(one, output), *nearer(one), easier(one), ""] for one in wanted}
    for _ in range(_ROUNDS):
        name, found = blamed_name(output), blamed(output, wanted)
        if not name or name in out or taken.get(found) == "":
            return None
        if found:
            taken[found] = left[found].pop(0)
        else:  # something else depends on it, and may do with another version, or without
            (out if name in further else further).append(name)
        built = [*(one for one in further if one not in out), *(_name(one) for one in taken.values() if one)]
        said = [part for one in built for part in ("--only-binary", one)]
        output = put(
            python, [*_with(wanted, taken), *said, *(without(out, python.parents[1] / "lost.txt") if out else ())]
        )
        if not output:
            return {one: other for one, other in taken.items() if one != other} | dict.fromkeys(out, "")
    return None


def _as_it_is(requirement: str, output: str) -> list[str]:
    """A requirement that leaves the version open, where it was the newest that could not be built."""
    return [requirement] if NOT_BUILT.search(output) and not _EXACT.match(requirement) and _name(requirement) else []


def _eased_one_by_one(python: Path, wanted: Sequence[str]) -> dict[str, str]:
    failed = each(python, wanted)
    near = {one: other for one in failed for other in nearer(one)}
    far = {*each(python, list(near.values()))}
    eased = {one: easier(one) if near.get(one, "") in {"", *far} else near[one] for one in failed}
    tried = [other for one, other in eased.items() if other and other != near.get(one)]
    lost = {*each(python, tried)}
    return {one: "" if other in lost else other for one, other in eased.items()}


def _with(wanted: Sequence[str], taken: Mapping[str, str]) -> list[str]:
    return [one for one in (taken.get(one, one) for one in wanted) if one]


def blamed(output: str, wanted: Sequence[str]) -> str:
    """The requirement that pip could not have, by what it printed; empty if it names none of those wanted."""
    name = blamed_name(output)
    return next((one for one in wanted if name and _name(one) == name), "")


def blamed_name(output: str) -> str:
    """What pip could not have, by what it printed; empty if it names nothing."""
    names = ["".join(found) for found in _BLAMED.findall(output)] or _COLLECTING.findall(output)[-1:] * (
        "metadata" in output or "build" in output
    )
    return next((canonicalize_name(name) for name in names[-1:]), "")


def _name(requirement: str) -> str:
    parts = _SPLIT.match(requirement)
    return canonicalize_name(parts["name"]) if parts else ""


def released(requirements: Sequence[str]) -> tuple[list[str], list[str]]:
    """The requirements, those from a repository or an address by their names alone; and what to say of it."""
    found = [name_of(one) if "://" in one else one for one in requirements]
    changed = [name for name, one in zip(found, requirements, strict=True) if name and name != one]
    return [one for one in found if one], [
        f"{name} was taken from the index, not from its repository" for name in changed
    ]


def nearer(requirement: str) -> list[str]:
    """What comes nearest to an exact version that cannot be had: a later one before the next major version."""
    found = _EXACT.match(requirement)
    if found is None or canonicalize_name(found["name"]) in _BUILT:
        return []
    major, minor = int(found["major"]), int(found["minor"] or 0)
    above = f"{major + 1}" if major else f"0.{minor + 1}"  # before the first, the second number is what breaks
    return [f"{found['name']}{found['extras'] or ''}>={found['version']},<{above}{found['marker'] or ''}"]


def easier(requirement: str) -> str:
    """What to ask for where this cannot be had: the same thing built already, or another version; empty for nothing."""
    parts = _SPLIT.match(requirement)
    if parts is None:
        return ""
    name, extras, marker = parts["name"], parts["extras"] or "", parts["marker"] or ""
    if canonicalize_name(name) in _BUILT:
        return f"{_BUILT[canonicalize_name(name)]}{marker}"
    return f"{name}{extras}{marker}" if parts["rest"].strip() else ""


def name_of(requirement: str) -> str:
    """The name of what is required from a repository or an address; empty if it is not told."""
    egg = re.search(r"[#&]egg=([A-Za-z0-9][\w.-]*)", requirement)
    named = re.match(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s", requirement)
    told = egg or named
    return told[1] if told else _repository(requirement)


def _repository(requirement: str) -> str:
    """The name of the repository at an address, whatever branch follows it; empty if the address has no path."""
    host, _, path = requirement.partition("://")[2].partition("#")[0].partition("/")
    found = re.search(r"(?:^|/)([A-Za-z0-9][\w.-]*?)(?:\.git)?/?$", path.partition("@")[0])
    return found[1] if found and host else ""
