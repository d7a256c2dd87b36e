"""Parameters: what type a parameter receives, from what it says of itself, what is injected, or what callers pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program import annotated
from seatrial.program.handed import handed
from seatrial.program.parts import Class, Function
from seatrial.program.type import Type

if TYPE_CHECKING:
    from seatrial.program.types import Types

MOST_CALLERS = 12
"""How many callers are asked what they pass; if they disagree, nothing is known."""
_INJECTORS = frozenset({"Depends", "Security"})


def parameter(types: Types, function: Function, name: str) -> Type | None:
    """The type of a parameter: its annotation, `self`, what is injected, its default's type, or what callers pass."""
    outer = function.parent
    for position, param in enumerate(function.facts.params):
        if param.name != name:
            continue
        found = annotated.read(types, outer, param.annotation)
        if found:
            return replace(Type("builtins.list"), args=(found,)) if param.kind == "star" else found
        if position == 0 and function.cls and function.facts.kind == "function" and not _is_static(function):
            return _self_type(function, function.cls)
        if param.kind in {"star", "double-star"} or param.annotation >= 0:
            return None  # what it says is not understood: nothing better can be guessed
        return (
            _default(types, outer, param.default)
            or _passed(types, function, position, name)
            or handed(types, function, position)
            or _usual(types, name)
        )
    return None


def _decorators(function: Function) -> set[str]:
    outer = function.parent
    steps = (outer.values[d] for d in function.facts.decorators) if outer else ()
    return {step.path.rpartition(".")[2].lstrip("!") for step in steps if type(step) is f.Ref}


def _is_static(function: Function) -> bool:
    return "staticmethod" in _decorators(function)


def _self_type(function: Function, cls: Class) -> Type:
    meta = "classmethod" in _decorators(function) or function.name in {"__new__", "__init_subclass__"}
    return Type(cls.dotted, cls=cls, meta=meta)


def _default(types: Types, outer: Function | None, default: int) -> Type | None:
    if outer is None or default < 0:
        return None
    step = outer.values[default]
    if type(step) is f.Call and step.receiver < 0 and step.callee.rpartition(".")[2] in _INJECTORS:
        return _injected(types, outer, step)
    found = types.of(outer, default)
    return found if found and found.name != "builtins.None" else None


def _injected(types: Types, outer: Function, call: f.Call) -> Type | None:
    step = outer.values[call.args[0]] if call.args else None
    entity = types.entity(outer.file, step.path) if type(step) is f.Ref else None
    if isinstance(entity, Class):
        return types.instance(entity)
    if not isinstance(entity, Function):
        return None
    found = types.returned(entity) or types.first(entity, (y.value for y in entity.values if type(y) is f.Yield))
    return found.args[0] if found and found.name == "builtins.generator" and found.args else found


def _passed(types: Types, function: Function, position: int, name: str) -> Type | None:
    """What the callers pass, if all that is known of it agrees."""
    if types.callers is None:
        return None
    agreed: Type | None = None
    for caller, call in types.callers(function)[:MOST_CALLERS]:
        step = caller.values[call]
        value = _argument(function, step, position, name) if type(step) is f.Call else f.NONE
        found = types.of(caller, value)
        if found is None or found.name == "builtins.None":
            continue
        if agreed is not None and (agreed.name, agreed.meta) != (found.name, found.meta):
            return None
        agreed = agreed if agreed and agreed.args else found
    return agreed


def _usual(types: Types, name: str) -> Type | None:
    """What is usually called so, if a library model says it: `db_session`."""
    usual = types.models.named(name)
    return Type(usual) if usual else None


def _argument(function: Function, call: f.Call, position: int, name: str) -> int:
    """The id of what a call passes for a parameter, or NONE."""
    keywords = dict(call.keywords)
    if name in keywords:
        return keywords[name]
    shift = 1 if function.cls is not None and not _is_static(function) else 0
    index = position - shift
    return call.args[index] if 0 <= index < len(call.args) else f.NONE
