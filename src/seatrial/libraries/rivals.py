"""Which libraries do the same job, so that a program needs one of them: `rivals.toml`, written by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from seatrial.libraries.loader import expand
from seatrial.libraries.tables import TABLES


@dataclass(frozen=True, slots=True)
class Job:
    """A job, and the names by which each of its libraries does it: top-level module → dotted names."""

    name: str
    group: str
    """Libraries of another group (blocking, async) do the job for other callers."""
    libraries: Mapping[str, tuple[str, ...]]


@cache
def rivals() -> tuple[Job, ...]:
    """The shipped data, read once."""
    data = TABLES.read("rivals.toml")
    del data["modules"]
    return tuple(Job(job, group, _libraries(names)) for job, groups in data.items() for group, names in groups.items())


def _libraries(names: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name in (one for written in names for one in expand(written)):
        head = name.partition(".")[0]
        found[head] = (*found.get(head, ()), name)
    return found
