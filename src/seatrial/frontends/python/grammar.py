"""The grammar's kinds of nodes by number, and the two tables that say how each kind is lowered."""

import re
from collections.abc import Callable

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from seatrial.frontends.python.body import Body

LANGUAGE = Language(tree_sitter_python.language())
VERSION = f"tree-sitter-python {LANGUAGE.semantic_version}"
KIND_NAMES = tuple(LANGUAGE.node_kind_for_id(i) or "" for i in range(LANGUAGE.node_kind_count))

Lower = Callable[[Body, Node], int]
"""Lowers a node into a body. An expression gives the id of its value; a statement gives NONE."""

_DEFINES = re.compile(rb"(?:@|(?:async|class|def)\b)")


def parse(source: bytes) -> Node:
    """The root of the syntax tree of `source`; never fails: what is not Python is an `ERROR` node."""
    root = Parser(LANGUAGE).parse(source).root_node
    if not root.has_error or b"@" not in source:
        return root
    mended = Parser(LANGUAGE).parse(_without_outdented(source)).root_node
    return root if mended.has_error else mended


def _without_outdented(source: bytes) -> bytes:
    """The source with blanks for comments that stand further left than the definition that follows.

    After a decorator the grammar takes such a comment for the end of the block.
    """
    lines, left = source.split(b"\n"), 0
    for at in range(len(lines) - 1, -1, -1):
        text = lines[at].lstrip(b" \t")
        indent = len(lines[at]) - len(text)
        if text.startswith(b"#"):
            lines[at] = b" " * len(lines[at]) if indent < left else lines[at]
        elif text.strip():
            left = indent if _DEFINES.match(text) else 0
    return b"\n".join(lines)


def kind(name: str) -> int:
    """The number of the named kind of node. Raises `LookupError` if the grammar does not know it."""
    number = LANGUAGE.id_for_node_kind(name, True)  # noqa: FBT003 - positional in the library
    if number is None:
        raise LookupError(name)
    return number


ERROR = 0xFFFF
IDENTIFIER = kind("identifier")
COMMENT = kind("comment")
LINE_CONTINUATION = kind("line_continuation")
ATTRIBUTE = kind("attribute")
BLOCK = kind("block")
STRING = kind("string")
_EXTRAS = frozenset((COMMENT, LINE_CONTINUATION, ERROR))


class Table(dict[int, Lower]):
    """How each kind of node is lowered. A kind that is not listed has no meaning of its own (a comma, a comment)."""

    def lowers(self, *names: str) -> Callable[[Lower], Lower]:
        """Decorator: the function lowers nodes of these kinds."""

        def register(lower: Lower) -> Lower:
            for name in names:
                self[ERROR if name == "ERROR" else kind(name)] = lower
            return lower

        return register


EXPRESSIONS = Table()
STATEMENTS = Table()


def value(body: Body, node: Node) -> int:
    """The id of the value of an expression; NONE if the node is none."""
    lower = EXPRESSIONS.get(node.kind_id)
    return -1 if lower is None else lower(body, node)


def values(body: Body, nodes: list[Node]) -> list[int]:
    """The ids of the values of those nodes that are expressions."""
    ids = []
    for node in nodes:
        lower = EXPRESSIONS.get(node.kind_id)
        if lower is not None:
            ids.append(lower(body, node))
    return ids


def shape(node: Node, count: int) -> list[Node]:
    """The children of a node whose rule has `count` symbols, without comments and damage; fewer if it is broken."""
    children = node.children
    if len(children) == count:
        return children
    return [child for child in children if child.kind_id not in _EXTRAS]


def block_of(node: Node) -> Node:
    """The block of a compound statement or clause; the node itself if it is broken."""
    for child in node.children:
        if child.kind_id == BLOCK:
            return child
    return node


def head_of(node: Node) -> list[Node]:
    """The expressions of a compound statement or clause, before its colon."""
    return [child for child in node.children if child.kind_id in EXPRESSIONS]
