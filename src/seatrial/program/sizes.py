"""Sizes: whether a collection is bounded by the program's text or grows with data."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.arguments import passed
from seatrial.program.chains import chain
from seatrial.program.names import External, Variable
from seatrial.program.parts import LOOPS, Function

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from seatrial.program.types import Types

_SETTINGS = "django.conf.settings."
FEW = 20
"""As many as one does not wait for, even if each costs a query."""
DEPTH = 12
"""How many steps back a collection is followed."""
FOLLOWED = 6
"""Up to how many steps callers are asked."""


class Size(StrEnum):
    """How large a collection can become."""

    BOUNDED = "bounded"
    """Written out in the program: a literal, `range(3)`, an enum."""
    ROWS = "rows"
    """Rows of a table."""
    UNKNOWN = "unknown"
    """Comes from a parameter, a call or a field: as large as the caller likes."""


_KEEP = frozenset(
    {"!list", "!tuple", "!sorted", "!reversed", "!set", "!enumerate", "!iter", "!zip", "!frozenset", "itertools.chain"}
)
_BATCHES = re.compile(r"(?i)batch|chunk|paginat|partition")
"""Names of functions that hand out a collection in pieces."""
_VIEWS = frozenset({"items", "keys", "values", "copy", "difference"})
"""Methods whose result is not larger than what they are called on."""
_KEYS = frozenset({"pk__in", "id__in"})
_GROW = frozenset({"append", "add", "extend", "update", "setdefault", "insert", "appendleft"})


def size(types: Types, function: Function, value: int, depth: int = 0) -> Size:
    """How large the collection held by `value` can become."""
    value = function.origin(value)
    if depth > DEPTH or value < 0:
        return Size.UNKNOWN
    step = function.values[value]
    if type(step) is f.Collection:
        return _literal(types, function, step, value, depth)
    if type(step) is f.Const:
        return Size.BOUNDED
    if type(step) is f.Call:
        return _call(types, function, step, value, depth)
    if type(step) is f.Index and _ends(function, step):
        return Size.BOUNDED if takes_few(types, function, step) else Size.UNKNOWN
    if type(step) is f.Ref:
        return _named(types, function, step.path, value, depth)
    if type(step) is f.Phi or type(step) is f.Binary:
        return _merged(types, function, step, value, depth)
    few = type(step) is f.Param and _is_given_few(types, function, step.name, depth)
    return Size.BOUNDED if few else _by_type(types, function, value)


def _merged(types: Types, function: Function, step: f.Phi | f.Binary, value: int, depth: int) -> Size:
    if type(step) is f.Binary:
        return _combined(types, function, step, depth)
    assert type(step) is f.Phi
    if _is_rebuilt(function, step, value):
        return Size.UNKNOWN
    sizes = {size(types, function, option, depth + 1) for option in step.options if option < value}
    return sizes.pop() if len(sizes) == 1 else Size.UNKNOWN


def _is_rebuilt(function: Function, step: f.Phi, value: int) -> bool:
    """A variable that each round of a loop sets to something made of it: `found = found + [row]`, `[*found, row]`."""
    back = [option for option in step.options if option > value]
    merged = (function.values[option] for option in back)
    made = [*back, *(inner for one in merged if type(one) is f.Phi for inner in one.options)]
    return any(type(function.values[option]) in {f.Binary, f.Collection} for option in made if option != value)


def takes_few(types: Types, function: Function, step: f.Index) -> bool:
    """A slice with a small end that is written out, or set by whoever runs the program: `rows[:5]`."""
    ends = _ends(function, step)
    end = _written(types, function, ends[0]) if ends else None
    return type(end) is f.Ref or (type(end) is f.Const and isinstance(end.value, int) and 0 <= end.value <= FEW)


def _ends(function: Function, step: f.Index) -> tuple[int, ...]:
    """The end of a slice, if it has one."""
    key = function.values[step.key]
    ends = key.items[1:2] if type(key) is f.Collection and key.kind == "slice" else ()
    return tuple(end for end in ends if end >= 0 and not _is_none(function, end))


def _is_none(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    return type(step) is f.Const and step.kind == "none"


def _written(types: Types, function: Function, value: int) -> f.Const | f.Ref | None:
    """The constant that a value is, also if it has a name; the name itself if it is a setting; None for all else."""
    step = function.values[function.origin(value)]
    if type(step) is f.Const:
        return step
    if type(step) is not f.Ref:
        return None
    named = types.names.resolve(function.file, step.path)
    if isinstance(named.entity, External) and named.entity.name.startswith(_SETTINGS):
        return step
    if not isinstance(named.entity, Variable) or named.rest:
        return None
    body, held = named.entity.function, named.entity.value
    constant = body.values[body.origin(held)]
    return constant if type(constant) is f.Const else None


def _combined(types: Types, function: Function, step: f.Binary, depth: int) -> Size:
    """`a + b` is as large as the larger, `a - b` at most as large as `a`, `a & b` as the smaller."""
    left = size(types, function, step.left, depth + 1)
    if step.op not in {"+", "|", "&"}:
        return left if step.op == "-" else Size.UNKNOWN
    both = {left, size(types, function, step.right, depth + 1)}
    if step.op == "&":
        return Size.BOUNDED if Size.BOUNDED in both else left
    return _largest(both)


def _literal(types: Types, function: Function, step: f.Collection, value: int, depth: int) -> Size:
    if step.region >= 0:
        subject = function.regions[step.region].subject
        return size(types, function, subject, depth + 1)
    spread = any(type(function.values[i]) is f.Spread for i in step.items)
    return Size.UNKNOWN if spread else _grown(types, function, value, depth)


def _grown(types: Types, function: Function, value: int, depth: int) -> Size:
    """How large what begins as a literal becomes by what loops put into it."""
    found, pending = {Size.BOUNDED}, [value]
    while pending:
        current = pending.pop()
        for user in function.users.get(current, ()):
            step = function.values[user]
            if type(step) is f.Phi and len(step.options) == 1:
                pending.append(user)
            elif type(step) is f.StoreItem and step.base == current:
                found.update(_rounds(types, function, user, value, depth))
            elif type(step) is f.Call and step.receiver == current and step.callee in _GROW:
                found.update(_rounds(types, function, user, value, depth))
                more = step.args[:1] if step.callee in {"extend", "update"} and depth < DEPTH else ()
                found.update(size(types, function, given, depth + 1) for given in more)
    return _largest(found)


def _rounds(types: Types, function: Function, value: int, before: int, depth: int) -> Iterator[Size]:
    """How often each loop goes round that is around `value` but not around `before`."""
    for region in function.enclosing(value):
        if region.kind in LOOPS and not region.start <= before < region.end:
            known = region.kind != "while" and region.subject >= 0 and depth < DEPTH
            yield size(types, function, region.subject, depth + 1) if known else Size.UNKNOWN


def _largest(sizes: Collection[Size]) -> Size:
    return next(found for found in (Size.UNKNOWN, Size.ROWS, Size.BOUNDED) if found in sizes)


def _call(types: Types, function: Function, step: f.Call, value: int, depth: int) -> Size:
    if step.callee == "!range":  # with a stride, it goes in batches: one round stands for many elements
        told = len(step.args) == len(("start", "stop", "step")) or all(_written(types, function, a) for a in step.args)
        return Size.BOUNDED if told else Size.UNKNOWN
    if _BATCHES.search(step.callee) or _splits_once(types, function, step):
        return Size.BOUNDED
    if step.callee in _KEEP and step.args:
        return size(types, function, step.args[0], depth + 1)
    if step.receiver >= 0 and step.callee in _VIEWS and (step.callee == "difference" or not step.args):
        return size(types, function, step.receiver, depth + 1)
    if step.receiver < 0 and step.callee.rpartition(".")[2] in _VIEWS and not step.args:
        return _named(types, function, step.callee.rpartition(".")[0], value, depth)
    if step.receiver >= 0 and step.callee == "intersection":
        both = [size(types, function, v, depth + 1) for v in (step.receiver, *step.args[:1])]
        return Size.BOUNDED if Size.BOUNDED in both else both[0]
    if step.receiver < 0 and _gives_few(types, function, step, depth):
        return Size.BOUNDED
    return _of_keys(types, function, value, depth) or _by_type(types, function, value)


def _is_of_one_column(function: Function, value: int) -> bool:
    """`values_list("country", flat=True)`."""
    step = function.values[function.origin(value)] if value >= 0 else None
    return type(step) is f.Call and step.callee in {"values", "values_list"} and len(step.args) == 1


def _splits_once(types: Types, function: Function, step: f.Call) -> bool:
    """`token.split(".", 1)`, `name.partition("-")`: as many parts as are asked for."""
    if step.receiver < 0 or step.callee not in {"split", "rsplit", "partition", "rpartition"}:
        return False
    most = step.args[1] if len(step.args) > 1 else dict(step.keywords).get("maxsplit", f.NONE)
    return "partition" in step.callee or (most >= 0 and _written(types, function, most) is not None)


def _gives_few(types: Types, function: Function, step: f.Call, depth: int) -> bool:
    """A function of the program that gives what the program's text bounds, such as the values of an enum."""
    entity = types.names.resolve(function.file, step.callee).entity
    if not isinstance(entity, Function) or not entity.returns:
        return False
    return all(size(types, entity, value, depth + 4) is Size.BOUNDED for value in entity.returns)


