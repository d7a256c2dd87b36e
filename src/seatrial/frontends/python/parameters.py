"""The parameters of a function."""

from typing import Literal

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import EXPRESSIONS, IDENTIFIER, kind, value
from seatrial.frontends.python.statements import annotation
from seatrial.model.facts import NONE, ParamFacts

ParamKind = Literal["positional", "keyword", "star", "double-star", "positional-only"]

_DEFAULT = frozenset((kind("default_parameter"), kind("typed_default_parameter")))
_TYPED = frozenset((kind("typed_parameter"), kind("typed_default_parameter")))
_STAR = kind("list_splat_pattern")
_DOUBLE_STAR = kind("dictionary_splat_pattern")
_TYPE = kind("type")
_ALL_BEFORE = kind("positional_separator")
_ALL_AFTER = kind("keyword_separator")


def parameters(body: Body, node: Node) -> tuple[ParamFacts, ...]:
    """The parameters in order; their annotations and defaults are lowered into the enclosing body."""
    found: list[ParamFacts] = []
    positional: ParamKind = "positional"
    for child in node.children:
        what = child.kind_id
        if what == _ALL_BEFORE:
            found = [ParamFacts(p.name, "positional-only", p.annotation, p.default) for p in found]
        elif what == _ALL_AFTER:
            positional = "keyword"
        elif child.is_named:
            param = _parameter(body, child, positional)
            if param is not None:
                found.append(param)
                positional = "keyword" if param.kind == "star" else positional
    return tuple(found)


def _parameter(body: Body, node: Node, positional: ParamKind) -> ParamFacts | None:
    what = node.kind_id
    if what == IDENTIFIER:
        return ParamFacts(body.text(node), positional, NONE, NONE)
    if what in {_STAR, _DOUBLE_STAR}:
        return _starred(body, node, NONE)
    if what not in _DEFAULT and what not in _TYPED:
        return None
    first = node.children[0]
    marked = default = NONE
    for child in node.children[1:]:
        if child.kind_id == _TYPE:
            marked = annotation(body, child)
        elif child.kind_id in EXPRESSIONS:
            default = value(body, child)
    if first.kind_id in {_STAR, _DOUBLE_STAR}:
        return _starred(body, first, marked)
    return ParamFacts(body.text(first), positional, marked, default)


def _starred(body: Body, node: Node, marked: int) -> ParamFacts:
    names = [child for child in node.children if child.kind_id == IDENTIFIER]
    kind_: ParamKind = "star" if node.kind_id == _STAR else "double-star"
    return ParamFacts(body.text(names[0]) if names else "", kind_, marked, NONE)
