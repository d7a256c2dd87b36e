"""One step back for each kind of value: which values flow into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatrial.model import facts as f
from seatrial.program.taint import containers, exact, patterns
from seatrial.program.taint.joins import arms, filters
from seatrial.program.taint.nouns import EVERY, Condition, Edge, Found, Origin, Spot
from seatrial.program.taint.outcomes import truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seatrial.program.parts import Function
    from seatrial.program.taint.backwards import Backwards

_CARRYING = frozenset({"+", "%", "/", "|", "or", "and", "*"})
"""Operators whose result holds its operands' text; on numbers they are met too, and their types say so."""

_NUMBERS = frozenset({"shape", "ndim", "nbytes"})
"""Attributes of tables and arrays that hold numbers."""
_BARE_NAMES = ("name", "stem", "suffix")
"""Attributes of a path that hold no separator."""


_AS_DICT = frozenset({"dataclasses.asdict", "attr.asdict", "attrs.asdict"})
_DUMPS = frozenset({"model_dump", "dict", "dump"})
"""Methods that give what a schema holds, by the names of its fields."""

SHORT = 5
"""So many characters hold an extension, and no way to a file elsewhere."""


def _param(walk: Backwards, spot: Spot, step: f.Param) -> Iterator[Found]:
    yield from walk.calls.parameter(spot, step)


def _ref(walk: Backwards, spot: Spot, step: f.Ref) -> Iterator[Found]:
    yield from walk.named(spot, step.path)


def _free(_walk: Backwards, spot: Spot, step: f.Free) -> Iterator[Found]:
    outer = spot.function.parent
    while outer is not None:
        if step.name in outer.facts.names and outer.facts.kind != "class":
            value = outer.facts.names[step.name]
            yield Edge(Spot(outer, value, (), spot.pick), value)
            return
        outer = outer.parent


def _template(walk: Backwards, spot: Spot, step: f.Template) -> Iterator[Found]:
    for part in step.parts:
        yield walk.edge(spot, part, "put into text")


def _attr(walk: Backwards, spot: Spot, step: f.Attr) -> Iterator[Found]:
    given = walk.entries.attribute(spot.function, step)
    if given is not None and given.source:
        is_kept = walk.harmless.cleans(given.cleans) or _is_confined(walk, spot, step)
        yield from () if is_kept else (Origin(given.source, step.name, spot.pick),)
    elif not (walk.harmless.value(spot.function, spot.value) or _is_bare(walk, spot.function, step)):
        yield from walk.fields.attribute(spot, step)


def _is_confined(walk: Backwards, spot: Spot, step: f.Attr) -> bool:
    """`form.cleaned_data["name"]`: the field of that name takes what fits its pattern, or one of a list."""
    found = walk.program.type_of(spot.function, step.base)
    field = spot.pick[0] if spot.pick and step.name == "cleaned_data" else None
    return isinstance(field, str) and found is not None and found.cls is not None and walk.confines(found.cls, field)


def _is_bare(walk: Backwards, function: Function, step: f.Attr) -> bool:
    """A number, or a part of a path without a separator."""
    is_number = step.name in _NUMBERS and walk.program.type_of(function, step.base) is None
    return is_number or _is_bare_name(walk, function, step)


def _is_bare_name(walk: Backwards, function: Function, step: f.Attr) -> bool:
    found = walk.program.type_of(function, step.base) if walk.danger == "path" and step.name in _BARE_NAMES else None
    return walk.program.types.derives(found, "pathlib.PurePath")


def _index(walk: Backwards, spot: Spot, step: f.Index) -> Iterator[Found]:
    key = spot.function.values[step.key]
    if walk.danger == "path" and (
        containers.is_bare_part(spot.function, step.base, containers.integer(spot.function, step.key))
        or _is_short(spot.function, key)
    ):
        return
    known = exact.at_place(spot.function, step.base, step.key, spot.value)
    if known is not None:
        yield walk.edge(spot, known, pick=spot.pick)
        return
    if exact.is_own_text(spot.function, step.base, step.key):
        return
    pick = (key.value,) if type(key) is f.Const and isinstance(key.value, str | int) else ()
    yield walk.edge(spot, step.base, pick=(*pick, *spot.pick) if pick else ())


def _is_short(function: Function, key: f.AnyValue) -> bool:
    """A slice too short to lead anywhere: the extension, as `filename[-4:]`."""
    if type(key) is not f.Collection or key.kind != "slice" or len(key.items) < len(("start", "stop")):
        return False
    start, stop = (containers.integer(function, value) for value in key.items[:2])
    length = -start if start is not None and start < 0 and stop is None else stop if start in {None, 0} else None
    return length is not None and 0 < length <= SHORT


