"""Ownership: whether what a body opens is given back there, handed on to others, or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.program.parts import Function
    from seatrial.program.program import Program

_READERS = frozenset(
    {"load", "safe_load", "reader", "DictReader", "writer", "DictWriter", "parse", "loads", "dump", "safe_dump"}
)
"""Functions that use an open file given to them and leave its closing to the caller."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an opened thing. `leaves` is the value at which the body is left with it still open, or NONE."""

    kind: Literal["closed", "handed on", "lost", "lost on a way"]
    leaves: int = f.NONE


def fate(program: Program, function: Function, opened: int, closers: Sequence[str]) -> Fate:
    """What becomes of the thing that the call `opened` opens; `closers` are the methods that close it."""
    aliases = _aliases(function, opened)
    if any(region.kind == "with" and region.subject in aliases for region in function.regions):
        return Fate("closed")
    closes: list[int] = []
    for alias in aliases:
        for user in function.users.get(alias, ()):
            step = function.values[user]
            if type(step) is f.Call and step.receiver == alias and step.callee in closers:
                closes.append(user)
            elif _hands_on(program, function, step, user, alias):
                return Fate("handed on")
    if _is_captured(function, aliases):
        return Fate("handed on")
    if not closes:
        return Fate("lost")
    leaves = _left_open(function, opened, closes)
    return Fate("lost on a way", leaves) if leaves >= 0 else Fate("closed")


def _aliases(function: Function, value: int) -> set[int]:
    """The ids under which a value goes: itself, awaited, or one of the options of a choice."""
    found, pending = {value}, [value]
    while pending:
        for user in function.users.get(pending.pop(), ()):
            if user not in found and type(function.values[user]) in {f.Phi, f.Await, f.Conditional}:
                found.add(user)
                pending.append(user)
    return found


def _hands_on(program: Program, function: Function, step: f.AnyValue, user: int, alias: int) -> bool:
    if type(step) is f.Call and step.receiver != alias:
        return not _only_reads(program, function, step, user)
    if type(step) is f.Store:
        return step.outer or not function.is_callable
    return type(step) in {f.Return, f.Yield, f.StoreAttr, f.StoreItem, f.Collection, f.Spread, f.Other, f.Binary}


def _only_reads(program: Program, function: Function, step: f.Call, user: int) -> bool:
    target = program.target(function, user)
    return not target.functions and target.made is None and step.callee.rpartition(".")[2] in _READERS


def _is_captured(function: Function, aliases: set[int]) -> bool:
    """A function that is defined inside reads the variable."""
    names = {s.name for s in function.values if type(s) is f.Store and s.value in aliases}
    inner = [g for g in function.file.functions if g.parent is function]
    return any(type(v) is f.Free and v.name in names for g in inner for v in g.values)


def _left_open(function: Function, opened: int, closes: Sequence[int]) -> int:
    """The first way out of the body, after the opening, that no closing precedes; NONE if a `finally` closes."""
    if any(region.kind == "finally" for c in closes for region in function.enclosing(c)):
        return f.NONE
    first = min(closes)
    for value in range(opened + 1, first):
        step = function.values[value]
        if type(step) in {f.Return, f.Raise} and not _is_handler_of(function, opened, value):
            return value
    return f.NONE


def _is_handler_of(function: Function, opened: int, value: int) -> bool:
    """The way out lies in the handler of the `try` in which the opening itself stands: then nothing was opened."""
    tries = [r for r in function.enclosing(opened) if r.kind == "try"]
    handlers: Iterator[f.Region] = (r for r in function.enclosing(value) if r.kind == "except")
    return any(h.parent == t.parent and h.start >= t.end for h in handlers for t in tries)
