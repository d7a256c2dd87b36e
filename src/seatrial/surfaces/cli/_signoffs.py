"""Shows sign-offs on a terminal."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from seatrial.app.adopt import Adopted
from seatrial.model.signoff import SignOff
from seatrial.model.standing import SHUT, Entry, Fault, Standing, UnitStanding, UnitState, Way
from seatrial.model.text import counted, printable

_FEW = 20
NO_MANDATE = """\
Nobody asks for sign-offs here: there is no .seatrial/roles.toml.
`seatrial init` writes one from the keys and code owners that it finds.
"""


def text(standing: Standing, *, ledger: bool) -> str:
    """The whole page; `ledger`: every record too."""
    if not standing.mandate:
        return NO_MANDATE
    parts = (_counts(standing.units), _open(standing.units), _faults(standing.faults), standing.notices)
    lines = [line for part in parts for line in part]
    lines += _ledger(standing.ledger) if ledger else [_summary(standing.ledger)]
    return "".join(f"{printable(line)}\n" for line in (*lines, way(standing.way)))


def adopted(done: Adopted | None) -> str:
    """What `seatrial init` did about sign-offs."""
    if done is None:
        return ""
    if done.backlog is None:
        return f"Sign-offs are not asked for: {printable(done.why_not)}.\n\n"
    owners = f"Code owners: {printable(', '.join(done.owners))}.\n" if done.owners else ""
    backlog = done.backlog
    read = f"about {backlog.minutes / 60:.0f} hours" if backlog.minutes > 90 else counted(backlog.minutes, "minute")
    return (
        f"From here on new code needs a sign-off: commit {', '.join(done.files)}, and review with `seatrial review`.\n"
        f"First architect: {printable(done.principal)}, with {counted(len(done.keys), 'key')}. {owners}"
        f"Nobody reviews what they committed: add a second person to {done.files[0]}. "
        "Until then you can sign what you wrote without a model as your own; what a model wrote waits for somebody.\n"
        f"Backlog: {backlog.units} units, {backlog.lines} lines, {read} to read; exempt as they are until "
        f"{backlog.expires}.\n{_unparsed(done.unparsed)}\n"
    )


def _unparsed(paths: tuple[str, ...]) -> str:
    if not paths:
        return ""
    python, more = (
        f"Python {sys.version_info[0]}.{sys.version_info[1]}",
        f" and {len(paths) - 1} more" * (len(paths) > 1),
    )
    return (
        f"{python} cannot parse {printable(paths[0])}{more}, so each is one unit: any change of it, of its form too, "
        "needs a sign-off. With the Python that the code is written for, it would be by symbol.\n"
    )


def way(cheapest: Way) -> str:
    """The cheapest way to green in a line."""
    if not cheapest.units:
        return "Nothing is left to sign."
    units, minutes = counted(cheapest.units, "unit"), counted(cheapest.minutes, "minute")
    lines, who = counted(cheapest.lines, "line"), ", ".join(cheapest.roles)
    return f"Cheapest way to green: review {units}, {lines}, about {minutes} ({who})."


def _counts(units: Iterable[UnitStanding]) -> Iterator[str]:
    count, lines = Counter[UnitState](), Counter[UnitState]()
    for one in units:
        count[one.state] += 1
        lines[one.state] += one.lines
    for state in UnitState:
        if count[state]:
            yield f"{state.value:9}  {counted(count[state], 'unit'):>11}  {counted(lines[state], 'line'):>13}"


def _open(units: Iterable[UnitStanding]) -> Iterator[str]:
    """Units that keep the gate shut, those that were signed once first."""
    found = sorted((one for one in units if one.state in SHUT), key=lambda one: (one.state is UnitState.NEVER, one))
    for one in found[:_FEW]:
        settled = f" (settled with {one.settled_by})" if one.settled_by else ""
        yield f"  {one.state.value}: {one.path}:{one.line} {one.name}: {one.why}{settled}"
    if len(found) > _FEW:
        yield f"  and {len(found) - _FEW} more: --json has all"


def _faults(faults: Iterable[Fault]) -> Iterator[str]:
    for fault in faults:
        yield f"WRONG: {fault.what}: {fault.way_to_green}"


def _summary(ledger: tuple[Entry, ...]) -> str:
    idle = sum(bool(entry.problem) for entry in ledger)
    told = f", {idle} of which {'does' if idle == 1 else 'do'} not count" if idle else ""
    return f"{counted(len(ledger), 'record')}{told}: --verify shows {'it' if len(ledger) == 1 else 'all'}"


def _ledger(ledger: Iterable[Entry]) -> Iterator[str]:
    for entry in ledger:
        said = _said(entry.signoff) if entry.signoff else entry.path
        yield f"{entry.id}  {said}: {entry.problem or 'holds'}"


def _said(signoff: SignOff) -> str:
    when = f"{signoff.reviewed_at:%Y-%m-%d}" if signoff.reviewed_at else ""
    units = counted(len(signoff.subjects), "unit")
    return f"{when}  {signoff.kind.value:9}  {signoff.reviewer} as {signoff.role}, {units}"
