"""What of a file cannot be understood: syntax errors, and nesting without measure."""

from tree_sitter import Node

from seatrial.frontends.python.grammar import BLOCK, ERROR, STATEMENTS, kind
from seatrial.model.facts import Damage

DEEPEST = 300
"""Levels of the syntax tree: some 150 brackets, one in the other. CPython itself reads no more than 200 brackets."""
_SPINE = frozenset((kind("binary_operator"), kind("boolean_operator")))


def syntax_errors(root: Node) -> list[Damage]:
    """The stretches that the parser skipped or made up, outermost ones only."""
    if not root.has_error:
        return []
    found = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.kind_id == ERROR or node.is_missing:
            reason = f"missing {node.type}" if node.is_missing else "syntax error"
            found.append(Damage(node.start_point.row + 1, node.end_point.row + 1, reason))
        elif node.has_error:
            stack += reversed(node.children)
    return found


def too_deep(root: Node) -> frozenset[int]:
    """The ids of the innermost statements that hold more levels than `DEEPEST`."""
    found: set[int] = set()
    stack = [(root, root, 0, True)]
    while stack:
        node, statement, depth, holds_statements = stack.pop()
        for at, child in enumerate(node.children):
            if child.descendant_count + depth <= DEEPEST:
                continue
            what = child.kind_id
            is_checked = what in STATEMENTS or node.kind_id == ERROR
            inner = child if holds_statements and is_checked else statement
            if depth >= DEEPEST:
                found.add(inner.id)
                continue
            level = depth if at == 0 and what in _SPINE and node.kind_id in _SPINE else depth + 1
            stack.append((child, inner, level, what == BLOCK or (what == ERROR and holds_statements)))
    return frozenset(found)