def _call(walk: Backwards, spot: Spot, step: f.Call) -> Iterator[Found]:
    keys = _keys(walk, spot, step.receiver) if step.callee == "keys" and step.receiver >= 0 else None
    if keys is not None:
        yield from keys
        return
    if step.callee == "!getattr" and len(step.args) > 1 and (name := _word(spot.function, step.args[1])):
        yield walk.edge(spot, step.args[0], pick=(name, *spot.pick))
        for other in step.args[2:]:
            yield walk.edge(spot, other, pick=spot.pick)
        return
    yield from walk.calls.result(spot, step)
    if step.receiver < 0 and walk.calls.carries_receiver(spot):
        owner, _, _ = step.callee.rpartition(".")
        if owner:
            yield from walk.named(spot._replace(pick=walk.calls.pick(spot, step)), owner)


def _word(function: Function, value: int) -> str:
    step = function.values[function.origin(value)]
    return step.value if type(step) is f.Const and isinstance(step.value, str) else ""


def _binary(walk: Backwards, spot: Spot, step: f.Binary) -> Iterator[Found]:
    if step.op not in _CARRYING:
        return
    if step.op == "%":
        yield from _format(walk, spot, step)
        return
    if step.op in {"and", "or"}:
        yield from _either(walk, spot, step)
        return
    if step.op == "+" and spot.pick[:1] == (0,):  # of a list or a text, what comes first stands on the left
        yield walk.edge(spot, step.left, pick=spot.pick)
        return
    note, pick = ("put into text" if step.op == "+" else ""), (spot.pick if step.op == "|" else ())
    for side in (step.left, step.right):
        yield walk.edge(spot, side, note, pick)


def _either(walk: Backwards, spot: Spot, step: f.Binary) -> Iterator[Found]:
    """`x or y`, `x and y`: the side that decides; where literals decide it, that one alone."""
    outcome = truth(spot.function, step.left)
    if step.op == "or" and outcome is not False:
        yield walk.edge(spot, step.left, pick=spot.pick)
    if outcome is None or outcome is (step.op == "and"):
        given = (Condition(step.left, step.op == "and"),)
        yield walk.edge(spot, step.right, pick=spot.pick)._replace(given=given)


def _format(walk: Backwards, spot: Spot, step: f.Binary) -> Iterator[Found]:
    values = spot.function.values
    yield walk.edge(spot, step.left, "put into text")
    form = values[spot.function.origin(step.left)]
    places = patterns.text_places(str(form.value)) if type(form) is f.Const else None
    right = values[spot.function.origin(step.right)]
    if places is None or type(right) is not f.Collection:
        if places is None or places[0]:
            yield walk.edge(spot, step.right, "put into text")
        return
    _, by_name, by_position = places
    if right.kind == "dict" and not right.items:  # filled by and by
        for name in (name for name, takes_text in by_name.items() if takes_text):
            yield walk.edge(spot, step.right, "put into text", (name,))
        return
    for value, takes_text in _placed(spot.function, right, by_name, by_position):
        if takes_text:
            yield walk.edge(spot, value, "put into text")


def _collection(walk: Backwards, spot: Spot, step: f.Collection) -> Iterator[Found]:
    given = filters(spot.function, spot.value, step.region) if step.region >= 0 else ()
    for value, pick in containers.items(spot.function, step, spot.pick):
        yield walk.edge(spot, value, pick=pick)._replace(given=given)


def _conditional(walk: Backwards, spot: Spot, step: f.Conditional) -> Iterator[Found]:
    outcome = truth(spot.function, step.test)
    if outcome is not False:
        yield walk.edge(spot, step.then, pick=spot.pick)._replace(given=(Condition(step.test, holds=True),))
    if outcome is not True:
        yield walk.edge(spot, step.other, pick=spot.pick)._replace(given=(Condition(step.test, holds=False),))


def _element(walk: Backwards, spot: Spot, step: f.Element) -> Iterator[Found]:
    call = spot.function.values[spot.function.origin(step.of)]
    table = call.receiver if type(call) is f.Call and call.callee == "keys" else step.of
    keys = _keys(walk, spot, table)
    if keys is not None:
        yield from keys
        return
    yield walk.edge(spot, step.of, pick=(EVERY, *spot.pick) if spot.pick else ())


def _part(walk: Backwards, spot: Spot, step: f.Part) -> Iterator[Found]:
    if walk.harmless.value(spot.function, spot.value):
        return
    if walk.danger == "path" and containers.is_bare_part(spot.function, step.of, step.index):
        return
    pair = spot.function.values[spot.function.origin(step.of)]
    keys = _keys_of_items(walk, spot, pair) if step.index == 0 and type(pair) is f.Element else None
    if keys is None and type(pair) is f.Element:
        keys = _beside(walk, spot, pair, step.index)
    if keys is not None:
        yield from keys
        return
    yield walk.edge(spot, step.of, pick=(step.index, *spot.pick) if step.index >= 0 else ())


