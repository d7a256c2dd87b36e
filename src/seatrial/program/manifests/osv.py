"""Read advisories in the format of the Open Source Vulnerability database: https://ossf.github.io/osv-schema/."""

from collections.abc import Iterator
from typing import Any

import msgspec
from packaging.utils import canonicalize_name

from seatrial.model.outside import Advisory, Range

ECOSYSTEM = "PyPI"


class _Package(msgspec.Struct):
    ecosystem: str = ""
    name: str = ""


class _Events(msgspec.Struct):
    type: str = ""
    events: list[dict[str, str]] = []


class _Affected(msgspec.Struct):
    package: _Package | None = None
    ranges: list[_Events] = []
    versions: list[str] = []


class _Entry(msgspec.Struct):
    id: str
    aliases: list[str] = []
    summary: str = ""
    withdrawn: str | None = None
    affected: list[_Affected] = []
    database_specific: dict[str, Any] | None = None


class _Answer(msgspec.Struct):
    """What the database's own interface answers."""

    vulns: list[_Entry]


_DECODER = msgspec.json.Decoder(_Entry | list[_Entry])
_ANSWERS = msgspec.json.Decoder(_Answer)


def read(data: bytes | str) -> tuple[Advisory, ...]:
    """The advisories on Python distributions in one JSON text: an entry, a list of them, or `{"vulns": […]}`.

    Withdrawn ones are left out. Raises `ValueError` for anything else.
    """
    try:
        found = _DECODER.decode(data)
    except msgspec.ValidationError:
        found = _ANSWERS.decode(data).vulns
    entries = found if isinstance(found, list) else [found]
    return tuple(one for entry in entries if not entry.withdrawn for one in _advisories(entry))


def _advisories(entry: _Entry) -> Iterator[Advisory]:
    severity = (entry.database_specific or {}).get("severity", "")
    for affected in entry.affected:
        if affected.package and affected.package.ecosystem.partition(":")[0] == ECOSYSTEM:
            yield Advisory(
                id=entry.id,
                package=canonicalize_name(affected.package.name),
                ranges=tuple(one for events in affected.ranges for one in _ranges(events)),
                versions=tuple(affected.versions),
                aliases=tuple(entry.aliases),
                summary=entry.summary,
                severity=severity if isinstance(severity, str) else "",
            )


def _ranges(events: _Events) -> Iterator[Range]:
    """The stretches between events, which the format lists in order of version. Commits say nothing of versions."""
    if events.type == "GIT":
        return
    start = ""
    for event in events.events:
        if "introduced" in event:
            start = event["introduced"]
        elif start and ("fixed" in event or "last_affected" in event):
            yield Range(start, event.get("fixed", ""), event.get("last_affected", ""))
            start = ""
    if start:
        yield Range(start)
