"""Requirements that no version satisfies together: what must hold at once, and where it cannot.

Each part's requirements, lock entries and constraints are claims. Two claims about one distribution must hold at once
when something installs both: the part's own list with everything beside it, a constraint with everything, parts that
are installed together with each other. Two extras, two groups or two variants of a requirement file need not.
"""

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from itertools import combinations
from operator import and_

import msgspec
from packaging.utils import NormalizedName
from packaging.version import Version

from seatrial.program.manifests.nouns import HATCH, Locked, Part, Requirement, Requirements, Use
from seatrial.program.manifests.ranges import allows, empty, together


class Claim(msgspec.Struct, frozen=True):
    """What one place says about a distribution's version. `says` is that in words: `>=2.0`, `locked at 1.4.52`."""

    name: NormalizedName
    says: str
    path: str
    line: int


class Conflict(msgspec.Struct, frozen=True):
    """Two claims that exclude each other. `leading` has more say: the project's own list before any other file."""

    leading: Claim
    following: Claim
    confidence: float


MANY_PINS = 6
"""From so many pins on, a requirement file is one environment's own."""
_LOCKS = {"pyproject.toml": ("uv.lock", "poetry.lock", "pdm.lock"), "Pipfile": ("Pipfile.lock",)}
"""Which lock files are made from which manifest."""


def conflicts(requirements: Requirements) -> Iterator[Conflict]:
    """Every pair of places that exclude each other, once, in the order of parts and places."""
    seen: set[tuple[Claim, Claim]] = set()
    for part in requirements.parts:
        for found in (
            *_within(part),
            *_locked(part, requirements),
            *_unlocked(part, requirements),
            *_between(part, requirements),
        ):
            if (found.leading, found.following) not in seen:
                seen.add((found.leading, found.following))
                yield found


def _within(part: Part) -> Iterator[Conflict]:
    """Requirements of one part against one another. Two files that both pin everything are for two environments."""
    pinned = _pinned(part)
    by_name: dict[NormalizedName, list[Requirement]] = {}
    for need in sorted(_ranged(part), key=_say):
        by_name.setdefault(need.name, []).append(need)
    for needs in by_name.values():
        for left, right in combinations(needs, 2):
            apart = left.path != right.path and {left.path, right.path} <= pinned
            if not apart and (confidence := _at_once(left, right)) and _exclude(left, right, part):
                yield Conflict(_claim(left), _claim(right), confidence)


def _ranged(part: Part) -> list[Requirement]:
    return [need for need in part.requirements if need.specifier and not need.direct]


def _say(need: Requirement) -> tuple[int, str, int]:
    """Who is heard first: the project's own metadata, then plain requirement files, then the others."""
    rank = 0 if not _is_file(need) else 1 if need.use is Use.RUN else 2
    return (rank + 3 * (need.use is Use.CONSTRAINT), need.path, need.line)


def _is_unlocked(need: Requirement) -> bool:
    """It is for a place of its own, for which nobody asks the lock."""
    return need.use is Use.BUILD or need.group.startswith(HATCH)


def _is_file(need: Requirement) -> bool:
    return _is_file_name(need.path)


def _is_file_name(path: str) -> bool:
    return path.endswith((".txt", ".in", ".pip"))


def _at_once(left: Requirement, right: Requirement) -> float:
    """How sure it is that the two are installed together; 0 if nothing says so. `left` has more say."""
    if Use.BUILD in (left.use, right.use):
        return 0.0
    if left.path == right.path and left.group == right.group:
        return 0.9 if left.use is right.use else 0.0
    if Use.CONSTRAINT in (left.use, right.use):
        return 0.55 if _variant(right.path) else 0.85
    if left.group and right.group:
        return 0.0
    if left.use is Use.RUN and not left.group and (not _is_file(left) or left.path.endswith("requirements.txt")):
        return 0.55 if _variant(right.path) else 0.9 if right.use is Use.RUN else 0.8
    return 0.0


def _variant(path: str) -> bool:
    """A file for another set of versions, by its name: a number, or a word that says so."""
    name = path.rpartition("/")[2].lower()
    return any(c.isdigit() for c in name) or any(
        word in name for word in ("min", "low", "old", "legacy", "latest", "next")
    )


def _exclude(left: Requirement, right: Requirement, *parts: Part) -> bool:
    """No version meets both, and there is a Python on which both are asked for, and on which all the parts run."""
    pythons = reduce(and_, (part.requires_python for part in parts))
    return empty([left.specifier, right.specifier]) and together(left.marker, right.marker, pythons)


def _claim(need: Requirement) -> Claim:
    return Claim(need.name, str(need.specifier) or "in any version", need.path, need.line)


def _locked(part: Part, requirements: Requirements) -> Iterator[Conflict]:
    """Lock entries outside the declared ranges. Several versions of one distribution are for several environments.

    So are two files that both pin everything.
    """
    versions: dict[NormalizedName, list[Locked]] = {}
    for entry in requirements.locks(part):
        versions.setdefault(entry.name, []).append(entry)
    pinned = _pinned(part)
    for need in _ranged(part):
        entries = [one for one in versions.get(need.name, ()) if _comparable(one, need, part)]
        if _is_unlocked(need) or not entries or any(_met(need, one.version) for one in entries):
            continue
        of_file = _is_file_name(entries[0].path)
        if of_file and (need.group or (_is_file(need) and need.path in pinned)):
            continue  # made without that extra, or for another environment
        entry = entries[0]
        is_beside = of_file and _is_file(need) and need.use is not Use.RUN  # tools' own, as often in a place of its own
        lock = Claim(entry.name, f"locked at {entry.version}", entry.path, entry.line)
        yield Conflict(_claim(need), lock, 0.6 if is_beside else 0.85)


def _unlocked(part: Part, requirements: Requirements) -> Iterator[Conflict]:
    """Requirements that the project's lock does not hold: who installs from the lock goes without."""
    for source, locks in _LOCKS.items():
        entries = [one for one in requirements.locks(part) if one.path.rpartition("/")[2] in locks]
        names = {one.name for one in entries}
        for need in part.requirements:
            plain = need.use is Use.RUN and not need.group and need.marker is None and not need.direct
            if entries and plain and need.path.rpartition("/")[2] == source and need.name not in names:
                lock = Claim(need.name, "a lock without it", entries[0].path, 1)
                yield Conflict(lock, _claim(need), 0.8)


def _pinned(part: Part) -> set[str]:
    """Files that pin a whole environment: many requirements, nearly each for one version."""
    pins = Counter(need.path for need in part.requirements if _is_pin(need))
    all_of_it = Counter(need.path for need in part.requirements if not need.direct)
    return {path for path, count in pins.items() if count >= MANY_PINS and count >= 0.9 * all_of_it[path]}


def _is_pin(need: Requirement) -> bool:
    return any(one.operator == "==" for one in need.specifier)


def _comparable(entry: Locked, need: Requirement, part: Part) -> bool:
    return entry.path != need.path and together(entry.marker, need.marker, part.requires_python)


def _met(need: Requirement, version: Version | None) -> bool:
    return version is None or allows(need.specifier, version)


def _between(part: Part, requirements: Requirements) -> Iterator[Conflict]:
    """A part's requirements against those of the parts that it is installed together with."""
    for other in (one for one in requirements.parts if one.folder in part.members):
        for left in (need for need in _ranged(other) if need.use is Use.RUN):
            for right in (need for need in _ranged(part) if need.use is Use.RUN and need.name == left.name):
                if left.path != right.path and _exclude(left, right, part, other):
                    yield Conflict(_claim(left), _claim(right), 0.85)
