"""What is written to: variables, attributes, items, and values taken apart."""

from typing import NamedTuple

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.expressions import item
from seatrial.frontends.python.grammar import ATTRIBUTE, EXPRESSIONS, IDENTIFIER, kind, shape, value
from seatrial.model.facts import NONE, Collection, Part, Spread, Store, StoreAttr, StoreItem

SUBSCRIPT = kind("subscript")
_SEQUENCES = frozenset(
    kind(name) for name in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list")
)
_STARRED = frozenset((kind("list_splat_pattern"), kind("list_splat")))
_WRAPPERS = frozenset((kind("parenthesized_expression"), kind("as_pattern_target"), kind("type")))


class Manner(NamedTuple):
    """How something is written. `hidden`: to a comprehension's variable, which is no variable of the body."""

    annotation: int = NONE
    augmented: bool = False
    hidden: bool = False


PLAIN = Manner()
HIDDEN = Manner(hidden=True)


def store(body: Body, node: Node, stored: int, manner: Manner = PLAIN) -> None:
    """Write `stored` to the target that `node` spells."""
    what = node.kind_id
    if what == IDENTIFIER:
        store_name(body, node, stored, manner)
    elif what == ATTRIBUTE and len(parts := shape(node, 3)) == 3:
        base, name = value(body, parts[0]), body.text(parts[2])
        body.add(StoreAttr(body.line(node), base, name, stored, manner.annotation, manner.augmented))
    elif what == SUBSCRIPT:
        base, key = item(body, node)
        body.add(StoreItem(body.line(node), base, key, stored, manner.augmented))
    elif what in _SEQUENCES:
        _take_apart(body, node, stored, manner)
    elif what in _WRAPPERS:
        for child in node.children:
            if child.is_named:
                store(body, child, stored, manner)
    elif what in EXPRESSIONS:
        value(body, node)


def store_name(body: Body, node: Node, stored: int, manner: Manner = PLAIN) -> None:
    """Write `stored` to the variable whose name is `node`."""
    name = body.text(node)
    if manner.hidden:
        body.env[name] = stored
        return
    outer = name in body.outer
    if not outer and stored != NONE:
        body.bind(name, stored)
    body.add(Store(body.line(node), name, stored, manner.annotation, manner.augmented, outer))


def _take_apart(body: Body, node: Node, stored: int, manner: Manner) -> None:
    """`a, *b = stored`. Where the components are written out on the right, they are taken from there."""
    targets = [child for child in node.children if child.kind_id in EXPRESSIONS]
    items = _written_out(body, stored)
    if len(items) == len(targets) and not any(child.kind_id in _STARRED for child in targets):
        for target, known in zip(targets, items, strict=True):
            store(body, target, known, manner)
        return
    for index, target in enumerate(targets):
        starred = target.kind_id in _STARRED
        part = body.add(Part(body.line(target), stored, -1 if starred else index))
        for inner in target.children if starred else (target,):
            if inner.kind_id in EXPRESSIONS:
                store(body, inner, part, manner)


def _written_out(body: Body, stored: int) -> tuple[int, ...]:
    """The items of a tuple or list that spells each of them."""
    known = body.values[stored] if stored >= 0 else None
    if not isinstance(known, Collection) or known.kind not in {"tuple", "list"} or known.region != NONE:
        return ()
    return () if any(isinstance(body.values[i], Spread) for i in known.items) else known.items


def names_in(body: Body, node: Node) -> list[str]:
    """The variables that a target binds."""
    if node.kind_id == IDENTIFIER:
        return [body.text(node)]
    if node.kind_id in {ATTRIBUTE, SUBSCRIPT}:
        return []
    return [name for child in node.children for name in names_in(body, child)]
