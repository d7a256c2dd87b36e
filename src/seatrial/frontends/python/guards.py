"""`with` and `try`."""

import re
from typing import Literal

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import EXPRESSIONS, STATEMENTS, block_of, head_of, kind, value
from seatrial.frontends.python.joins import Ends, join
from seatrial.frontends.python.statements import block
from seatrial.frontends.python.targets import store
from seatrial.model.facts import NONE, Call, Caught, Collection, Enter

_AS = kind("as_pattern")
_ELSE = kind("else_clause")
_EXCEPT = kind("except_clause")
_FINALLY = kind("finally_clause")
_TUPLE = kind("tuple")
_WITH_CLAUSE = kind("with_clause")
_WITH_ITEM = kind("with_item")
_CATCHES_IMPORT = re.compile(rb"\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b")
_SWALLOWS = frozenset(
    ("suppress", "raises", "assertRaises", "assertRaisesRegex", "move_on_after", "move_on_at", "CancelScope")
)
"""Managers of contextlib, pytest, unittest, trio and anyio after which code goes on, though the block raised."""


@STATEMENTS.lowers("with_statement")
def with_(body: Body, node: Node) -> int:
    """`with a as x, b:` one region in the other."""
    is_async = node.children[0].type == "async"
    inner = block_of(node)
    was_live, opened, swallowed = body.live, [], False
    for item in _with_items(node):
        managed, target = _as(item)
        manager = value(body, managed)
        held = body.values[manager] if manager >= 0 else None
        swallowed = swallowed or (isinstance(held, Call) and held.callee.rpartition(".")[2].lstrip(":?") in _SWALLOWS)
        opened.append(body.open("with", manager, node, inner, is_async=is_async))
        entered = body.add(Enter(body.line(item), manager))
        if target is not None:
            store(body, target, entered)
    block(body, inner.children if inner is not node else [])
    body.live = body.live or (swallowed and was_live)
    for at in reversed(opened):
        body.close(at, exits=not body.live)
    return NONE


def _with_items(node: Node) -> list[Node]:
    """The managers of a `with`, each a value or `value as target`."""
    items = [c for clause in node.children if clause.kind_id == _WITH_CLAUSE for c in clause.children]
    found = [c for item in items if item.kind_id == _WITH_ITEM for c in item.children if c.kind_id in EXPRESSIONS]
    return head_of(found[0]) if len(found) == 1 and found[0].kind_id == _TUPLE else found


def _as(node: Node) -> tuple[Node, Node | None]:
    """`value as target` taken apart."""
    if node.kind_id != _AS:
        return node, None
    named = [child for child in node.children if child.is_named]
    return named[0], named[-1] if len(named) > 1 else None


@STATEMENTS.lowers("try_statement")
def try_(body: Body, node: Node) -> int:
    """A handler is entered with what held before or after the `try`."""
    ends = Ends(body)
    before = dict(body.env)
    handlers = [clause for clause in node.children if clause.kind_id == _EXCEPT]
    was_guarded = body.guarded
    body.guarded = was_guarded or any(_catches_import(body, clause) for clause in handlers)
    _clause(body, "try", node, NONE)
    body.guarded = was_guarded
    entry = dict(body.env)
    for clause in node.children:
        if clause.kind_id == _ELSE:
            _clause(body, "orelse", clause, NONE)
    ends.end()
    if handlers:
        join(body, [before, entry], body.line(handlers[0]))
    entry = body.env
    for clause in handlers:
        ends.start(entry)
        _except(body, clause)
        ends.end()
    ends.meet(body.last_line(node))
    _finally(body, node)
    return NONE


def _finally(body: Body, node: Node) -> None:
    """What is done on every way; it does not bring back to life what has left."""
    lived = body.live
    for clause in node.children:
        if clause.kind_id == _FINALLY:
            body.live = True
            _clause(body, "finally", clause, NONE)
            body.live = lived and body.live


def _clause(body: Body, what: Literal["try", "orelse", "finally"], clause: Node, subject: int) -> None:
    inner = block_of(clause)
    at = body.open(what, subject, clause, inner)
    block(body, inner.children if inner is not clause else [])
    body.close(at, exits=not body.live)


def _except(body: Body, clause: Node) -> None:
    """`except kind as name`, `except one, other`."""
    head = head_of(clause)
    caught, target = _as(head[0]) if head else (None, None)
    kinds = [value(body, part) for part in (caught, *head[1:]) if part is not None]
    subject = kinds[0] if kinds else NONE
    if len(kinds) > 1:
        subject = body.add(Collection(body.line(clause), "tuple", tuple(kinds), NONE))
    inner = block_of(clause)
    at = body.open("except", subject, clause, inner)
    if target is not None:
        store(body, target, body.add(Caught(body.line(clause), subject)))
    block(body, inner.children if inner is not clause else [])
    body.close(at, exits=not body.live)


def _catches_import(body: Body, clause: Node) -> bool:
    """Whether a handler would catch a failed import."""
    head = head_of(clause)
    return not head or bool(_CATCHES_IMPORT.search(body.file.source, head[0].start_byte, head[0].end_byte))
