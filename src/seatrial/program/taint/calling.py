"""Calls: how values pass into functions as arguments and out of them as results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import External
from seatrial.program.parts import Class, Function
from seatrial.program.taint import containers, patterns, records
from seatrial.program.taint.entries import Entries, injected
from seatrial.program.taint.fields import returned
from seatrial.program.taint.handing import Handing, arguments
from seatrial.program.taint.nouns import EVERY, Edge, Key, Origin, Site, Spot
from seatrial.program.taint.passing import bound, is_self
from seatrial.program.taint.ways import own, possible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.libraries import FunctionModel
    from seatrial.libraries.form import Danger
    from seatrial.program.calls import Target
    from seatrial.program.program import Program
    from seatrial.program.taint.harmless import Harmless

DEPTH = 6
"""How many calls deep results are followed; deeper ones are taken to carry their arguments."""

_TAKES_OUT = frozenset({"get", "pop", "setdefault", "getlist", "__getitem__"})
"""Methods that give the component under a key."""

_COUNTS = frozenset({"count", "rfind", "rindex"})
"""Methods that give a number, whatever they are asked of."""

_COPIES = frozenset({"copy.copy", "copy.deepcopy", "typing.cast"})
"""What gives the same again, with all its parts."""

_QUOTED: Mapping[Danger, str] = {"sql": "'\"`", "xpath": "'"}
"""Dangers of leaving the quotes that text is put in: without one, or with each doubled, it stays in them."""

_HANDS_ON = frozenset(
    {
        "get", "pop", "getlist", "items", "keys", "values", "copy", "read", "readline", "readlines", "getvalue",
        "first", "last", "group", "groups", "dict", "model_dump", "to_dict", "decode", "encode", "split", "rsplit",
        "splitlines", "strip", "lstrip", "rstrip", "lower", "upper", "title", "format", "replace", "join", "__str__",
    }
)  # fmt: skip
"""Methods that hand on what the receiver holds, whatever its type."""


class Calling:
    """Follows values through calls for one danger."""

    def __init__(
        self, program: Program, harmless: Harmless, entries: Entries, handing: Handing, danger: Danger
    ) -> None:
        self._program = program
        self._harmless = harmless
        self._entries = entries
        self._handing = handing
        self._danger = danger

    # --- results ---

    def result(self, spot: Spot, call: f.Call) -> Iterator[Edge | Origin]:
        """What flows into the result of a call."""
        target = self._program.target(spot.function, spot.value)
        if self._is_clean(spot, call, target.model):
            return
        kind = self._entries.call(spot.function, call, target.model)
        if kind is not None:
            yield Origin(kind, target.external or call.callee, self.pick(spot, call) or spot.pick)
        elif target.made is not None:
            yield from self._made(spot, call, target)
        elif target.functions and len(spot.context) < DEPTH:
            yield from self._returned(spot, target)
        elif target.model is not None and target.model.carries is not None:
            yield from self._carried(spot, call, target.model)
        elif (fields := records.made(self._program, spot, call)) is not None:
            yield from fields
        else:
            yield from self._unknown(spot, call, target)

    def carries_receiver(self, spot: Spot) -> bool:
        """True when what the method is called on flows into the result of a call whose callee is a path."""
        target = self._program.target(spot.function, spot.value)
        call = spot.function.values[spot.value]
        if type(call) is not f.Call or target.functions or target.made or self._is_clean(spot, call, target.model):
            return False
        if target.model is not None and target.model.carries is not None:
            return target.model.carries.receiver
        return target.receiver is not None

    def _is_clean(self, spot: Spot, call: f.Call, model: FunctionModel | None) -> bool:
        if model is not None and self._harmless.cleans(model.cleans):
            return True
        return (
            (call.receiver >= 0 and _last(call) in _COUNTS)
            or self._harmless.value(spot.function, spot.value)
            or self._is_converted(spot.function, call)
            or self._is_stripped(spot.function, call)
        )

    def _is_converted(self, function: Function, call: f.Call) -> bool:
        """`get("n", type=int)`: the call is told to convert what it gives."""
        for name, value in call.keywords:
            step = function.values[value]
            if name == "type" and type(step) is f.Ref:
                entity = self._program.names.resolve(function.file, step.path).entity
                return isinstance(entity, External) and self._harmless.cleaner(entity.name)
        return False

    def _is_stripped(self, function: Function, call: f.Call) -> bool:
        """`re.sub("[^a-z]", "", x)`, `x.replace("/", "_")`: what makes an attack is taken away."""
        pattern = [_text(function, a) for a in call.args[:2]]
        if None in pattern or len(pattern) != len(("pattern", "replacement")):
            return False
        if call.callee.removeprefix("?") == "re.sub":
            return patterns.removes(str(pattern[0]), str(pattern[1]), self._danger)
        if call.callee != "replace":
            return False
        if self._danger in _QUOTED:
            quotes = _QUOTED[self._danger]
            return any(pattern[0] == one and one not in str(pattern[1]).replace(2 * one, "") for one in quotes)
        return self._danger == "path" and pattern[0] in {"/", "."} and not set("/.") & set(str(pattern[1]))

    def _returned(self, spot: Spot, target: Target) -> Iterator[Edge]:
        context = (*spot.context, Site(spot.function, spot.value))
        functions = own(self._program, spot, target.functions)
        for function in possible(self._program, spot.function, spot.value, functions):
            yield from returned(function, context, spot.pick, f"returned by {function.name}")

    def _made(self, spot: Spot, call: f.Call, target: Target) -> Iterator[Edge]:
        """An object: the field picked as its constructor sets it, else all that it is made from."""
        if spot.pick and target.functions:
            context = (*spot.context, Site(spot.function, spot.value))
            for function in target.functions:
                for user, step in enumerate(function.values):
                    if type(step) is f.StoreAttr and step.base == 0 and step.name == spot.pick[0]:
                        yield Edge(Spot(function, step.value, context, spot.pick[1:]), user)
            member = self._program.types.member(target.made, str(spot.pick[0])) if target.made else None
            if member is not None and isinstance(member.entity, Function):
                yield from returned(member.entity, context, spot.pick[1:], "")
            return
        named = [value for name, value in call.keywords if spot.pick and name == spot.pick[0]]
        fields = _fields(target.made) if spot.pick and target.made else []
        if not named and spot.pick and spot.pick[0] in fields[: len(call.args)]:
            named = [call.args[fields.index(str(spot.pick[0]))]]
        for value in named or (*call.args, *(v for _, v in call.keywords)):
            yield Edge(Spot(spot.function, value, spot.context, spot.pick[1:] if named else ()), spot.value)

    def _carried(self, spot: Spot, call: f.Call, model: FunctionModel) -> Iterator[Edge]:
        note = "put into text" if _last(call) in {"format", "join"} else ""
        for value in model.carries.select(call) if model.carries else ():
            if _is_left_out(spot.function, call, value):
                continue
            for key in _formatted(spot.function, call, value):
                yield Edge(Spot(spot.function, value, spot.context, (key,)), spot.value, note)
            before = _undone(spot.function, call, value)
            is_same = before != value or call.callee.removeprefix("?") in _COPIES
            pick = self.pick(spot, call) if value == call.receiver else spot.pick if is_same else ()
            yield Edge(Spot(spot.function, before, spot.context, pick), spot.value, note)

    def _unknown(self, spot: Spot, call: f.Call, target: Target) -> Iterator[Edge | Origin]:
        """Nothing is known: the receiver is handed on, surely by some names, else with doubt, as are arguments."""
        hands_on = _last(call) in _HANDS_ON
        if not hands_on and target.model is None:
            yield Origin("unknown", call.callee.lstrip(":.!?"))
        if call.receiver >= 0:
            pick = self.pick(spot, call)
            yield Edge(Spot(spot.function, call.receiver, spot.context, pick), spot.value, doubt=0 if hands_on else 1)
        doubt = 2 if call.receiver >= 0 or target.receiver is not None else 1
        if not hands_on:
            for value in (*call.args, *(v for _, v in call.keywords)):
                yield Edge(Spot(spot.function, value, spot.context), spot.value, doubt=doubt)

    def pick(self, spot: Spot, call: f.Call) -> tuple[Key, ...]:
        """What a call takes out of its receiver: the component under a key that is given."""
        keys = containers.keys_of(spot.function, call, self._program.target(spot.function, spot.value).model)
        if keys:
            return (*(EVERY if key is None else key for key in keys), *spot.pick)
        key = _text(spot.function, call.args[0]) if _last(call) in _TAKES_OUT and call.args else None
        return (key, *spot.pick) if key is not None else ()

    # --- parameters ---

    def parameter(self, spot: Spot, step: f.Param) -> Iterator[Edge | Origin]:
        """What flows into a parameter: the request, a dependency's result, or arguments of the calls that reach it."""
        function = spot.function
        if self._harmless.value(function, spot.value):
            return
        if self._entries.remote(function, step.name, self._danger):
            yield Origin("remote", step.name)
            return
        position = next((i for i, p in enumerate(function.facts.params) if p.name == step.name), 0)
        dependency = injected(self._program.types, function, function.facts.params[position])
        if dependency is not None:
            yield from self._dependency(dependency, spot.pick)
            return
        found = list(self._given(spot, position))
        yield from found
        if not found and not spot.context and not self._entries.handlers(function):
            if not is_self(function, position):
                yield from self._unfilled(function, step)
            elif spot.pick:
                yield Origin("unknown", str(spot.pick[0]))

    def _given(self, spot: Spot, position: int) -> Iterator[Edge]:
        """The arguments that a parameter receives: of the call that was entered, else of all that reach it."""
        function = spot.function
        sites = (spot.context[-1],) if spot.context else [Site(*s) for s in self._program.calls.callers(function)]
        for site in sites:
            for value, pick in bound(self._program, function, position, site, spot.pick):
                note = "" if spot.context else f"passed to {function.name}"
                yield Edge(Spot(site.function, value, spot.context[:-1], pick), site.call, note)
        for handed in () if spot.context else self._handing.sites(function):
            for value, pick in arguments(function, position, handed, spot.pick):
                yield Edge(Spot(handed.body, value, (), pick), handed.call, f"handed to {function.name}")

    def _unfilled(self, function: Function, step: f.Param) -> Iterator[Origin]:
        """Nothing in the program calls the function; where something does, the default holds."""
        if not self._program.calls.callers(function) and not self._handing.sites(function):
            yield Origin("parameter", step.name)

    def _dependency(self, found: tuple[Function, int], pick: tuple[Key, ...]) -> Iterator[Edge]:
        body, value = found
        call = body.values[value]
        for argument in call.args[:1] if type(call) is f.Call else ():
            for function in self._program.calls.value(body, argument).functions:
                yield from returned(function, (), pick, f"returned by {function.name}")