def _of_keys(types: Types, function: Function, value: int, depth: int) -> Size | None:
    """The rows of `filter(pk__in=keys)` are as many as the keys; distinct values, as a column happens to have."""
    step = function.values[value]
    if type(step) is f.Call and step.callee == "distinct" and _is_of_one_column(function, step.receiver):
        return Size.UNKNOWN
    found = next((v for _, call in chain(function, value) for name, v in call.keywords if name in _KEYS), f.NONE)
    return size(types, function, found, depth + 1) if found >= 0 else None


def _is_given_few(types: Types, function: Function, name: str, depth: int) -> bool:
    """Whoever calls the function, as far as one sees, gives what the program's text bounds to this parameter."""
    found = False
    for caller, call in types.callers(function) if types.callers and depth < FOLLOWED else ():
        step = caller.values[call]
        given = passed(step, function, name) if type(step) is f.Call else f.NONE
        if given < 0 or size(types, caller, given, depth + FOLLOWED // 2) is not Size.BOUNDED:
            return False
        found = True
    return found


def _named(types: Types, function: Function, path: str, value: int, depth: int) -> Size:
    named = types.names.resolve(function.file, path)
    if isinstance(named.entity, External) and named.entity.name.startswith(_SETTINGS):
        return Size.BOUNDED  # as long as whoever runs it wrote it
    if isinstance(named.entity, Variable) and not named.rest:
        return size(types, named.entity.function, named.entity.value, depth + 1)
    found = types.named(named)
    if found and found.meta and types.has_kind(found, "enum"):
        return Size.BOUNDED
    return _by_type(types, function, value)


def _by_type(types: Types, function: Function, value: int) -> Size:
    found = types.of(function, value)
    if types.has_kind(found, "query") or types.has_kind(found, "manager"):
        return Size.ROWS
    if found and found.name == "builtins.list" and types.has_kind(found.element, "model"):
        return Size.ROWS
    if found and found.meta and types.has_kind(found, "enum"):
        return Size.BOUNDED
    return Size.UNKNOWN
