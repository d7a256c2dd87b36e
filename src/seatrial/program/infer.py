"""How the type of each kind of value follows from its operands: one small function a kind, and the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.parameters import parameter
from seatrial.program.results import called
from seatrial.program.type import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seatrial.program.parts import Class, Function
    from seatrial.program.types import Types

_SEQUENCES = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.generator", "builtins.frozenset"})
_SAME_AFTER_ITERATING = frozenset(
    {"builtins.sorted", "builtins.reversed", "builtins.list", "builtins.iter", "builtins.set", "builtins.tuple"}
)


def _param(types: Types, function: Function, step: f.Param) -> Type | None:
    return parameter(types, function, step.name)


def _ref(types: Types, function: Function, step: f.Ref) -> Type | None:
    return types.named(types.names.resolve(function.file, step.path))


def _free(types: Types, function: Function, step: f.Free) -> Type | None:
    outer = function.parent
    while outer is not None:
        if step.name in outer.facts.names and outer.facts.kind != "class":
            return types.of(outer, outer.facts.names[step.name])
        outer = outer.parent
    return None


def _const(_types: Types, _function: Function, step: f.Const) -> Type | None:
    return Type("builtins.None") if step.kind == "none" else Type(f"builtins.{step.kind}")


def _template(_types: Types, _function: Function, _step: f.Template) -> Type | None:
    return Type("builtins.str")


def _attr(types: Types, function: Function, step: f.Attr) -> Type | None:
    base = types.of(function, step.base)
    if base is None:
        return types.manager_called(step.name) if types.manager_called else None
    return types.attribute(base, step.name)


def _index(types: Types, function: Function, step: f.Index) -> Type | None:
    base = types.of(function, step.base)
    if base is None:
        return None
    key = function.values[step.key]
    if type(key) is f.Collection and key.kind == "slice":
        return base
    if base.name == "builtins.dict":
        return base.args[1] if len(base.args) > 1 and base.args[1].name else None
    return base.element


def _call(types: Types, function: Function, step: f.Call) -> Type | None:
    above = function.values[step.receiver] if step.receiver >= 0 and step.callee else None
    if type(above) is f.Call and above.callee == "!super" and function.cls:
        return _inherited(types, function.cls, step.callee)
    return called(types, function, step)


def _inherited(types: Types, cls: Class, method: str) -> Type | None:
    """What `super().method()` gives."""
    for owner in types.mro(cls)[1:]:
        if method in owner.methods:
            return types.returned(owner.methods[method])
    given = next((m for outer in types.outer_bases(cls) if (m := types.models.method(outer, method))), None)
    if given is None or not given.returns:
        return None
    return types.instance(cls) if given.returns == "self" else Type(types.models.canonical(given.returns))


def _binary(types: Types, function: Function, step: f.Binary) -> Type | None:
    left = types.of(function, step.left)
    return left if left and left.name != "builtins.None" else types.of(function, step.right)


def _truth(_types: Types, _function: Function, _step: f.Compare) -> Type | None:
    return Type("builtins.bool")


def _unary(types: Types, function: Function, step: f.Unary) -> Type | None:
    return Type("builtins.bool") if step.op == "not" else types.of(function, step.value)


def _collection(types: Types, function: Function, step: f.Collection) -> Type | None:
    if step.kind == "dict":
        pair = tuple(types.of(function, i) or Type("") for i in step.items[:2])
        return Type("builtins.dict", pair)
    if step.kind == "tuple":
        return Type("builtins.tuple", tuple(types.of(function, i) or Type("") for i in step.items))
    element = types.first(function, step.items)
    return Type(f"builtins.{step.kind}", (element,) if element else ())


def _conditional(types: Types, function: Function, step: f.Conditional) -> Type | None:
    return types.first(function, (step.then, step.other))


def _element(types: Types, function: Function, step: f.Element) -> Type | None:
    return element_of(types, function, step.of)


def element_of(types: Types, function: Function, collection: int) -> Type | None:
    """The type of one element when iterating over a value."""
    origin = function.origin(collection)
    step = function.values[origin]
    if type(step) is f.Call and step.args and step.receiver < 0:
        name = step.callee
        if name == "!enumerate":
            inner = element_of(types, function, step.args[0])
            return Type("builtins.tuple", (Type("builtins.int"), inner or Type("")))
        if name == "!zip":
            return Type("builtins.tuple", tuple(element_of(types, function, a) or Type("") for a in step.args))
        if name.replace("!", "builtins.") in _SAME_AFTER_ITERATING:
            return element_of(types, function, step.args[0])
    if type(step) is f.Call and step.receiver >= 0 and step.callee in {"items", "values"}:
        return _of_mapping(types, function, step)
    found = types.of(function, origin)
    if found is None:
        return None
    if found.element:
        return found.element
    own = types.models.item(found.name) if found.cls is None else ""
    return Type(own) if own else None


def _of_mapping(types: Types, function: Function, step: f.Call) -> Type | None:
    base = types.of(function, step.receiver)
    if base is None or len(base.args) != len(("key", "value")):
        return None
    return (
        Type("builtins.tuple", base.args) if step.callee == "items" else (base.args[1] if base.args[1].name else None)
    )


def _part(types: Types, function: Function, step: f.Part) -> Type | None:
    whole = types.of(function, step.of)
    if whole is None:
        return None
    if whole.name == "builtins.tuple" and 0 <= step.index < len(whole.args):
        return whole.args[step.index] if whole.args[step.index].name else None
    return whole.element if whole.name in _SEQUENCES and whole.name != "builtins.tuple" else None


def _phi(types: Types, function: Function, step: f.Phi) -> Type | None:
    return types.first(function, step.options)


def _class(types: Types, function: Function, step: f.ClassValue) -> Type | None:
    return replace(types.instance(function.file.classes[step.cls]), meta=True)


def _await(types: Types, function: Function, step: f.Await) -> Type | None:
    return types.of(function, step.value)


def _enter(types: Types, function: Function, step: f.Enter) -> Type | None:
    manager = types.of(function, step.manager)
    if manager is None:
        return None
    if manager.name == "builtins.generator":  # @contextmanager
        return manager.element
    return types.entered(manager)


def _caught(types: Types, function: Function, step: f.Caught) -> Type | None:
    kind = types.of(function, step.kind)
    return replace(kind, meta=False) if kind and kind.meta else None


def _stored(types: Types, function: Function, step: f.Store) -> Type | None:
    return types.of(function, step.value)


TABLE: Mapping[type, Callable[[Types, Function, Any], Type | None]] = {
    f.Param: _param, f.Ref: _ref, f.Free: _free, f.Const: _const, f.Template: _template, f.Attr: _attr, f.Index: _index,
    f.Call: _call, f.Binary: _binary, f.Compare: _truth, f.Unary: _unary, f.Collection: _collection,
    f.Conditional: _conditional, f.Element: _element, f.Part: _part, f.Phi: _phi, f.ClassValue: _class,
    f.Await: _await, f.Enter: _enter, f.Caught: _caught, f.Store: _stored,
}  # fmt: skip
