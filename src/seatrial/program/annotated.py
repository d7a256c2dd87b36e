"""Annotations: the type that a written annotation names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.names import External, Variable
from seatrial.program.parts import Class, Function
from seatrial.program.type import Type

if TYPE_CHECKING:
    from seatrial.program.types import Types

WRAPPERS = frozenset(
    {
        "typing.Optional", "typing.Annotated", "typing_extensions.Annotated", "typing.Union", "typing.Final",
        "typing.ClassVar", "typing.Awaitable", "typing.Coroutine", "collections.abc.Awaitable",
        "collections.abc.Coroutine", "sqlalchemy.orm.Mapped", "sqlalchemy.orm.WriteOnlyMapped",
        "sqlalchemy.orm.DynamicMapped", "typing.Required", "typing.NotRequired",
        "contextlib.AbstractContextManager", "contextlib.AbstractAsyncContextManager", "typing.ContextManager",
    }
)  # fmt: skip
"""Generics that say something about a type and are, for our questions, that type: the first argument that is known."""

GENERATORS = frozenset({"Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncGenerator", "AsyncIterable"})

STANDARD = {
    "typing.List": "builtins.list", "typing.Dict": "builtins.dict", "typing.Set": "builtins.set",
    "typing.Tuple": "builtins.tuple", "typing.Sequence": "builtins.list",
    "collections.abc.Sequence": "builtins.list", "typing.Mapping": "builtins.dict",
    "collections.abc.Mapping": "builtins.dict", "typing.FrozenSet": "builtins.frozenset", "typing.Text": "builtins.str",
    "typing.Collection": "builtins.list", "collections.abc.Collection": "builtins.list",
    "typing.MutableMapping": "builtins.dict", "typing.Type": "builtins.type",
}  # fmt: skip

SILENT = frozenset({"typing.Any", "builtins.None", "builtins.object", "typing_extensions.Any"})
"""Annotations that say nothing."""


SELF = frozenset({"typing.Self", "typing_extensions.Self"})
"""Annotations that stand for the class of the receiver."""


def read(types: Types, function: Function | None, value: int) -> Type | None:
    """The type that the annotation `value` (an id in `function`) names, or None."""
    if function is None or not 0 <= value < len(function.values):
        return None
    step = function.values[value]
    if type(step) is f.Ref:
        return _name(types, function, step.path)
    if type(step) is f.Binary and step.op == "|":
        return read(types, function, step.left) or read(types, function, step.right)
    if type(step) is f.Index:
        return _generic(types, function, step)
    if type(step) is f.ClassValue:
        return types.instance(function.file.classes[step.cls])
    return None


def metadata(types: Types, function: Function | None, value: int) -> tuple[Function, tuple[int, ...]] | None:
    """What `Annotated[T, a, b]` says beside the type: the body and the ids of `a`, `b`; aliases are followed."""
    if function is None or not 0 <= value < len(function.values):
        return None
    step = function.values[value]
    if type(step) is f.Ref:
        named = types.names.resolve(function.file, step.path)
        if isinstance(named.entity, Variable) and not named.rest:
            return metadata(types, named.entity.function, held(named.entity))
    if type(step) is f.Index and _dotted(types, function, step.base).endswith("typing.Annotated"):
        return function, items(function, step.key)[1:]
    if type(step) is f.Index and _dotted(types, function, step.base) == "typing_extensions.Annotated":
        return function, items(function, step.key)[1:]
    return None


def items(function: Function, key: int) -> tuple[int, ...]:
    """The arguments between the brackets of a generic."""
    step = function.values[key]
    return step.items if type(step) is f.Collection else (key,)


def _name(types: Types, function: Function, path: str) -> Type | None:
    named = types.names.resolve(function.file, path)
    entity = named.entity
    if isinstance(entity, Class) and not named.rest:
        return types.instance(entity)
    if isinstance(entity, External):
        name = types.models.canonical(STANDARD.get(entity.name, entity.name))
        own = types.models.item(name)
        return Type(name, (Type(own),) if own else ()) if name not in SILENT else None
    if isinstance(entity, Variable) and not named.rest:  # an alias: Db = Annotated[Session, Depends(get_db)]
        return _alias(types, entity)
    return None


def _alias(types: Types, variable: Variable) -> Type | None:
    key = (id(variable.function), variable.name)
    if key in types.aliases:  # an alias that contains itself: Json = dict[str, "Json"]
        return None
    types.aliases.add(key)
    found = read(types, variable.function, held(variable))
    types.aliases.discard(key)
    return found


def _generic(types: Types, function: Function, step: f.Index) -> Type | None:
    dotted = _dotted(types, function, step.base)
    arguments = items(function, step.key)
    if dotted in WRAPPERS:
        return next((t for t in (read(types, function, a) for a in arguments) if t), None)
    args = tuple(read(types, function, a) or Type("") for a in arguments)
    if STANDARD.get(dotted, dotted) == "builtins.type":
        return replace(args[0], meta=True) if args else None
    if dotted.rpartition(".")[2] in GENERATORS:
        return Type("builtins.generator", args)
    outer = read(types, function, step.base)
    return replace(outer, args=args) if outer else None


def _dotted(types: Types, function: Function, base: int) -> str:
    step = function.values[base]
    entity = types.names.resolve(function.file, step.path).entity if type(step) is f.Ref else None
    return entity.name if isinstance(entity, External) else ""


def held(variable: Variable) -> int:
    """The id of what is stored in a variable."""
    value = variable.function.values[variable.value]
    return value.value if type(value) is f.Store else variable.value
