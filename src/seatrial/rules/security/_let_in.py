"""What lets strangers in on purpose: a setting that says so, or the page on which the first user is made."""

from __future__ import annotations

from seatrial.model.facts import AnyValue, Attr, Call, Compare, Const, Ref, Unary
from seatrial.program import Function, Program
from seatrial.program.endpoints import Endpoint, lexicon

_NAMING = frozenset({Attr, Const, Ref})
_ANY = frozenset({"count", "exists"})
"""Calls that ask whether there are any rows."""


def is_opened(entry: Function) -> bool:
    """It asks a setting whether strangers may: `config["ALLOW_GUEST_ORDERS"]`."""
    steps = (entry.values[at] for at in entry.of(_NAMING))
    return any(lexicon.speaks_of_opening(_name(step)) for step in steps)


def _name(step: AnyValue) -> str:
    if isinstance(step, Const):
        return step.value if isinstance(step.value, str) else ""
    return step.name if isinstance(step, Attr) else step.path.rpartition(".")[2] if isinstance(step, Ref) else ""


def is_first_start(program: Program, endpoint: Endpoint) -> bool:
    """It goes on only while there is no user, so that nobody could log in: the page on which the first one is made."""
    user = program.types.user()
    for entry in endpoint.entries:
        for call in entry.calls:
            step = entry.values[call]
            if isinstance(step, Call) and step.callee.rpartition(".")[2] in _ANY and step.receiver >= 0:
                rows = program.type_of(entry, step.receiver)
                if rows is not None and rows.element == user and _is_asked(entry, call):
                    return True
    return False


def _is_asked(entry: Function, value: int) -> bool:
    """One branch depends on it, at most by way of a comparison."""
    asked = {value, *(user for user in entry.users.get(value, ()) if isinstance(entry.values[user], Compare | Unary))}
    return any(region.kind == "if" and region.subject in asked for region in entry.regions)
