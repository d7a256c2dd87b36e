"""Exact places: what stands at one place of a list, dictionary or text that one stretch of code makes and reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.taint.containers import integer
from seatrial.program.taint.outcomes import constant

if TYPE_CHECKING:
    from seatrial.program.parts import Function

_READS = frozenset({"get", "keys", "values", "items", "copy"})
"""Methods of a dictionary that leave it as it is."""


def at_place(function: Function, whole: int, key: int, at: int) -> int | None:
    """What stands under a literal key or number when it is read at `at`; None if it is not known for certain."""
    number = integer(function, key)
    if number is not None:
        items = _listed(function, whole, at)
        return items[number] if items is not None and -len(items) <= number < len(items) else None
    step = function.values[function.origin(key)]
    return _entry(function, whole, step.value, at) if type(step) is f.Const and isinstance(step.value, str) else None


def is_own_text(function: Function, whole: int, key: int) -> bool:
    """A slice of a text that ends before what the program did not write begins: `("bar" + name)[:3]`."""
    slice_ = _slice(function, key)
    step = function.values[function.origin(whole)]
    if slice_ is None or slice_[0] not in {None, 0} or slice_[1] is None or slice_[1] < 0:
        return False
    left = constant(function, step.left) if type(step) is f.Binary and step.op == "+" else None
    return isinstance(left, str) and slice_[1] <= len(left)


def _listed(function: Function, whole: int, at: int) -> list[int] | None:
    """The items of a list, or of a slice of one, when it is read at `at`."""
    made = function.origin(whole)
    step = function.values[made]
    if type(step) is f.Index:
        items, slice_ = _listed(function, step.base, made), _slice(function, step.key)
        return items[slice(*slice_)] if items is not None and slice_ is not None else None
    if type(step) is not f.Collection or step.kind not in {"list", "tuple"} or step.region >= 0:
        return None
    items = list(step.items)
    for user in _changes(function, made, at):
        changed = _changed(function, items, function.values[user], made) if user >= 0 else None
        if changed is None:
            return None
        items = changed
    return None if any(type(function.values[item]) is f.Spread for item in items) else items


def _changes(function: Function, made: int, at: int) -> list[int]:
    """The uses of a container before it is read; NONE among them for one that may come later or not at all."""
    region = function.region_of
    found = []
    for user in function.users.get(made, ()):
        if user != at and type(function.values[user]) is not f.Store:
            is_plain = region[user] == region[made] == region[at] and user < at
            found.append(user if is_plain else f.NONE)
    return found


def _changed(function: Function, items: list[int], change: f.AnyValue, made: int) -> list[int] | None:
    """The items after a call on their list; None if what it does to them is not known."""
    if type(change) is f.Index and change.base == made:
        return items
    if type(change) is not f.Call or change.receiver != made or change.keywords:
        return None
    if change.callee == "append" and len(change.args) == 1:
        return [*items, change.args[0]]
    place = integer(function, change.args[0]) if change.args else -1
    if place is None or not -len(items) <= place < len(items):
        return None
    if change.callee == "insert" and len(change.args) == len(("place", "item")):
        return [*items[:place], change.args[1], *items[place:]]
    if change.callee != "pop":
        return None
    return [item for index, item in enumerate(items) if index != place % len(items)]


def _entry(function: Function, whole: int, key: str, at: int) -> int | None:
    """What a dictionary holds under a key, which is put in before it is read; the last that is put in."""
    made = function.origin(whole)
    step = function.values[made]
    if type(step) is not f.Collection or step.kind != "dict" or step.region >= 0 or len(step.items) % 2:
        return None
    keys = [constant(function, name) for name in step.items[::2]]
    held = next((v for k, v in zip(reversed(keys), reversed(step.items[1::2]), strict=True) if k == key), None)
    if None in keys:
        return None
    for user in _changes(function, made, at):
        put = function.values[user] if user >= 0 else None
        if type(put) is f.StoreItem and put.base == made and put.value != made:
            name = constant(function, put.key)
            if name is None:
                return None
            held = put.value if name == key else held
        elif not _is_read(put, made):
            return None
    return held


def _is_read(step: f.AnyValue | None, made: int) -> bool:
    if type(step) is f.Call:
        return step.receiver == made and step.callee in _READS
    return type(step) is f.Index and step.base == made


def _slice(function: Function, key: int) -> tuple[int | None, ...] | None:
    """The start, stop and step of a slice that is written in numbers."""
    step = function.values[function.origin(key)]
    if type(step) is not f.Collection or step.kind != "slice":
        return None
    parts = [function.values[function.origin(item)] if item >= 0 else None for item in step.items]
    known = [
        None if part is None or (type(part) is f.Const and part.value is None) else i for i, part in enumerate(parts)
    ]
    numbers = [None if i is None else integer(function, step.items[i]) for i in known]
    return None if any(i is not None and n is None for i, n in zip(known, numbers, strict=True)) else tuple(numbers)
