"""What says who must sign what: a change cannot loosen it for itself."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from seatrial.app.signoffs.state import State
from seatrial.decisions import baseline
from seatrial.decisions.fingerprints import symbols, whole
from seatrial.decisions.signoffs import exemptions, records, revoked, roles, signers
from seatrial.model.mandate import Ask, Exemption, Requirement
from seatrial.model.standing import Fault
from seatrial.model.symbols import FILE

ARCHITECTS = 2
_NEEDS = Requirement(min_reviewers=ARCHITECTS)


def asks(start: State, head: State, root: Path) -> Iterator[Ask]:
    """The files that a change since `start` must have signed by two architects, as they are in `head`."""
    for path in _changed(start, head):
        data = head.files[path] if path in head.files else (root / path).read_bytes()
        for one in symbols(path, data):
            yield Ask(
                path=path,
                name=one.name,
                digest=one.digest,
                requirement=_NEEDS,
                governing=True,
                line=1,
                lines=one.end_line,
                pragmas=one.pragmas,
                signature=one.signature,
            )


def faults(start: State, head: State) -> Iterator[Fault]:
    """What no signature makes right: records that are gone, more exemptions, a mandate that is gone."""
    for path in records.removed(list(start.records.items()), head.records):
        what = f"the sign-off {path} was {'changed' if path in head.files else 'removed'}; records are only ever added"
        yield Fault(what, f"restore it: `git checkout BASE -- {path}`", path)
    if more := exemptions.added(start.exemptions, head.exemptions):
        first = more[0]
        many = f"exemption{'s' * (len(more) != 1)} more than in the base, such as"
        what = f"{len(more)} {many} {first.path}#{first.name}; they may only shrink"
        yield Fault(what, f"take them out of {exemptions.NAME}, and have the code reviewed", exemptions.NAME)
    for path in (roles.NAME, signers.NAME):
        if path in start.files and path not in head.files:
            yield Fault(f"{path} was removed: nobody would have to sign any more", "restore it", path)


def exempt(start: State | None, tip: State, head: State) -> tuple[Exemption, ...]:
    """The exemptions that count: those of the base that the change did not take out.

    What was not there yet when the change began, it did not take out.
    """
    kept = {(one.path, one.name, one.digest): one.expires for one in head.exemptions}
    before = {(one.path, one.name, one.digest) for one in (start or tip).exemptions}
    return tuple(
        msgspec.structs.replace(one, expires=min(one.expires, kept.get(place, one.expires)))
        for one in tip.exemptions
        if (place := (one.path, one.name, one.digest)) in kept or place not in before
    )


def in_parts(exempt: Iterable[Exemption], asks: Mapping[str, list[Ask]], root: Path) -> Iterator[Exemption]:
    """The exemptions of files that were exempt as a whole, for the units that this Python finds in the same bytes.

    What an older Python could not parse was one unit there.
    """
    for one in exempt:
        units = asks.get(one.path, []) if one.name == FILE else []
        if all(ask.name == FILE for ask in units):
            continue
        if whole(one.path, (root / one.path).read_bytes()).digest.startswith(one.digest):
            for ask in units:
                yield msgspec.structs.replace(one, name=ask.name, digest=ask.digest[: exemptions.DIGITS])


def _changed(start: State, head: State) -> Iterator[str]:
    for path in (roles.NAME, signers.NAME):
        if path in head.files and head.files[path] != start.files.get(path):
            yield path
    if not head.revoked.covers(start.revoked):
        yield revoked.NAME
    if head.options != start.options and (file := head.settings_file or start.settings_file):
        yield file
    if _grew(start.files.get(baseline.NAME), head.files.get(baseline.NAME)):
        yield baseline.NAME


def _grew(before: bytes | None, after: bytes | None) -> bool:
    return after is not None and not baseline.is_part(after, before or b"")
