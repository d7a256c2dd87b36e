"""Containers: what is put into lists, dictionaries and objects once they are made, and which part is taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.ownership import aliases
from seatrial.program.taint.nouns import EVERY, Edge, Key, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries import FunctionModel
    from seatrial.program.parts import Function
    from seatrial.program.program import Program

MUTABLE = frozenset({f.Collection, f.Call})
"""Kinds of value that make something new, which may be filled afterwards."""

_BEHIND = frozenset({"append", "extend"})
_BY_NAME = frozenset({"update", "setdefault", "read_dict"})
"""Methods that put in under a name which they are given with the value."""
_BY_TABLE = frozenset({"update", "read_dict"})
"""Those that are given names and values in one dictionary."""

_BARE = {"os.path.splitext": 1, "os.path.split": 1}
"""Functions that take paths apart, and the part that cannot hold a separator."""
_SPLITS = frozenset({"split", "rsplit"})
_SEPARATORS = frozenset({".", "/"})
"""What stands in front of the last part of a name: neither `..` nor a way further lies in what follows it."""


def items(function: Function, step: f.Collection, pick: tuple[Key, ...]) -> Iterator[tuple[int, tuple[Key, ...]]]:
    """The items of a literal under the key picked, with what is left to pick; all items if none is picked."""
    if step.kind == "dict" and step.region < 0:
        yield from _entries(function, step, pick)
    elif step.kind == "dict":
        yield step.items[-1], pick[1:]
    elif step.region >= 0 or not pick or not isinstance(pick[0], int):
        yield from ((item, pick[1:]) for item in step.items)
    else:
        spread = any(type(function.values[i]) is f.Spread for i in step.items)
        chosen = step.items if spread or not -len(step.items) <= pick[0] < len(step.items) else (step.items[pick[0]],)
        yield from ((item, pick[1:]) for item in chosen)


def _entries(function: Function, step: f.Collection, pick: tuple[Key, ...]) -> Iterator[tuple[int, tuple[Key, ...]]]:
    spread = [item for item in step.items if type(function.values[item]) is f.Spread]
    yield from ((item, pick) for item in spread)
    others = [item for item in step.items if item not in spread]
    if len(others) % 2:
        yield from ((item, ()) for item in others)
        return
    for key, value in zip(others[::2], others[1::2], strict=True):
        name = function.values[function.origin(key)]
        if not pick:
            yield key, ()
            yield value, ()
        elif type(name) is not f.Const or pick[0] in {name.value, EVERY}:
            yield value, pick[1:]


def filled(program: Program, spot: Spot) -> Iterator[Edge]:
    """What is put into a fresh container or object later in the same body, under the key picked."""
    function = spot.function
    for held in aliases(function, spot.value):
        for user in function.users.get(held, ()):
            yield from _put(program, spot, held, user)


def _put(program: Program, spot: Spot, held: int, user: int) -> Iterator[Edge]:
    step = spot.function.values[user]
    if type(step) is f.StoreItem and step.base == held:
        key = spot.function.values[spot.function.origin(step.key)]
        if not spot.pick or type(key) is not f.Const or spot.pick[0] in {key.value, EVERY}:
            yield _edge(spot, step.value, user, spot.pick[1:])
    elif type(step) is f.Index and step.base == held:
        yield from _put_inside(program, spot, step, user)
    elif type(step) is f.StoreAttr and step.base == held:
        if not spot.pick or step.name == spot.pick[0]:
            yield _edge(spot, step.value, user, spot.pick[1:])
    elif type(step) is f.Call and step.receiver == held:
        yield from _put_by_call(program, spot, step, user)
    elif type(step) is f.Call and step.callee == "!setattr" and len(step.args) == len(("object", "name", "value")):
        name = spot.function.values[spot.function.origin(step.args[1])]
        if step.args[0] == held and (not spot.pick or type(name) is not f.Const or name.value == spot.pick[0]):
            yield _edge(spot, step.args[2], user, spot.pick[1:])


def _put_by_call(program: Program, spot: Spot, step: f.Call, user: int) -> Iterator[Edge]:
    model = program.target(spot.function, user).model
    keys = keys_of(spot.function, step, model)
    if not keys and spot.pick and _is_name(spot.pick[0]) and step.callee not in _BY_NAME:
        return  # what is put into a list or written to a file is no attribute of it
    if spot.pick[:1] == (0,) and step.callee in _BEHIND and _has_items(spot.function, spot.value):
        return  # what comes first was there before
    if all(key is None or asked in {key, EVERY} for key, asked in zip(keys, spot.pick, strict=False)):
        for value in model.fills.select(step) if model and model.fills else ():
            is_table = step.callee in _BY_TABLE and value in step.args
            yield _edge(spot, value, user, spot.pick if is_table else spot.pick[max(len(keys), 1) :])


def _has_items(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    return type(step) is f.Collection and bool(step.items) and step.region < 0


def _is_name(key: Key) -> bool:
    return isinstance(key, str) and key != EVERY


def _put_inside(program: Program, spot: Spot, step: f.Index, at: int) -> Iterator[Edge]:
    """What is put into a container inside another one: `settings["shop"]["name"] = x`."""
    key = spot.function.values[spot.function.origin(step.key)]
    if spot.pick and type(key) is f.Const and spot.pick[0] not in {key.value, EVERY}:
        return
    inner = spot._replace(pick=spot.pick[1:])
    for user in spot.function.users.get(at, ()):
        put = spot.function.values[user]
        if type(put) is f.StoreItem or (type(put) is f.Call and put.receiver == at):
            yield from _put(program, inner, at, user)


def keys_of(function: Function, step: f.Call, model: FunctionModel | None) -> tuple[Key | None, ...]:
    """The keys under which a call puts in or takes out, outermost first; None for one that is not known."""
    given = model.keys.select(step) if model and model.keys else ()
    literals = (function.values[function.origin(value)] for value in given)
    return tuple(one.value if type(one) is f.Const and isinstance(one.value, str | int) else None for one in literals)


def _edge(spot: Spot, value: int, user: int, pick: tuple[Key, ...]) -> Edge:
    return Edge(Spot(spot.function, value, spot.context, pick), user)


def is_bare_part(function: Function, whole: int, index: int | None) -> bool:
    """The component of a path that holds no way out: the extension, or the last name."""
    step = function.values[function.origin(whole)]
    if type(step) is not f.Call or index is None:
        return False
    if step.callee.rpartition(".")[2] in _SPLITS and step.receiver >= 0:
        by = function.values[function.origin(step.args[0])] if step.args else None
        is_whole = type(by) is f.Const and by.value == "/"  # between two of these, wherever it stands
        return is_whole or (index == -1 and type(by) is f.Const and by.value in _SEPARATORS)
    name = step.callee.removeprefix("?")
    return index in {_BARE.get(name), -1} and name in _BARE


def integer(function: Function, value: int) -> int | None:
    """The whole number that is written there."""
    step = function.values[function.origin(value)] if value >= 0 else None
    if type(step) is f.Unary and step.op == "-":
        inner = integer(function, step.value)
        return None if inner is None else -inner
    return step.value if type(step) is f.Const and type(step.value) is int else None