def _keys_of_items(walk: Backwards, spot: Spot, pair: f.Element) -> list[Edge] | None:
    call = spot.function.values[spot.function.origin(pair.of)]
    return _keys(walk, spot, call.receiver) if type(call) is f.Call and call.callee == "items" else None


def _beside(walk: Backwards, spot: Spot, pair: f.Element, index: int) -> list[Edge] | None:
    """`for a, b in zip(xs, ys)`, `for i, x in enumerate(xs)`: each of them goes through one collection."""
    call = spot.function.values[spot.function.origin(pair.of)]
    if type(call) is not f.Call or call.callee not in {"!zip", "!enumerate"} or index < 0:
        return None
    through = call.args if call.callee == "!zip" else (f.NONE, *call.args[:1])
    if index >= len(through) or any(type(spot.function.values[one]) is f.Spread for one in call.args):
        return None
    one = through[index]
    return [walk.edge(spot, one, pick=(EVERY, *spot.pick) if spot.pick else ())] if one >= 0 else []


def _keys(walk: Backwards, spot: Spot, table: int) -> list[Edge] | None:
    """The keys, and no values, of a dictionary made here: `{k: v for k, v in rows.items() if k in NAMES}`."""
    function = spot.function
    at = function.origin(table) if table >= 0 else table
    step = function.values[at] if at >= 0 else None
    if type(step) is f.Call and _are_fields(walk, function, step):
        return []
    if type(step) is not f.Collection or step.kind != "dict" or spot.pick or _is_added_to(function, at):
        return None
    if step.region >= 0:
        return [Edge(spot._replace(value=step.items[0]), at, given=filters(function, at, step.region))]
    return None if len(step.items) % 2 else [Edge(spot._replace(value=key), at) for key in step.items[::2]]


def _are_fields(walk: Backwards, function: Function, step: f.Call) -> bool:
    """The keys are the fields that a class declares: `order.model_dump()`. One that takes any key says `allow`."""
    if step.callee in _AS_DICT:
        return True
    found = walk.program.type_of(function, step.receiver) if step.callee in _DUMPS and step.receiver >= 0 else None
    if found is None or found.cls is None or not walk.program.types.has_kind(found, "schema"):
        return False
    return not any(cls.says("allow") for cls in walk.program.types.mro(found.cls))


def _is_added_to(function: Function, table: int) -> bool:
    """More may be put into it afterwards, under names that are not written here."""
    return any(_adds(function, function.values[user], table) for user in function.users.get(table, ()))


def _adds(function: Function, step: f.AnyValue, table: int) -> bool:
    if type(step) is f.Call:
        return step.receiver == table and step.callee in {"update", "setdefault"}
    is_stored = type(step) is f.StoreItem and step.base == table
    return is_stored and type(function.values[function.origin(step.key)]) is not f.Const  # type: ignore[union-attr] # so asked


def _phi(_walk: Backwards, spot: Spot, step: f.Phi) -> Iterator[Found]:
    for option, user, given in arms(spot.function, spot.value, step):
        yield Edge(Spot(spot.function, option, spot.context, spot.pick), user, given=given)


def _same(walk: Backwards, spot: Spot, step: f.Await | f.Spread | f.Yield | f.Store) -> Iterator[Found]:
    if step.value >= 0:
        yield walk.edge(spot, step.value, pick=spot.pick)


def _enter(walk: Backwards, spot: Spot, step: f.Enter) -> Iterator[Found]:
    yield walk.edge(spot, step.manager, pick=spot.pick)


def _other(walk: Backwards, spot: Spot, step: f.Other) -> Iterator[Found]:
    for value in step.operands:
        yield walk.edge(spot, value)


def _placed(
    function: Function, right: f.Collection, by_name: Mapping[str, bool], by_position: list[bool]
) -> Iterator[tuple[int, bool]]:
    if right.kind != "dict":
        for i, value in enumerate(right.items):
            yield value, by_position[i] if i < len(by_position) else True
        return
    for name, value in zip(right.items[::2], right.items[1::2], strict=False):
        key = function.values[name]
        yield value, by_name.get(str(key.value), not by_name) if type(key) is f.Const else True


TABLE: Mapping[type, Callable[[Backwards, Spot, Any], Iterator[Found]]] = {
    f.Param: _param, f.Ref: _ref, f.Free: _free, f.Template: _template,
    f.Attr: _attr, f.Index: _index, f.Call: _call, f.Binary: _binary,
    f.Collection: _collection, f.Conditional: _conditional, f.Element: _element,
    f.Part: _part, f.Phi: _phi, f.Await: _same, f.Spread: _same,
    f.Yield: _same, f.Store: _same, f.Enter: _enter, f.Other: _other,
}  # fmt: skip
