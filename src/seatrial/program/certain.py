"""Certain: what a value is beyond doubt, for those who say that something cannot work.

`Types` gives one honest guess, which is right for most questions. To say "this class has no such member" needs more:
the value was made by the class, or a plain annotation names it, or it is a row that a query of that class gave.
The annotation of a parameter may be a mistake that nobody noticed: somebody must pass what it says, or a framework.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program import annotated
from seatrial.program.arguments import passed
from seatrial.program.names import Variable
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program

_DEPTH = 4
_ROWS = frozenset({"one", "all"})
_STORES = frozenset({f.Store})


def certain(program: Program, function: Function, value: int, depth: int = 0) -> Class | None:
    """The class of the program that a value is an instance of, or None where there is any doubt."""
    origin = function.origin(value)
    step = function.values[origin]
    if depth > _DEPTH:
        return None
    if type(step) is f.Call:
        return _of_call(program, function, origin)
    if type(step) is f.Param:
        return _of_parameter(program, function, step.name)
    if type(step) is f.Ref:
        return held(program, function, step.path, depth)
    if type(step) is f.Attr:
        return _of_field(program, function, step, depth)
    return _row(program, function, origin) if type(step) is f.Element else None


def _of_call(program: Program, function: Function, call: int) -> Class | None:
    target = program.target(function, call)
    if target.made is not None:
        return target.made
    if len(target.functions) == 1:
        only = target.functions[0]
        return named(program, only.parent, only.facts.returns)
    asks = target.model is not None and target.model.query in _ROWS
    return _row(program, function, call) if asks else None


def _row(program: Program, function: Function, value: int) -> Class | None:
    """The class of the rows that a query gives: one, or each of many."""
    found = program.type_of(function, value)
    return found.cls if found and not found.meta and program.schema.table(found.cls) else None


def _of_parameter(program: Program, function: Function, name: str) -> Class | None:
    for param in function.facts.params:
        if param.name == name and param.kind in {"positional", "keyword", "positional-only"}:
            cls = named(program, function.parent, param.annotation)
            return (
                cls if cls and (_is_validated(program, function) or _is_passed(program, function, name, cls)) else None
            )
    return None


def _is_validated(program: Program, function: Function) -> bool:
    """A framework calls it with what the annotation asks for: FastAPI makes the model of a body."""
    return any(end.handler is function for end in program.endpoints)


def _is_passed(program: Program, function: Function, name: str, cls: Class) -> bool:
    for caller, call in program.calls.callers(function):
        step = caller.values[call]
        given = passed(step, function, name) if type(step) is f.Call else f.NONE
        found = program.type_of(caller, given) if given >= 0 else None
        if found and found.cls and not found.meta and cls in program.types.mro(found.cls):
            return True
    return False


def held(program: Program, function: Function, path: str, depth: int = 0) -> Class | None:
    """The class of what a variable of a module holds that is set once; the path is written in `function`."""
    if not path or depth > _DEPTH:
        return None
    found = program.names.resolve(function.file, path)
    entity = found.entity
    if not isinstance(entity, Variable) or found.rest or entity.function is not entity.function.file.body:
        return None
    body = entity.function
    if [setter for each in body.file.functions for setter in _setters(each, entity.name)] != [body]:
        return None
    return certain(program, body, annotated.held(entity), depth + 1)


def _setters(body: Function, name: str) -> Iterator[Function]:
    """The body, once for each time that it sets a variable of its module."""
    for at in body.of(_STORES):
        step = body.values[at]
        if type(step) is f.Store and step.name == name and step.outer == (body is not body.file.body):
            yield body


def _of_field(program: Program, function: Function, step: f.Attr, depth: int) -> Class | None:
    """What a field of the own object holds, where all that is written to it is of one class."""
    base = function.values[function.origin(step.base)]
    owner = function.cls if type(base) is f.Param and _is_self(function, base) else None
    if owner is None:
        return None
    written = [one for cls in program.types.mro(owner) for one in program.types.written(cls).get(step.name, ())]
    found = {_written(program, body, value, annotation, depth) for body, value, annotation in written}
    return found.pop() if len(found) == 1 else None


def _written(program: Program, body: Function, value: int, annotation: int, depth: int) -> Class | None:
    return named(program, body, annotation) if annotation >= 0 else certain(program, body, value, depth + 1)


def _is_self(function: Function, base: f.Param) -> bool:
    params = function.facts.params
    return function.facts.cls >= 0 and bool(params) and params[0].name == base.name and not function.facts.decorators


def named(program: Program, function: Function | None, value: int) -> Class | None:
    """The class that an annotation names alone, or beside None: `Order`, `Order | None`, `Optional[Order]`."""
    if function is None or value < 0:
        return None
    step = function.values[value]
    if type(step) is f.Binary and step.op == "|":
        sides = [side for side in (step.left, step.right) if not _is_none(function, side)]
        return named(program, function, sides[0]) if len(sides) == 1 else None
    if type(step) is f.Index:
        outer = function.values[step.base]
        optional = type(outer) is f.Ref and outer.path == "typing.Optional"
        return named(program, function, step.key) if optional else None
    found = annotated.read(program.types, function, value) if type(step) is f.Ref else None
    return found.cls if found and not found.meta and not found.args else None


def _is_none(function: Function, value: int) -> bool:
    step = function.values[value]
    return type(step) is f.Const and step.value is None
