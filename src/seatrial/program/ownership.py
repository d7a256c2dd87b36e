"""Ownership: whether what a body opens is given back there, handed on to others, or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from seatrial.model import facts as f
from seatrial.program.arguments import receiving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.program.parts import Function
    from seatrial.program.program import Program

DEPTH = 3
"""How many functions a thing that is lent is followed into."""
_READERS = frozenset(
    {"load", "safe_load", "reader", "DictReader", "writer", "DictWriter", "parse", "loads", "dump", "safe_dump"}
)
"""Functions that use an open file given to them and leave its closing to the caller."""

_PIPES = frozenset({"stdin", "stdout", "stderr"})
"""Attributes of a child process: whoever gets one reads it to its end."""


class Fate(msgspec.Struct, frozen=True):
    """What becomes of an opened thing. `leaves` is the value at which the body is left with it still open, or NONE."""

    kind: Literal["closed", "handed on", "lost", "lost on a way", "lost on failure"]
    leaves: int = f.NONE


def fate(program: Program, function: Function, opened: int, closers: Sequence[str], depth: int = 0) -> Fate:
    """What becomes of the thing that the call `opened` opens; `closers` are the methods that close it."""
    known = aliases(function, opened)
    if any(region.kind == "with" and region.subject in known for region in function.regions):
        return Fate("closed")
    closes: list[int] = []
    for alias in known:
        for user in function.users.get(alias, ()):
            step = function.values[user]
            if type(step) is f.Call and step.receiver == alias and step.callee in closers:
                closes.append(user)
            elif _hands_on(program, function, user, alias, closers, depth):
                return Fate("handed on")
    if _is_captured(function, known):
        return Fate("handed on")
    if not closes:
        return Fate("lost")
    return _on_each_way(function, opened, closes, known)


def clauses(function: Function, region: f.Region) -> list[f.Region]:
    """The `except`, `orelse` and `finally` regions that belong to a `try`."""
    found = []
    for other in function.regions:
        if other.parent == region.parent and other.start >= region.end:
            if other.kind not in {"except", "orelse", "finally"}:
                break
            found.append(other)
    return found


def aliases(function: Function, value: int) -> set[int]:
    """The ids under which a value goes: itself, awaited, or one of the options of a choice."""
    found, pending = {value}, [value]
    while pending:
        for user in function.users.get(pending.pop(), ()):
            if user not in found and type(function.values[user]) in {f.Phi, f.Await, f.Conditional}:
                found.add(user)
                pending.append(user)
    return found


def _hands_on(program: Program, function: Function, user: int, alias: int, closers: Sequence[str], depth: int) -> bool:
    step = function.values[user]
    if type(step) is f.Call and step.receiver == alias and step.callee == "fileno":
        return any(_is_dup(function, number) for number in function.users.get(user, ()))
    if type(step) is f.Call:
        return step.receiver != alias and not _is_lent(program, function, user, alias, closers, depth)
    if type(step) is f.Attr:  # its closing itself is handed on: `atexit.register(file.close)`; or its end of a pipe
        is_pipe = step.name in _PIPES and any(
            type(function.values[u]) is f.Return for u in function.users.get(user, ())
        )
        return step.name in closers or is_pipe
    if type(step) is f.Store:
        return step.outer or not function.is_callable
    return type(step) in {f.Return, f.Yield, f.StoreAttr, f.StoreItem, f.Collection, f.Spread, f.Other, f.Binary}


def _is_lent(program: Program, function: Function, user: int, alias: int, closers: Sequence[str], depth: int) -> bool:
    """The call uses the thing and leaves it to the caller: it keeps no reference to it and does not close it."""
    step = function.values[user]
    assert type(step) is f.Call
    target = program.target(function, user)
    if target.functions and target.made is None and depth < DEPTH:
        places = [(g, i) for g in target.functions for i in receiving(step, g, alias)]
        return bool(places) and all(fate(program, g, i, closers, depth + 1).kind == "lost" for g, i in places)
    name = step.callee.rpartition(".")[2].lstrip("!:?")
    if target.functions or target.made is not None:
        return False
    if name in _READERS:
        return True
    thing, receiver = program.type_of(function, alias), target.receiver
    return thing is not None and receiver is not None and thing.name == receiver.name and not name[:1].isupper()


def _is_dup(function: Function, call: int) -> bool:
    """The descriptor takes another's place, for the rest of the process: `os.dup2(log.fileno(), 1)`."""
    step = function.values[call]
    return type(step) is f.Call and step.callee == "os.dup2"


def _is_captured(function: Function, known: set[int]) -> bool:
    """A function that is defined inside reads the variable."""
    names = {s.name for s in function.values if type(s) is f.Store and s.value in known}
    inner = [g for g in function.file.functions if g.parent is function]
    return any(type(v) is f.Free and v.name in names for g in inner for v in g.values)


def _on_each_way(function: Function, opened: int, closes: Sequence[int], known: set[int]) -> Fate:
    """Whether a closing lies on every way from the opening out of the body."""
    if any(region.kind in {"finally", "with"} for c in closes for region in function.enclosing(c)):
        return Fate("closed")
    first = min(closes)
    for value in range(opened + 1, first):
        step = function.values[value]
        if type(step) in {f.Return, f.Raise} and not _is_handler_of(function, opened, value):
            return Fate("lost on a way", value)
    handled = any(region.kind == "except" for c in closes for region in function.enclosing(c))
    between = (c for c in function.calls if opened < c < first)
    failing = next((c for c in between if not _sets_up(function, c, known)), f.NONE)
    return Fate("lost on failure", failing) if failing >= 0 and not handled else Fate("closed")


def _sets_up(function: Function, call: int, known: set[int]) -> bool:
    """The thing itself is told how it is to be, which does not fail: `client.set_missing_host_key_policy(…)`."""
    step = function.values[call]
    if type(step) is f.Call and step.receiver in known:
        return step.callee.startswith("set")
    users = function.users.get(call, ())
    return bool(users) and all(_sets_up(function, user, known) for user in users if user > call)


def _is_handler_of(function: Function, opened: int, value: int) -> bool:
    """The way out lies in the handler of the `try` in which the opening itself stands: then nothing was opened."""
    tries = [r for r in function.enclosing(opened) if r.kind == "try"]
    handlers: Iterator[f.Region] = (r for r in function.enclosing(value) if r.kind == "except")
    return any(h.parent == t.parent and h.start >= t.end for h in handlers for t in tries)
