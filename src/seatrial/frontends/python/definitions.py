"""Functions, lambdas and classes."""

from collections.abc import Callable
from typing import TypeVar

from tree_sitter import Node

from seatrial.frontends.python.body import Body, Head
from seatrial.frontends.python.expressions import arguments
from seatrial.frontends.python.flow import body_of
from seatrial.frontends.python.grammar import EXPRESSIONS, IDENTIFIER, STATEMENTS, kind, value
from seatrial.frontends.python.parameters import parameters
from seatrial.frontends.python.statements import annotation, block, without_doc
from seatrial.model.facts import NONE, ClassFacts, ClassValue, Closure, Param, ParamFacts, Return

T = TypeVar("T")

_ARGUMENTS = kind("argument_list")
_DECORATOR = kind("decorator")
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
        elif child.kind_id in _DEFINITIONS:
            _DEFINITIONS[child.kind_id](body, child, tuple(decorators))
    return NONE


@STATEMENTS.lowers("function_definition")
def function(body: Body, node: Node, decorators: tuple[int, ...] = ()) -> int:
    """`def`: what its head says now; its body when the one around it is complete."""
    name, params, returns = "", (), NONE
    types: frozenset[str] = frozenset()
    for child in node.children:
        what = child.kind_id
        if what == IDENTIFIER:
            name = body.text(child)
        elif what == _TYPE_PARAMETER:
            types = _type_names(body, child)
        elif what in _PARAMETERS:
            params = _with_types(body, types, lambda child=child: parameters(body, child))
        elif what == _TYPE:
            returns = _with_types(body, types, lambda child=child: annotation(body, child))
    cls = body.head.cls if body.head.kind == "class" else NONE
    head = Head(
        name, _qualname(body, name), "function", cls, body.line(node), _last_line(body, node),
        node.children[0].type == "async", params, decorators, returns,
    )  # fmt: skip
    index = _later(body, head, types, lambda inner: _run_function(inner, node))
    body.bind(name, body.add(Closure(head.line, index)), ":" + name if body.is_module else "")
    return NONE


def _run_function(inner: Body, node: Node) -> bool:
    nodes, has_doc = without_doc(body_of(node))
    block(inner, nodes)
    return has_doc


@EXPRESSIONS.lowers("lambda")
def lambda_(body: Body, node: Node) -> int:
    """`lambda`: a function that returns its only value."""
    params: tuple[ParamFacts, ...] = ()
    last = node.children[-1]
    for child in node.children:
        if child.kind_id in _PARAMETERS:
            params = parameters(body, child)
    head = Head(
        "<lambda>", _qualname(body, "<lambda>"), "lambda", NONE, body.line(node), _last_line(body, node), params=params
    )
    index = _later(body, head, frozenset(), lambda inner: _run_lambda(inner, last))
    return body.add(Closure(head.line, index))


def _run_lambda(inner: Body, node: Node) -> bool:
    found = value(inner, node)
    inner.add(Return(inner.line(node), found))
    return False


def _later(body: Body, head: Head, types: frozenset[str], run: Callable[[Body], bool]) -> int:
    """Queue a body, to be lowered when those around it are complete; its index."""
    inner = Body(body.file, body, head)
    inner.inner = body.inner | types
    inner.in_annotation = False
    body.has_children = True

    def lower() -> None:
        for param in head.params:
            inner.bind(param.name, inner.add(Param(head.line, param.name)))
        inner.finish(has_doc=run(inner))

    body.file.queue.append(lower)
    return inner.index


@STATEMENTS.lowers("class_definition")
def class_(body: Body, node: Node, decorators: tuple[int, ...] = ()) -> int:
    """`class`: its body is lowered here and now, as it is run."""
    name, bases, keywords = "", (), ()
    types: frozenset[str] = frozenset()
    for child in node.children:
        what = child.kind_id
        if what == IDENTIFIER:
            name = body.text(child)
        elif what == _TYPE_PARAMETER:
            types = _type_names(body, child)
        elif what == _ARGUMENTS:
            bases, keywords = _with_types(body, types, lambda child=child: arguments(body, child))
    file = body.file
    index = len(file.classes)
    file.classes.append(None)
    line, end_line = body.line(node), _last_line(body, node)
    inner = Body(file, body, Head(name, _qualname(body, name), "class", index, line, end_line))
    inner.inner = body.inner | types
    inner.type_only, inner.guarded = body.type_only, body.guarded
    body.has_children = True
    nodes, has_doc = without_doc(body_of(node))
    block(inner, nodes)
    inner.finish(has_doc=has_doc)
    file.classes[index] = ClassFacts(
        name, inner.head.qualname, line, end_line, body.index, inner.index, bases, keywords, decorators
    )
    body.bind(name, body.add(ClassValue(line, index)), ":" + name if body.is_module else "")
    return NONE


def _with_types(body: Body, types: frozenset[str], lower: Callable[[], T]) -> T:
    """Lower something in which type parameters are known."""
    before, body.inner = body.inner, body.inner | types
    found = lower()
    body.inner = before
    return found


def _qualname(body: Body, name: str) -> str:
    return f"{body.head.qualname}.{name}" if body.head.qualname else name


def _last_line(body: Body, node: Node) -> int:
    return node.end_point.row + body.file.first_line


def _type_names(body: Body, node: Node) -> frozenset[str]:
    """The names of the type parameters in `[T, *Ts, **P]`."""
    raw = body.file.source[node.start_byte + 1 : node.end_byte - 1].decode("utf-8", "replace")
    return frozenset(part.split(":")[0].split("=")[0].strip().lstrip("*") for part in raw.split(","))


_DEFINITIONS = {kind("function_definition"): function, kind("class_definition"): class_}
