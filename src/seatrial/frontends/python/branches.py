"""`if` with its `elif` and `else`."""

import re

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import STATEMENTS, block_of, head_of, kind, value
from seatrial.frontends.python.joins import Ends
from seatrial.frontends.python.statements import block
from seatrial.model.facts import NONE

_ELIF = kind("elif_clause")
_ELSE = kind("else_clause")
_TYPE_CHECKING = re.compile(rb"\(?\s*(?:\w+\.)?TYPE_CHECKING(?:\s+is\s+True|\s*==\s*True)?\s*\)?")
_NOT_TYPE_CHECKING = re.compile(
    rb"\(?\s*(?:not\s+(?:\w+\.)?TYPE_CHECKING|(?:\w+\.)?TYPE_CHECKING\s+is\s+(?:False|not\s+True))\s*\)?"
)


@STATEMENTS.lowers("if_statement")
def if_(body: Body, node: Node) -> int:
    """An `elif` is an `if` within the `else` of the one before."""
    ends = Ends(body)
    opened: list[int] = []
    before, outside = body.env, body.type_only
    subject = _branch(body, node, ends)
    has_else = False
    for clause in node.children:
        if clause.kind_id == _ELIF:
            opened.append(body.open("else", subject, clause, node))
            body.env, body.live = before, ends.was_live
            subject = _branch(body, clause, ends)
        elif clause.kind_id == _ELSE:
            ends.start(before)
            at = body.open("else", subject, clause, clause)
            block(body, block_of(clause).children)
            body.close(at, exits=ends.end())
            has_else = True
    body.type_only = outside
    if not has_else:
        ends.start(before)
        ends.end()
    later = ends.envs
    for at in reversed(opened):
        body.close(at, exits=not later)
    ends.meet(body.last_line(node))
    return NONE


def _branch(body: Body, clause: Node, ends: Ends) -> int:
    """A condition and what is done when it holds; the id of the condition."""
    outside = body.type_only
    head = head_of(clause)
    subject = value(body, head[0]) if head else NONE
    test = body.file.source[head[0].start_byte : head[0].end_byte] if head else b""
    body.type_only = outside or bool(b"TYPE_CHECKING" in test and _TYPE_CHECKING.fullmatch(test))
    ends.start(body.env)
    inner = block_of(clause)
    at = body.open("if", subject, clause, inner)
    block(body, inner.children)
    body.close(at, exits=ends.end())
    body.type_only = outside or bool(b"TYPE_CHECKING" in test and _NOT_TYPE_CHECKING.fullmatch(test))
    return subject
