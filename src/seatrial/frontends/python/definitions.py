"""Functions, lambdas and classes."""

from collections.abc import Callable

from tree_sitter import Node

from seatrial.frontends.python.body import Body, Head
from seatrial.frontends.python.expressions import arguments
from seatrial.frontends.python.grammar import EXPRESSIONS, IDENTIFIER, STATEMENTS, block_of, kind, value
from seatrial.frontends.python.names import type_names
from seatrial.frontends.python.parameters import parameters
from seatrial.frontends.python.statements import annotation, block, without_doc
from seatrial.model.facts import NONE, ClassFacts, ClassValue, Closure, Param, ParamFacts, Return

Names = frozenset[str]

_ARGUMENTS = kind("argument_list")
_CLASS = kind("class_definition")
_DECORATOR = kind("decorator")
_FUNCTION = kind("function_definition")
_PARAMETERS = frozenset((kind("parameters"), kind("lambda_parameters")))
_TYPE = kind("type")
_TYPE_PARAMETER = kind("type_parameter")


@STATEMENTS.lowers("decorated_definition")
def decorated(body: Body, node: Node) -> int:
    """`@decorator` above a function or class."""
    decorators: list[int] = []
    for child in node.children:
        if child.kind_id == _DECORATOR:
            decorators += [value(body, c) for c in child.children if c.kind_id in EXPRESSIONS]
        elif child.kind_id == _FUNCTION:
            _define_function(body, child, tuple(decorators))
        elif child.kind_id == _CLASS:
            _define_class(body, child, tuple(decorators))
    return NONE


@STATEMENTS.lowers("function_definition")
def function(body: Body, node: Node) -> int:
    """`def`."""
    _define_function(body, node, ())
    return NONE


@STATEMENTS.lowers("class_definition")
def class_(body: Body, node: Node) -> int:
    """`class`."""
    _define_class(body, node, ())
    return NONE


def _define_function(body: Body, node: Node, decorators: tuple[int, ...]) -> None:
    """What its head says now; its body when the one around it is complete."""
    name = _name(body, node)
    types = _type_names(body, node)
    given, body.given = body.given, body.given | types
    params: tuple[ParamFacts, ...] = ()
    returns = NONE
    for child in node.children:
        if child.kind_id in _PARAMETERS:
            params = parameters(body, child)
        elif child.kind_id == _TYPE:
            returns = annotation(body, child)
    body.given = given
    cls = body.head.cls if body.head.kind == "class" else NONE
    is_async = node.children[0].type == "async"
    lines = body.line(node), body.last_line(node)
    head = Head(name, _qualname(body, name), "function", cls, *lines, is_async, params, decorators, returns)

    def run(inner: Body) -> bool:
        nodes, has_doc = without_doc(block_of(node).children)
        block(inner, nodes)
        return has_doc

    closure = body.add(Closure(head.line, _later(body, head, types, run)))
    body.bind(name, closure, ":" + name if body.is_module else "")


@EXPRESSIONS.lowers("lambda")
def lambda_(body: Body, node: Node) -> int:
    """`lambda`: a function that returns its only value."""
    params: tuple[ParamFacts, ...] = ()
    for child in node.children:
        if child.kind_id in _PARAMETERS:
            params = parameters(body, child)
    lines = body.line(node), body.last_line(node)
    head = Head("<lambda>", _qualname(body, "<lambda>"), "lambda", NONE, *lines, params=params)

    def run(inner: Body) -> bool:
        inner.add(Return(head.line, value(inner, node.children[-1])))
        return False

    return body.add(Closure(head.line, _later(body, head, frozenset(), run)))


def _later(body: Body, head: Head, types: Names, run: Callable[[Body], bool]) -> int:
    """Queue a body, to be lowered when those around it are complete; its index.

    If a loop in it reads variables that are bound only further down, it is lowered a second time, now that these are
    known to be its own.
    """
    inner = Body(body.file, body, head, body.given | body.hidden | types)
    body.has_children = True

    def lower() -> None:
        mark = inner.file.mark()
        has_doc = _run(inner, run)
        awaited = frozenset(inner.early & inner.last.keys())
        if awaited:
            inner.file.forget(mark)
            inner.begin(awaited)
            has_doc = _run(inner, run)
        inner.finish(has_doc=has_doc)

    body.file.queue.append(lower)
    return inner.index


def _run(inner: Body, run: Callable[[Body], bool]) -> bool:
    for param in inner.head.params:
        inner.bind(param.name, inner.add(Param(inner.head.line, param.name)))
    return run(inner)


def _define_class(body: Body, node: Node, decorators: tuple[int, ...]) -> None:
    """Its body is lowered here and now, as it is run."""
    name = _name(body, node)
    types = _type_names(body, node)
    bases: tuple[int, ...] = ()
    keywords: tuple[tuple[str, int], ...] = ()
    given, body.given = body.given, body.given | types
    for child in node.children:
        if child.kind_id == _ARGUMENTS:
            bases, keywords = arguments(body, child)
    body.given = given
    file = body.file
    index = len(file.classes)
    file.classes.append(None)
    lines = body.line(node), body.last_line(node)
    inner = Body(file, body, Head(name, _qualname(body, name), "class", index, *lines), given | body.hidden | types)
    inner.type_only, inner.guarded = body.type_only, body.guarded
    body.has_children = True
    nodes, has_doc = without_doc(block_of(node).children)
    block(inner, nodes)
    inner.finish(has_doc=has_doc)
    file.classes[index] = ClassFacts(
        name, inner.head.qualname, *lines, body.index, inner.index, bases, keywords, decorators
    )
    body.bind(name, body.add(ClassValue(lines[0], index)), ":" + name if body.is_module else "")


def _name(body: Body, node: Node) -> str:
    for child in node.children:
        if child.kind_id == IDENTIFIER:
            return body.text(child)
    return ""


def _qualname(body: Body, name: str) -> str:
    return f"{body.head.qualname}.{name}" if body.head.qualname else name


def _type_names(body: Body, node: Node) -> Names:
    """The names of the type parameters in `def f[T: int, *Ts, **P]`."""
    for child in node.children:
        if child.kind_id == _TYPE_PARAMETER:
            return type_names(body.file.source[child.start_byte : child.end_byte])
    return frozenset()
