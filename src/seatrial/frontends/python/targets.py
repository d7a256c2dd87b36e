"""What is written to: variables, attributes, items, and values taken apart."""

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


def store(
    body: Body, node: Node, stored: int, annotation: int = NONE, *, augmented: bool = False, hidden: bool = False
) -> None:
    """Write `stored` to the target that `node` spells. `hidden`: a comprehension's variable, which is no variable of
    the body.
    """
    what = node.kind_id
    if what == IDENTIFIER:
        _store_name(body, node, stored, annotation, augmented=augmented, hidden=hidden)
    elif what == ATTRIBUTE and len(parts := shape(node, 3)) == 3:
        base = value(body, parts[0])
        name = body.text(parts[2])
        body.add(StoreAttr(body.line(node), base, name, stored, annotation, augmented))
    elif what == SUBSCRIPT:
        base, key = item(body, node)
        body.add(StoreItem(body.line(node), base, key, stored, augmented))
    elif what in _SEQUENCES:
        _take_apart(body, node, stored, hidden=hidden)
    elif what in _WRAPPERS:
        for child in node.children:
            if child.is_named:
                store(body, child, stored, annotation, augmented=augmented, hidden=hidden)
    elif what in EXPRESSIONS:
        value(body, node)


def _store_name(body: Body, node: Node, stored: int, annotation: int, *, augmented: bool, hidden: bool) -> None:
    name = body.text(node)
    if hidden:
        body.env[name] = stored
        return
    outer = name in body.outer
    if not outer and stored != NONE:
        body.bind(name, stored)
    body.add(Store(body.line(node), name, stored, annotation, augmented, outer))


def _take_apart(body: Body, node: Node, stored: int, *, hidden: bool) -> None:
    """`a, *b = stored`. Where the components are written out on the right, they are taken from there."""
    known = body.values[stored] if stored >= 0 else None
    items: tuple[int, ...] = ()
    if isinstance(known, Collection) and known.kind in {"tuple", "list"} and known.region == NONE:
        items = known.items
        if any(isinstance(body.values[i], Spread) for i in items):
            items = ()
    targets = [child for child in node.children if child.kind_id in EXPRESSIONS]
    starred = any(child.kind_id in _STARRED for child in targets)
    for index, target in enumerate(targets):
        if target.kind_id in _STARRED:
            rest = body.add(Part(body.line(target), stored, -1))
            for child in target.children:
                if child.kind_id in EXPRESSIONS:
                    store(body, child, rest, hidden=hidden)
        elif not starred and len(items) == len(targets):
            store(body, target, items[index], hidden=hidden)
        else:
            store(body, target, body.add(Part(body.line(target), stored, index)), hidden=hidden)


def names_in(body: Body, node: Node) -> list[str]:
    """The variables that a target binds."""
    if node.kind_id == IDENTIFIER:
        return [body.text(node)]
    if node.kind_id in {ATTRIBUTE, SUBSCRIPT}:
        return []
    return [name for child in node.children for name in names_in(body, child)]