def _undone(function: Function, call: f.Call, value: int) -> int:
    """What is decoded; what its counterpart encoded just before (`b64decode(b64encode(x))`): that cleaned nothing."""
    name = _last(call).removesuffix("_plus")
    counterpart = name.replace("decode", "encode").replace("unquote", "quote").replace("unhexlify", "hexlify")
    counterpart = counterpart.replace("unescape", "escape").replace("loads", "dumps")
    if counterpart == name:
        return value
    for _ in range(DEPTH):
        step = function.values[function.origin(value)]
        if type(step) is not f.Call:
            break
        if step.receiver >= 0 and _last(step) in {"encode", "decode", "strip"}:
            value = step.receiver
        else:
            return step.args[0] if _last(step).removesuffix("_plus") == counterpart and step.args else value
    return value


def _is_left_out(function: Function, call: f.Call, value: int) -> bool:
    """`"{a}".format(a=x, b=y)`: the text has no place for `b`."""
    form = _text(function, call.receiver) if _last(call) == "format" and call.receiver >= 0 else None
    names = {name for name, given in call.keywords if given == value}
    return form is not None and bool(names) and "**" not in names and not any(f"{{{name}" in form for name in names)


def _formatted(function: Function, call: f.Call, value: int) -> tuple[str, ...]:
    """The entries that `"{0[name]}".format(row)` takes out of an argument."""
    form = _text(function, call.receiver) if _last(call) == "format" and call.receiver >= 0 else None
    return patterns.format_keys(form, call.args.index(value)) if form and value in call.args else ()


def _fields(cls: Class) -> list[str]:
    """The fields of a data class, in the order of its constructor."""
    return [v.name for v in cls.body.values if type(v) is f.Store and v.annotation >= 0]


def _last(call: f.Call) -> str:
    return call.callee.rpartition(".")[2]


def _text(function: Function, value: int) -> str | None:
    step = function.values[function.origin(value)]
    return step.value if type(step) is f.Const and isinstance(step.value, str) else None
