"""Joins: where two ways meet, which value comes by which, and what is known on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.taint.nouns import Condition
from seatrial.program.taint.outcomes import constant, truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function


def arms(function: Function, value: int, phi: f.Phi) -> Iterator[tuple[int, int, tuple[Condition, ...]]]:
    """The options of a `Phi`, each with the place where its way ends and the condition known on that way, if one is.

    Ways that are never taken, as literals decide, are left out.
    """
    merged = _merged(function, value) if len(phi.options) == len(("then", "other")) else None
    if merged is None:
        for option in _taken(function, value, phi):
            yield option, value, ()
        return
    then, other = merged
    outcome = truth(function, then.subject)
    if outcome is not False:
        yield phi.options[0], then.end - 1, (Condition(then.subject, holds=True), *_left(function, then))
    if outcome is not True:
        known = (Condition(then.subject, holds=False), *(_left(function, other) if other else ()))
        yield phi.options[1], value if other is None else other.end - 1, known


def _left(function: Function, branch: f.Region) -> Iterator[Condition]:
    """What a test at the very end of a branch lets on: `if not is_good(x): return`."""
    for region in function.regions:
        is_last = region.kind in {"if", "else"} and region.end == branch.end and region.start > branch.start
        if is_last and region.exits and function.regions[region.parent] == branch:
            yield Condition(region.subject, holds=region.kind == "else")


def _taken(function: Function, value: int, phi: f.Phi) -> tuple[int, ...]:
    """The options that the `match` before a `Phi` leaves, where literals decide its case; else all."""
    cases = [
        r for r in function.regions if r.kind == "case" and r.end <= value and r.parent == function.region_of[value]
    ]
    if not cases or any(type(v) is not f.Phi for v in function.values[cases[-1].end : value]):
        return phi.options
    subject = constant(function, cases[-1].subject)
    if subject is None:
        return tuple(one for one in phi.options if not _is_told(function, cases, one))
    for case in (case for case in cases if case.subject == cases[-1].subject):
        body = function.values[case.start : case.end]
        tests = [step for step in body if type(step) is f.Compare and step.left == case.subject]
        if not tests or any(constant(function, test.right) == subject for test in tests):
            stored = [step.value for step in body if type(step) is f.Store and step.value in phi.options]
            return (stored[-1],) if len(stored) == 1 else phi.options
    return phi.options


def _is_told(function: Function, cases: list[f.Region], option: int) -> bool:
    """It comes by cases alone in which it is one of some literals: `case "a" | "b": chosen = sent`."""
    cases = [case for case in cases if case.subject == cases[-1].subject]
    if function.origin(option) != function.origin(cases[-1].subject):
        return False
    storing = [case for case in cases if _stores(function, case, option)]
    return bool(storing) and all(_is_of_literals(function, case) for case in storing)


def _stores(function: Function, case: f.Region, option: int) -> bool:
    steps = function.values[case.start : case.end]
    return any(type(step) is f.Store and step.value == option for step in steps)


def _is_of_literals(function: Function, case: f.Region) -> bool:
    steps = function.values[case.start : case.end]
    tests = [step for step in steps if type(step) is f.Compare and step.left == case.subject]
    return bool(tests) and all(test.op == "==" and constant(function, test.right) is not None for test in tests)


def filters(function: Function, value: int, comprehension: int) -> tuple[Condition, ...]:
    """The conditions of a comprehension: what is known of the elements that it lets through."""
    first = function.regions[comprehension].start
    inside = (r for r in function.regions if r.kind == "if" and first <= r.start and r.end == value)
    return tuple(Condition(region.subject, holds=True) for region in inside)


def _merged(function: Function, value: int) -> tuple[f.Region, f.Region | None] | None:
    """The branch (and its `else`) that ends right before a `Phi`."""
    parent = function.region_of[value]
    last: tuple[f.Region, f.Region | None] | None = None
    for region in function.regions:
        if region.start > value:
            break
        if region.parent == parent and region.end <= value:
            if last is not None and region.kind == "else" and last[0].end == region.start:
                last = (last[0], region)
            else:
                last = (region, None)
    if last is None or last[0].kind != "if" or last[0].subject < 0:
        return None
    end = last[0].end if last[1] is None else last[1].end
    return last if all(type(v) is f.Phi for v in function.values[end:value]) else None
