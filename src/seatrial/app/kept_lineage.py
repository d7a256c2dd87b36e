"""Packs what is known of the lines of some commits, to be kept between runs. Commits share most of their files."""

from array import array
from collections.abc import Mapping

import msgspec

from seatrial.decisions.provenance.labels import Entry, Labels
from seatrial.decisions.provenance.lineage import State, Version

_GONE = -1


class _Packed(msgspec.Struct, frozen=True):
    entries: list[Entry]
    marks: dict[str, bytes]
    versions: list[tuple[str, bytes]]
    base: dict[str, int]
    others: dict[str, dict[str, int]]
    """The files of each commit that are not as in `base`."""


class Kept(msgspec.Struct, frozen=True):
    """What was kept: states by commit, what the numbers in them mean, and digests of marks by commit."""

    states: dict[str, State]
    entries: list[Entry]
    marks: dict[str, bytes]


def pack(states: Mapping[str, State], head: str, labels: Labels, marks: Mapping[str, bytes]) -> bytes:
    """The states as bytes."""
    numbers: dict[int, int] = {}
    versions: list[tuple[str, bytes]] = []

    def number(version: Version) -> int:
        if id(version) not in numbers:
            numbers[id(version)] = len(versions)
            versions.append((version.oid, array("I", version.lines).tobytes()))
        return numbers[id(version)]

    base = {path: number(version) for path, version in states[head].items()}
    others = {}
    for oid, state in states.items():
        own = {path: number(version) for path, version in state.items() if version is not states[head].get(path)}
        others[oid] = own | dict.fromkeys(states[head].keys() - state.keys(), _GONE)
    return msgspec.msgpack.encode(_Packed(labels.entries, dict(marks), versions, base, others))


def unpack(data: bytes) -> Kept | None:
    """The states again; None if the bytes are of another time or machine."""
    try:
        packed = msgspec.msgpack.decode(data, type=_Packed)
    except msgspec.MsgspecError:
        return None
    versions = [Version(oid, array("I", lines).tolist()) for oid, lines in packed.versions]
    states = {oid: _state(packed.base, own, versions) for oid, own in packed.others.items()}
    return Kept(states, packed.entries, packed.marks)


def _state(base: Mapping[str, int], own: Mapping[str, int], versions: list[Version]) -> State:
    return {path: versions[number] for path, number in {**base, **own}.items() if number != _GONE}
