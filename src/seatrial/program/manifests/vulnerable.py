"""Which locked or pinned versions the advisories speak of, and the least version that none of them does."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec
from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from seatrial.model.outside import Advisory, Range
from seatrial.program.manifests.nouns import Requirement, Requirements, Use


class Chosen(msgspec.Struct, frozen=True):
    """A version that the repository has settled on, and where it says so."""

    name: NormalizedName
    version: Version
    path: str
    line: int
    for_development: bool = False


class Vulnerable(msgspec.Struct, frozen=True):
    """A chosen version with the advisories that it is affected by (never empty, sorted by id, one for each fault)."""

    chosen: Chosen
    advisories: tuple[Advisory, ...]
    fixed: str
    """The least later version that no advisory speaks of; empty if none is known."""


def vulnerable(requirements: Requirements, advisories: Iterable[Advisory]) -> Iterator[Vulnerable]:
    """Every chosen version that some advisory affects, once for each place that chooses it."""
    by_name: dict[str, list[Advisory]] = {}
    for one in advisories:
        by_name.setdefault(one.package, []).append(one)
    for pick in dict.fromkeys(chosen(requirements)):
        known = by_name.get(pick.name, [])
        if found := _distinct(one for one in known if affects(one, pick.version)):
            yield Vulnerable(pick, found, _fixed(known, pick.version))


def affects(advisory: Advisory, version: Version) -> bool:
    """Whether an advisory holds for a version."""
    return any(_version(one) == version for one in advisory.versions) or any(
        _within(one, version) for one in advisory.ranges
    )


def chosen(requirements: Requirements) -> Iterator[Chosen]:
    """What the repository has settled on: entries of locks first, then requirements that allow one version alone."""
    locked = {(entry.path, entry.name) for part in requirements.parts for entry in part.locked}
    for part in requirements.parts:
        for entry in part.locked:
            if entry.version:
                yield Chosen(entry.name, entry.version, entry.path, entry.line)
        for need in part.requirements:
            version = _pinned(need)
            if version and (need.path, need.name) not in locked:
                yield Chosen(need.name, version, need.path, need.line, need.use in (Use.DEVELOPMENT, Use.BUILD))


def _pinned(need: Requirement) -> Version | None:
    clauses = list(need.specifier)
    exact = len(clauses) == 1 and clauses[0].operator in ("==", "===") and not clauses[0].version.endswith(".*")
    return _version(clauses[0].version) if exact and not need.direct else None


def _within(affected: Range, version: Version) -> bool:
    start, fixed, last = map(_version, (affected.introduced, affected.fixed, affected.last))
    if (affected.introduced != "0" and start is None) or (affected.fixed and not fixed) or (affected.last and not last):
        return False  # a bound that is no version says nothing
    begun = affected.introduced == "0" or (start is not None and version >= start)
    return begun and not (fixed and version >= fixed) and not (last and version > last)


@lru_cache(maxsize=65_536)
def _version(text: str) -> Version | None:
    try:
        return Version(text) if text else None
    except (InvalidVersion, ValueError):
        return None


def _distinct(found: Iterable[Advisory]) -> tuple[Advisory, ...]:
    """One advisory for each fault: several databases number the same one, and name each other's numbers."""
    kept: list[Advisory] = []
    named: set[str] = set()
    for one in sorted(found, key=lambda one: one.id):
        names = {one.id, *one.aliases}
        if not names & named:
            kept.append(one)
        named |= names
    return tuple(kept)


def _fixed(known: list[Advisory], version: Version) -> str:
    ends = {end for one in known for affected in one.ranges if (end := _version(affected.fixed)) and end > version}
    free = (end for end in sorted(ends) if not any(affects(one, end) for one in known))
    return str(next(free, ""))
