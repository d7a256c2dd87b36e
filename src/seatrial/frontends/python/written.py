"""What the comments and texts of a Python file write down as a secret; what its code holds is in the values."""

from tree_sitter import Node

from seatrial.frontends._written import Found, named
from seatrial.frontends.python.grammar import COMMENT, kind
from seatrial.model.facts import Written

_PROSE = frozenset((COMMENT, kind("string"), kind("string_content"), kind("escape_sequence")))


def written(source: bytes, root: Node) -> tuple[Written, ...]:
    """The secrets that may be, of which name and value lie together in one comment or text."""
    return tuple(one.fact for one in sorted(named(source)) if one.fact.kind == "block" or _is_prose(one, root))


def _is_prose(one: Found, root: Node) -> bool:
    node = root.descendant_for_byte_range(one.start, one.end - 1)
    return node is not None and node.kind_id in _PROSE
