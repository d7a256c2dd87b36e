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

EXITS = frozenset({f.Return, f.Raise, f.Jump})

_WHOLE = frozenset(
    {"realpath", "abspath", "normpath", "resolve", "absolute", "fspath", "str", "Path", "PurePath", "lower", "upper", "strip", "casefold",
     "expanduser", "join", "joinpath", "safe_join", "decode", "encode"}
)  # fmt: skip
"""Functions whose result is harmless only if what they are given is."""


def shape(function: Function, value: int, depth: int = 0) -> object:
    """Equal for values that are one, or that read the same thing in the same way: `request.args["x"]` written twice."""
    value = function.origin(value)
    step = function.values[value]
    if depth > DEPTH:
        return value
    if type(step) is f.Attr:
        return (step.name, shape(function, step.base, depth + 1))
    if type(step) is f.Index:
        return ("[]", shape(function, step.base, depth + 1), shape(function, step.key, depth + 1))
    if type(step) is f.Ref:
        return step.path
    if type(step) is f.Const:
        return ("=", step.kind, step.value)
    if type(step) is f.Binary:
        return (step.op, shape(function, step.left, depth + 1), shape(function, step.right, depth + 1))
    if type(step) is f.Call and not step.keywords:
        inner = (step.receiver, *step.args) if step.receiver >= 0 else step.args
        return (step.callee, "()", *(shape(function, i, depth + 1) for i in inner))
    return value


def wholes(function: Function, value: int, depth: int = 0) -> Iterator[int]:
    """The value, and what it was made from whole: when `realpath(join(a, b))` is good, so is `join(a, b)`, and so are its parts."""
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
    """The literal text that a value holds, through variables of modules; the canonical name of a name outside; else None."""
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


def held(program: Program, function: Function, call: f.Call) -> tuple[Function, int]:
    """Where what a method is called on is made: (body, id), through variables of modules and classes; id NONE if not known."""
    if call.receiver >= 0:
        value = function.origin(call.receiver)
        step = function.values[value]
        if type(step) is f.Ref:
            return _variable(program, function, step.path)
        if type(step) is f.Attr and function.cls is not None:
            member = program.types.member(function.cls, step.name)
            entity = member.entity if member else None
            return _made(entity) if isinstance(entity, Variable) else (function, f.NONE)
        return function, value
    return _variable(program, function, call.callee.rpartition(".")[0])


def _variable(program: Program, function: Function, path: str) -> tuple[Function, int]:
    entity = program.names.resolve(function.file, path).entity if path else None
    return _made(entity) if isinstance(entity, Variable) else (function, f.NONE)


def _made(variable: Variable) -> tuple[Function, int]:
    step = variable.function.values[variable.value]
    return variable.function, step.value if type(step) is f.Store else variable.value
