"""What a Python file writes down as a secret, and whether its code holds it or a comment or text speaks of it."""

from msgspec.structs import replace
from tree_sitter import Node

from seatrial.frontends import _written
from seatrial.frontends.python.grammar import COMMENT, STRING, kind
from seatrial.model.written import Written

_TEXT = frozenset((STRING, kind("string_content"), kind("escape_sequence")))
_STATEMENT = kind("expression_statement")


def written(source: bytes, root: Node) -> tuple[Written, ...]:
    """All that may be a secret, in order of place."""
    return tuple(replace(one.fact, in_code=_in_code(one, root)) for one in _written.written(source))


def _in_code(one: _written.Found, root: Node) -> bool:
    """A name and its value lie in two nodes of code, but in one text or comment that has both; the rest in a text."""
    node = root.descendant_for_byte_range(one.start, one.end - 1)
    if node is None or node.kind_id == COMMENT:
        return False
    if node.kind_id not in _TEXT:
        return True
    return one.fact.kind != "name" and not _is_docstring(node)


def _is_docstring(node: Node | None) -> bool:
    while node is not None and node.kind_id in _TEXT:
        node = node.parent
    return node is not None and node.kind_id == _STATEMENT
