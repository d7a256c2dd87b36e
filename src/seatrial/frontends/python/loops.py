"""`for` and `while`, with their `else`."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body, Env
from seatrial.frontends.python.grammar import STATEMENTS, block_of, head_of, kind, value
from seatrial.frontends.python.joins import enter_loop, join, leave_loop
from seatrial.frontends.python.statements import block
from seatrial.frontends.python.targets import store
from seatrial.model.facts import NONE, Const, Element

_ELSE = kind("else_clause")


@STATEMENTS.lowers("for_statement")
def for_(body: Body, node: Node) -> int:
    """`for target in subject`."""
    head = head_of(node)
    inner = block_of(node)
    subject = value(body, head[1]) if len(head) > 1 else NONE
    is_async = node.children[0].type == "async"
    was_live = body.live
    loop = enter_loop(body, body.line(node))
    at = body.open("for", subject, node, inner, is_async=is_async)
    if head and inner is not node:
        store(body, head[0], body.add(Element(body.line(node), subject)))
        block(body, inner.children)
    exits = not body.live and not loop.continues
    body.close(at, exits=exits)
    leave_loop(body, loop)
    body.live = was_live
    _go_on(body, node, loop.breaks)
    return NONE


@STATEMENTS.lowers("while_statement")
def while_(body: Body, node: Node) -> int:
    """`while test`; the test is inside the region."""
    inner = block_of(node)
    was_live = body.live
    loop = enter_loop(body, body.line(node))
    at = body.open("while", NONE, node, inner)
    head = head_of(node)
    subject = value(body, head[0]) if head else NONE
    if inner is not node:
        block(body, inner.children)
    exits = not body.live and not loop.continues
    body.close(at, exits=exits, subject=subject)
    leave_loop(body, loop)
    test = body.values[subject] if subject >= 0 else None
    body.live = was_live and not (isinstance(test, Const) and bool(test.value))
    _go_on(body, node, loop.breaks)
    return NONE


def _go_on(body: Body, node: Node, breaks: list[Env]) -> None:
    """The `else` of a loop, and where its `break`s meet it again."""
    around = body.env
    for clause in node.children:
        if clause.kind_id == _ELSE:
            body.env = dict(around)
            at = body.open("orelse", NONE, clause, clause)
            block(body, block_of(clause).children)
            body.close(at, exits=not body.live)
    ends = [body.env] if body.live else []
    ends += [{**around, **env} for env in breaks]
    body.live = bool(ends)
    join(body, ends or [body.env], body.last_line(node))
