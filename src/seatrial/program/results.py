"""Results: what calls give, by what is called: functions of the program, classes, methods, what libraries offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program import typevars
from seatrial.program.annotated import SELF
from seatrial.program.names import External, Named, Variable
from seatrial.program.parts import Class, Function
from seatrial.program.type import Type
from seatrial.program.users import GETTER

if TYPE_CHECKING:
    from seatrial.libraries import FunctionModel
    from seatrial.program.types import Types


def called(types: Types, function: Function, call: f.Call) -> Type | None:
    """The type of a call's result."""
    if call.receiver < 0:
        return _by_name(types, function, call)
    base = types.of(function, call.receiver)
    if base is None:  # what any method of that name gives, if the models say so
        model = types.models.method("", call.callee) if call.callee else None
        return _modelled(types, function, call, model, None) if model and model.returns else None
    if not call.callee:
        return _of_value(types, base)
    return _by_method(types, function, call, base)


def _by_name(types: Types, function: Function, call: f.Call) -> Type | None:
    named = types.names.resolve(function.file, call.callee)
    entity = named.entity
    if named.rest:
        owner = types.named(Named(entity, named.rest[:-1]))
        return _by_method(types, function, call, owner, named.rest[-1]) if owner else None
    if isinstance(entity, Function):
        return _of_function(types, entity)
    if isinstance(entity, Class):
        return types.instance(entity)
    if isinstance(entity, Variable):
        found = types.named(named)
        return _of_value(types, found) if found else None
    if isinstance(entity, External):
        return _by_external(types, function, call, entity.name, None)
    return None


def _made_of_query_set(types: Types, function: Function, call: f.Call, base: Type) -> Type | None:
    """Django's `Manager.from_queryset(Q)` and `Q.as_manager()` answer with what has the methods of Q."""
    name = call.callee.rpartition(".")[2]
    if name == "from_queryset" and call.args:
        return types.of(function, call.args[0])
    return replace(base, meta=False) if name == "as_manager" and base.cls else None


def _of_value(types: Types, base: Type) -> Type | None:
    if base.meta:
        return replace(base, meta=False)
    model = types.models.method(base.name, "__call__") if base.cls is None else None
    return Type(types.models.canonical(model.returns)) if model and model.returns else None


def _by_external(types: Types, function: Function, call: f.Call, name: str, receiver: Type | None) -> Type | None:
    if name == GETTER:
        return replace(types.user(), meta=True)
    given = types.models.function(name)
    if given and given.returns:
        return _modelled(types, function, call, given, receiver)
    if receiver is None and types.looks_like_class(name):
        return Type(types.models.canonical(name))
    owner, _, method = name.rpartition(".")
    base = types.held(owner) if receiver is None else None
    return _by_method(types, function, call, base, method) if base else None


def _modelled(
    types: Types, function: Function, call: f.Call, model: FunctionModel, receiver: Type | None
) -> Type | None:
    """The result of a call that a library model describes: `self` and all with `item` speak of the receiver.

    What it holds is what the model says, in brackets or by an argument; else what the receiver holds.
    """
    held = _element(types, receiver) if receiver and not model.returns.endswith("]") else None
    element = _item(types, function, call, model) or held
    if model.returns == "self":
        return replace(receiver, meta=False, args=(element,) if element else ()) if receiver else None
    if model.returns == "item":
        return element
    if model.returns == "items":
        return Type("builtins.list", (element,) if element else ())
    if model.returns == "item-and-new":
        return Type("builtins.tuple", (element or Type(""), Type("builtins.bool")))
    own = types.models.item(model.returns)
    return Type(types.models.canonical(model.returns), (element,) if element else (Type(own),) if own else ())


def _element(types: Types, receiver: Type) -> Type | None:
    """What a receiver holds rows of: a container its elements, a view the rows of its `queryset` or `model`."""
    if receiver.element or receiver.cls is None or not types.has_kind(receiver, "view"):
        return receiver.element
    for name in ("queryset", "model"):
        found = types.field(receiver, receiver.cls, name)
        if found:
            return replace(found, meta=False) if found.meta else found.element
    return None


def _item(types: Types, function: Function, call: f.Call, model: FunctionModel) -> Type | None:
    """What the result holds: the class that is given, or the element of the collection given; of several, one each."""
    given = model.item.select(call) if model.item else []
    if len(given) > 1:
        return Type("builtins.tuple", tuple(_held(types.of(function, value)) or Type("") for value in given))
    return _held(types.first(function, given))


def _held(found: Type | None) -> Type | None:
    if found is None:
        return None
    return replace(found, meta=False) if found.meta else found.element


def _by_method(types: Types, function: Function, call: f.Call, base: Type, name: str = "") -> Type | None:
    name = name or call.callee
    made = _made_of_query_set(types, function, call, base)
    if made is not None:
        return made
    if base.cls is not None:
        member = types.member(base.cls, name)
        if member and isinstance(member.entity, Function):
            return _of_function(types, member.entity, base)
        if member and isinstance(member.entity, Class):
            return types.instance(member.entity)
        for outer in types.outer_bases(base.cls):
            found = _by_external(types, function, call, f"{outer}.{name}", base)
            if found:
                return found
        field = types.attribute(base, name)
        return _of_value(types, field) if field else None
    return _by_external(types, function, call, f"{base.name}.{name}", base)


def _of_function(types: Types, target: Function, base: Type | None = None) -> Type | None:
    found = types.returned(target)
    if found is not None and found.name in SELF:
        return replace(base, meta=False) if base else types.instance(target.cls) if target.cls else None
    if base is not None and base.cls is not None and (found is None or not found.name or _is_open(found)):
        found = typevars.returned(types, target, base.cls) or found
    if base is not None and found is not None and not found.args and base.args and found.cls is base.cls:
        return replace(found, args=base.args)  # a query set's own method gives the same query set
    return found


def _is_open(found: Type) -> bool:
    """Something of what is not known, perhaps a type variable."""
    return any(not one.name for one in found.args)
