"""Passing: which arguments of a call a parameter receives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function
    from seatrial.program.program import Program
    from seatrial.program.taint.nouns import Key

Picked = tuple[int, tuple["Key", ...]]
"""A value of the caller, and what is picked of it."""


def bound(
    program: Program, function: Function, position: int, site: tuple[Function, int], pick: tuple[Key, ...] = ()
) -> Iterator[Picked]:
    """The arguments that parameter `position` of `function` receives from the call at `site` (body, id)."""
    caller, at = site
    call = caller.values[at]
    if type(call) is not f.Call:
        return
    call = _with_bound(caller, call)
    shift = _shift(program, function, caller, at)
    param = function.facts.params[position]
    if shift and position == 0:
        made = program.target(caller, at).made is not None
        yield from ((at if made else call.receiver, pick),) if made or call.receiver >= 0 else ()
    elif param.kind == "star":
        yield from ((value, pick[1:]) for value in call.args[position - shift :])
    elif param.kind == "double-star":
        yield from _others(function, call, pick)
    else:
        yield from _named(param.name, call, pick)
        yield from _placed(caller, call, position - shift, pick) if param.kind != "keyword" else ()


def _with_bound(caller: Function, call: f.Call) -> f.Call:
    """The call of a `functools.partial`, with the arguments that were bound when it was made."""
    maker = caller.values[caller.origin(call.receiver)] if not call.callee and call.receiver >= 0 else None
    if type(maker) is not f.Call or maker.callee.rpartition(".")[2] != "partial":
        return call
    return replace(call, args=(*maker.args[1:], *call.args), keywords=(*maker.keywords, *call.keywords))


def is_self(function: Function, position: int) -> bool:
    """True for the first parameter of a method: what it is called on."""
    return position == 0 and function.cls is not None and function.facts.kind == "function" and not _is_static(function)


def _others(function: Function, call: f.Call, pick: tuple[Key, ...]) -> Iterator[Picked]:
    names = {p.name for p in function.facts.params if p.kind != "double-star"}
    for name, value in call.keywords:
        if name == "**":
            yield value, pick
        elif name not in names and (not pick or pick[0] == name):
            yield value, pick[1:]


def _named(name: str, call: f.Call, pick: tuple[Key, ...]) -> Iterator[Picked]:
    for given, value in call.keywords:
        if given == name:
            yield value, pick
        elif given == "**":
            yield value, (name, *pick)


def _placed(caller: Function, call: f.Call, place: int, pick: tuple[Key, ...]) -> Iterator[Picked]:
    spread = next((a for a in call.args[: place + 1] if type(caller.values[a]) is f.Spread), None)
    if spread is not None:
        yield spread, ()
    elif 0 <= place < len(call.args):
        yield call.args[place], pick


def _shift(program: Program, function: Function, caller: Function, call: int) -> int:
    """1 when the first parameter is what the method is called on."""
    if not is_self(function, 0):
        return int(_is_task_bound(function))
    target = program.target(caller, call)
    is_bound = target.made is not None or (target.receiver is not None and not target.receiver.meta)
    return 1 if is_bound or "classmethod" in _decorators(function) else 0


def _is_task_bound(function: Function) -> bool:
    """`@shared_task(bind=True)`: the task itself is its first parameter, which no caller gives."""
    outer = function.parent
    steps = [outer.values[d] for d in function.facts.decorators] if outer else []
    calls = [s for s in steps if type(s) is f.Call and s.callee.rpartition(".")[2] in {"task", "shared_task"}]
    said = [outer.values[value] for s in calls for name, value in s.keywords if name == "bind"] if outer else []
    return any(type(one) is f.Const and one.value is True for one in said)


def _is_static(function: Function) -> bool:
    return "staticmethod" in _decorators(function)


def _decorators(function: Function) -> set[str]:
    outer = function.parent
    steps = [outer.values[d] for d in function.facts.decorators] if outer else []
    return {s.path.rpartition(".")[2].lstrip("!") for s in steps if type(s) is f.Ref}
