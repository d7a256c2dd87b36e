"""Comprehensions: loops in line, whose variables are gone afterwards."""

from typing import Literal

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import EXPRESSIONS, KIND_NAMES, kind, shape, value
from seatrial.frontends.python.targets import HIDDEN, names_in, store
from seatrial.model.facts import NONE, Collection, Element

_FOR = kind("for_in_clause")
_IF = kind("if_clause")
_PAIR = kind("pair")
_KINDS: dict[str, Literal["list", "set", "dict", "generator"]] = {
    "list_comprehension": "list",
    "set_comprehension": "set",
    "dictionary_comprehension": "dict",
    "generator_expression": "generator",
}


@EXPRESSIONS.lowers(*_KINDS)
def comprehension(body: Body, node: Node) -> int:
    """`[element for target in subject if test]`: a region for each `for` and `if`, one in the other."""
    names = {n for c in node.children if c.kind_id == _FOR for part in c.children[1:2] for n in names_in(body, part)}
    before = {name: body.env.get(name) for name in names}
    hidden, body.hidden = body.hidden, body.hidden | names
    opened: list[int] = []
    element: Node | None = None
    first = NONE
    for child in node.children:
        if child.kind_id == _FOR:
            opened.append(_for(body, child, node))
            first = opened[-1] if first == NONE else first
        elif child.kind_id == _IF:
            opened += _if(body, child, node)
        elif element is None and (child.kind_id in EXPRESSIONS or child.kind_id == _PAIR):
            element = child
    items = _items(body, element)
    for at in reversed(opened):
        body.close(at)
    body.hidden = hidden
    for name, held in before.items():
        if held is not None:
            body.env[name] = held
        else:
            body.env.pop(name, None)
    return body.add(Collection(body.line(node), _KINDS[KIND_NAMES[node.kind_id]], items, first))


def _items(body: Body, element: Node | None) -> tuple[int, ...]:
    if element is None:
        return ()
    if element.kind_id != _PAIR:
        return (value(body, element),)
    return tuple(value(body, part) for part in shape(element, 3)[::2])


def _for(body: Body, clause: Node, node: Node) -> int:
    """`for target in subject`: the subject is evaluated before the region."""
    is_async = clause.children[0].type == "async"
    parts = [child for child in clause.children if child.kind_id in EXPRESSIONS]
    subject = value(body, parts[-1]) if len(parts) > 1 else NONE
    at = body.open("comprehension", subject, clause, node, is_async=is_async)
    if len(parts) > 1:
        store(body, parts[0], body.add(Element(body.line(clause), subject)), HIDDEN)
    return at


def _if(body: Body, clause: Node, node: Node) -> list[int]:
    for child in clause.children:
        if child.kind_id in EXPRESSIONS:
            return [body.open("if", value(body, child), clause, node)]
    return []
