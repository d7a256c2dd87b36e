"""Installs what a program asks for; where that cannot be had, what comes nearest, and says so."""

import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

_ATTEMPT = 300
"""Seconds that one attempt may take: with old pins the search for versions that fit may not end."""
_IN_ALL = 1_200
_MOST_ROUNDS = 8
_SPLIT = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<extras>\[[^\]]*\])?\s*(?P<rest>[^;]*)(?P<marker>;.*)?$")
_COLLECTED = re.compile(r"^\s*(?:Collecting|Obtaining|Processing) (\S+)", re.MULTILINE)
_CULPRITS = (
    re.compile(r"(?:No matching distribution found for|satisfies the requirement) ([A-Za-z0-9][\w.-]*)"),
    re.compile(r"Failed building wheel for ([A-Za-z0-9][\w.-]*)"),
    re.compile(r"Package '?([A-Za-z0-9][\w.-]*?)'? requires a different Python"),
    re.compile(r"Failed to build '?([A-Za-z0-9][\w.-]*)'? when"),
    re.compile(r"╰─> ([A-Za-z0-9][\w.-]*)$", re.MULTILINE),
    re.compile(r"Cannot install .*?\band ([A-Za-z0-9][\w.-]*)==\S+ because"),
)
_BUILT = {"psycopg2": "psycopg2-binary"}
"""The same thing, built already."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of it: the last lines of a failure, and what to tell."""

    failure: str = ""
    notes: tuple[str, ...] = ()


def install(python: Path, attempts: Iterable[Sequence[str]], plain: Sequence[str]) -> Outcome:
    """Installs the first of the attempts that can be had, each a list of arguments for pip.

    Where none can, `plain` (requirements, one each) is eased step by step: what comes from a repository is taken from
    the index, what cannot be had in its version in another, and what cannot be had at all is left out.
    """
    began, first = time.monotonic(), None
    for arguments in attempts:
        output = pip(python, arguments)
        if not output:
            return Outcome()
        first = first or Outcome(_end(output))
    wanted, notes = released(plain)
    for _ in range(_MOST_ROUNDS if wanted else 0):
        output = pip(python, wanted)
        if not output:
            return Outcome("", tuple(notes))
        eased, more = easier(wanted, output)
        if eased == wanted or time.monotonic() - began > _IN_ALL:
            break
        wanted, notes = eased, [*notes, *more]
    return first or Outcome()


def pip(python: Path, arguments: Sequence[str]) -> str:
    """What pip printed when it failed; empty if it did not."""
    options = ("--no-input", "--progress-bar", "off", "--retries", "2", "--disable-pip-version-check")
    command = [str(python), "-m", "pip", "install", *options, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 -- our own command
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_ATTEMPT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"pip found no versions that fit within {_ATTEMPT // 60} minutes"
    return f"{done.stdout}\n{done.stderr}" if done.returncode else ""


def released(requirements: Sequence[str]) -> tuple[list[str], list[str]]:
    """The requirements, those from a repository or an address by their names alone; and what to say of it."""
    found = [name_of(one) if "://" in one else one for one in requirements]
    changed = [name for name, one in zip(found, requirements, strict=True) if name and name != one]
    return [one for one in found if one], [
        f"{name} was taken from the index, not from its repository" for name in changed
    ]


def easier(requirements: Sequence[str], output: str) -> tuple[list[str], list[str]]:
    """The requirements without what pip stumbled over: another version, or nothing; and what to say of it."""
    culprits = {normal(name) for name in _culprits(output)}
    found, notes = [], []
    for one in requirements:
        parts = _SPLIT.match(one)
        if parts is None or normal(parts["name"]) not in culprits:
            found.append(one)
            continue
        eased = _eased(parts["name"], parts["extras"] or "", parts["rest"].strip(), parts["marker"] or "")
        if eased:
            found.append(eased)
        notes.append(
            f"{one.partition(';')[0].strip()} cannot be had here: {f'{eased} was tried' if eased else 'left out'}"
        )
    return found, notes


def name_of(requirement: str) -> str:
    """The name of what is required from a repository or an address; empty if it is not told."""
    egg = re.search(r"[#&]egg=([A-Za-z0-9][\w.-]*)", requirement)
    named = re.match(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s", requirement)
    found = egg or named or re.search(r"/([A-Za-z0-9][\w.-]*?)(?:\.git)?(?:@[^/]*)?(?:#.*)?$", requirement)
    return found[1] if found else ""


def normal(name: str) -> str:
    """The name as the index has it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _eased(name: str, extras: str, rest: str, marker: str) -> str:
    if normal(name) in _BUILT:
        return f"{_BUILT[normal(name)]}{marker}"
    return f"{name}{extras}{marker}" if rest else ""


def _culprits(output: str) -> Iterator[str]:
    named = [name for pattern in _CULPRITS for name in pattern.findall(output) if name != "See"]
    yield from named
    if not named:  # building began with what was collected last
        before = output.partition("subprocess-exited-with-error")[0]
        yield from (re.split(r"[\[<>=!~;@ ]", name)[0] for name in _COLLECTED.findall(before)[-1:])


def _end(output: str) -> str:
    said = [line for line in output.strip().splitlines() if line.strip() and "is ignored: it is neither" not in line]
    return "\n".join(said[-6:])
