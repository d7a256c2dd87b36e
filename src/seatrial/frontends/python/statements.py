"""Statements that follow one another: assignments, returns, and the like."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body, Env
from seatrial.frontends.python.expressions import item, other
from seatrial.frontends.python.grammar import (
    ATTRIBUTE,
    EXPRESSIONS,
    IDENTIFIER,
    STATEMENTS,
    STRING,
    kind,
    shape,
    value,
    values,
)
from seatrial.frontends.python.names import type_names
from seatrial.frontends.python.targets import SUBSCRIPT, Manner, store
from seatrial.model.facts import (
    NONE,
    Assert,
    Attr,
    Binary,
    Call,
    Damage,
    Delete,
    Index,
    Jump,
    Raise,
    Return,
    Store,
    StoreAttr,
    StoreItem,
)

_TYPE = kind("type")
_EXPRESSION_STATEMENT = kind("expression_statement")


def block(body: Body, nodes: list[Node]) -> None:
    """Lower statements in order."""
    deep = body.file.deep
    for node in nodes:
        lower = STATEMENTS.get(node.kind_id)
        if lower is not None:
            if deep and node.id in deep:
                body.file.damage.append(Damage(body.line(node), body.last_line(node), "nested too deep"))
            else:
                lower(body, node)


def without_doc(nodes: list[Node]) -> tuple[list[Node], bool]:
    """The statements of a body without its docstring, and whether there is one."""
    for at, node in enumerate(nodes):
        if node.kind_id in STATEMENTS:
            is_doc = node.kind_id == _EXPRESSION_STATEMENT and [c.kind_id for c in node.children] == [STRING]
            return (nodes[at + 1 :], True) if is_doc else (nodes, False)
    return nodes, False


@STATEMENTS.lowers("block")
def nested_block(body: Body, node: Node) -> int:
    """A block that stands where a statement does."""
    block(body, node.children)
    return NONE


@STATEMENTS.lowers("expression_statement")
def expression_statement(body: Body, node: Node) -> int:
    """An expression or assignment as a statement."""
    for child in node.children:
        lower = EXPRESSIONS.get(child.kind_id)
        if lower is not None:
            lower(body, child)
    return NONE


def annotation(body: Body, node: Node) -> int:
    """The id of a type, in a region of its own."""
    at = body.open("annotation", NONE, node, node)
    body.in_annotation, before = True, body.in_annotation
    found = value(body, node)
    body.in_annotation = before
    body.close(at)
    return found


@EXPRESSIONS.lowers("assignment")
def assignment(body: Body, node: Node) -> int:
    """`a = b = value`, `a: int = value`; the id of the value."""
    target: Node | None = None
    marked = stored = NONE
    for child in node.children:
        if child.kind_id not in EXPRESSIONS:
            continue
        if target is None:
            target = child
        elif child.kind_id == _TYPE:
            marked = annotation(body, child)
        else:
            stored = value(body, child)
    if target is not None and (stored != NONE or marked != NONE):
        store(body, target, stored, Manner(annotation=marked))
    return stored


@EXPRESSIONS.lowers("augmented_assignment")
def augmented_assignment(body: Body, node: Node) -> int:
    """`a += value`: reads, computes and writes."""
    parts = shape(node, 3)
    if len(parts) != 3:
        return other(body, node)
    target, operator, right = parts
    line, op = body.line(node), operator.type[:-1]
    if target.kind_id == ATTRIBUTE and len(names := shape(target, 3)) == 3:
        base, name = value(body, names[0]), body.text(names[2])
        before = body.add(Attr(line, base, name))
        result = body.add(Binary(line, op, before, value(body, right)))
        body.add(StoreAttr(line, base, name, result, NONE, augmented=True))
    elif target.kind_id == SUBSCRIPT:
        base, key = item(body, target)
        before = body.add(Index(line, base, key))
        result = body.add(Binary(line, op, before, value(body, right)))
        body.add(StoreItem(line, base, key, result, augmented=True))
    else:
        before = value(body, target)
        result = body.add(Binary(line, op, before, value(body, right)))
        store(body, target, result, Manner(augmented=True))
    return result


@STATEMENTS.lowers("return_statement")
def return_(body: Body, node: Node) -> int:
    """`return value`."""
    ids = values(body, node.children)
    body.add(Return(body.line(node), ids[0] if ids else NONE))
    body.live = False
    return NONE


@STATEMENTS.lowers("raise_statement")
def raise_(body: Body, node: Node) -> int:
    """`raise value from cause`."""
    ids = values(body, node.children)
    body.add(Raise(body.line(node), ids[0] if ids else NONE, ids[1] if len(ids) > 1 else NONE))
    body.live = False
    return NONE


@STATEMENTS.lowers("assert_statement")
def assert_(body: Body, node: Node) -> int:
    """`assert test, message`."""
    ids = values(body, node.children)
    body.add(Assert(body.line(node), ids[0] if ids else NONE))
    return NONE


@STATEMENTS.lowers("pass_statement")
def pass_(body: Body, node: Node) -> int:
    """`pass`."""
    body.add(Jump(body.line(node), "pass"))
    return NONE


@STATEMENTS.lowers("break_statement")
def break_(body: Body, node: Node) -> int:
    """`break`."""
    body.add(Jump(body.line(node), "break"))
    return _leave(body, body.loop.breaks if body.loop else None)


@STATEMENTS.lowers("continue_statement")
def continue_(body: Body, node: Node) -> int:
    """`continue`."""
    body.add(Jump(body.line(node), "continue"))
    return _leave(body, body.loop.continues if body.loop else None)


def _leave(body: Body, ways: list[Env] | None) -> int:
    """From here one of the ways out of a loop is taken, with what variables hold; what follows is not reached."""
    if ways is not None and body.live:
        ways.append(dict(body.env))
    body.live = False
    return NONE


@STATEMENTS.lowers("delete_statement")
def delete(body: Body, node: Node) -> int:
    """`del a, b[0]`."""
    for child in node.children:
        for target in child.children if child.kind_id == _LIST else (child,):
            found = value(body, target)
            if found != NONE:
                body.add(Delete(body.line(target), found))
            if target.kind_id == IDENTIFIER:
                body.env.pop(body.text(target), None)
    return NONE


@STATEMENTS.lowers("global_statement", "nonlocal_statement")
def declare_outer(body: Body, node: Node) -> int:
    """`global a`, `nonlocal a`: the name is not a variable of this body."""
    is_global = node.children[0].type == "global"
    for child in node.children:
        if child.kind_id == IDENTIFIER and not body.is_module:
            name = body.text(child)
            body.outer[name] = is_global
            body.env.pop(name, None)
    return NONE


@STATEMENTS.lowers("print_statement", "exec_statement")
def python_2(body: Body, node: Node) -> int:
    """`print a`, `exec a` of Python 2."""
    ids = tuple(values(body, node.children))
    line = body.line(node)
    body.add(Call(line, "!" + node.children[0].type, NONE, ids, (), body.last_line(node)))
    return NONE


@STATEMENTS.lowers("type_alias_statement")
def type_alias(body: Body, node: Node) -> int:
    """`type Name[T] = other`."""
    types = [child for child in node.children if child.kind_id == _TYPE]
    if len(types) != 2:
        return NONE
    raw, _, params = body.file.source[types[0].start_byte : types[0].end_byte].partition(b"[")
    given, body.given = body.given, body.given | type_names(params)
    found = annotation(body, types[1])
    body.given = given
    name = raw.decode("utf-8", "replace").strip()
    body.bind(name, found)
    body.add(Store(body.line(node), name, found, NONE, augmented=False, outer=False))
    return NONE


@STATEMENTS.lowers("ERROR")
def broken(body: Body, node: Node) -> int:
    """What can be understood inside a syntax error."""
    for child in node.children:
        if child.kind_id in STATEMENTS:
            block(body, [child])
        elif child.id not in body.file.deep:
            value(body, child)
    return NONE


_LIST = kind("expression_list")
