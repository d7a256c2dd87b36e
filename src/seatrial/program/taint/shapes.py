"""Shapes: which values of a body are the same thing written twice, and what a name holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import External, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import Function
    from seatrial.program.program import Program

DEPTH = 5
"""How deep an expression is compared; deeper parts count as different."""

_NORMAL = frozenset({"realpath", "abspath", "normpath", "resolve", "absolute"})
"""Functions that take `..` out of a path; without one of them, a prefix says nothing of where the path leads."""

_SAME_PATH = frozenset({"str", "Path", "fspath", "normcase", "as_posix"})

_WHOLE = _NORMAL | _SAME_PATH | {
    "PurePath", "lower", "upper", "strip", "casefold", "expanduser", "join", "joinpath",
    "safe_join", "decode", "encode",
}  # fmt: skip
"""Functions whose result is harmless only if what they are given is."""


def shape(function: Function, value: int, depth: int = 0) -> object:
    """Equal for values that are one, or read the same in the same way: `request.args["x"]` written twice."""
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Ref:
        return step.path
    if type(step) is f.Const:
        return ("=", step.kind, step.value)
    if type(step) is f.Call and step.callee == "get" and step.receiver >= 0 and step.args and depth <= DEPTH:
        return ("[]", *(shape(function, i, depth + 1) for i in (step.receiver, step.args[0])))
    name = _NAMED.get(type(step))
    if name is None or depth > DEPTH or (type(step) is f.Call and step.keywords):
        return value
    return (getattr(step, name) if name else "[]", *(shape(function, i, depth + 1) for i in f.operands(step)))


_NAMED = {f.Attr: "name", f.Index: "", f.Binary: "op", f.Call: "callee"}
"""Kinds of value that are compared part by part, and the field that is no part."""


def wholes(function: Function, value: int, depth: int = 0) -> Iterator[int]:
    """The value, and what it was made from whole: when `realpath(join(a, b))` is good, so are `join(a, b)` and `b`."""
    yield value
    step = function.values[function.origin(value)]
    if depth > DEPTH:
        return
    if type(step) is f.Call and step.callee.rpartition(".")[2].lstrip("!") in _WHOLE:
        for inner in (step.receiver, *step.args):
            if inner >= 0:
                yield from wholes(function, inner, depth + 1)
    elif type(step) is f.Binary and step.op in {"/", "+", "or"}:
        yield from wholes(function, step.left, depth + 1)
        yield from wholes(function, step.right, depth + 1)
    elif type(step) is f.Template:
        for part in step.parts:
            yield from wholes(function, part, depth + 1)


def text(program: Program, function: Function, value: int) -> str | None:
    """The literal text that a value holds, also in a module's variable; the canonical name of a name outside; None."""
    step = function.values[function.origin(value)]
    if type(step) is f.Const:
        return step.value if isinstance(step.value, str) else None
    if type(step) is not f.Ref:
        return None
    entity = program.names.resolve(function.file, step.path).entity
    if isinstance(entity, External):
        return entity.name
    if isinstance(entity, Variable):
        return text(program, entity.function, entity.value) if entity.function is not function else None
    return None


def made_by(program: Program, function: Function, call: f.Call) -> tuple[Function, int]:
    """Where what a method is called on is made: (body, id), also in a module or class; id NONE if not known."""
    if call.receiver >= 0:
        return made(program, function, call.receiver)
    return _variable(program, function, call.callee.rpartition(".")[0])


def made(program: Program, function: Function, value: int) -> tuple[Function, int]:
    """Where a value is made: (body, id), also in a module or class; id NONE if not known."""
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Ref:
        return _variable(program, function, step.path)
    if type(step) is f.Attr and function.cls is not None:
        member = program.types.member(function.cls, step.name)
        entity = member.entity if member else None
        return _made(entity) if isinstance(entity, Variable) else (function, f.NONE)
    return function, value


def _variable(program: Program, function: Function, path: str) -> tuple[Function, int]:
    entity = program.names.resolve(function.file, path).entity if path else None
    return _made(entity) if isinstance(entity, Variable) else (function, f.NONE)


def _made(variable: Variable) -> tuple[Function, int]:
    step = variable.function.values[variable.value]
    return variable.function, step.value if type(step) is f.Store else variable.value


def is_normal(function: Function, value: int) -> bool:
    """True when a path is made whole before it is compared: `..` is taken out."""
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Phi:
        return all(option < value and is_normal(function, option) for option in step.options)
    if type(step) is not f.Call:
        return False
    name = step.callee.rpartition(".")[2].lstrip("!")
    inner = step.args[0] if name in _SAME_PATH and step.args else f.NONE
    return name in _NORMAL or (inner >= 0 and is_normal(function, inner))


def listed(function: Function, step: f.Call) -> Iterator[int]:
    """The arguments of a call, and the items of those that are lists."""
    for argument in step.args:
        held = function.values[function.origin(argument)]
        yield from held.items if type(held) is f.Collection else (argument,)
