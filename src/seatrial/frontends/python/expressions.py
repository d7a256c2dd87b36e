"""Expressions: calls, operators, collections."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import EXPRESSIONS, IDENTIFIER, KIND_NAMES, kind, shape, value, values
from seatrial.frontends.python.names import resolve
from seatrial.model.facts import (
    NONE,
    Await,
    Binary,
    Call,
    Collection,
    Compare,
    Conditional,
    Other,
    Spread,
    Store,
    Unary,
    Yield,
)

_KEYWORD = kind("keyword_argument")
_DOUBLE = kind("dictionary_splat")
_GENERATOR = kind("generator_expression")
_PAIR = kind("pair")
_SLICE = kind("slice")
_COLON = ":"
_SPINE = frozenset((kind("binary_operator"), kind("boolean_operator")))


@EXPRESSIONS.lowers("ERROR")
def other(body: Body, node: Node) -> int:
    """A node that is broken, or has no word of its own: what it is made from."""
    return body.add(Other(body.line(node), tuple(i for i in values(body, node.children) if i >= 0)))


@EXPRESSIONS.lowers("parenthesized_expression", "type", "as_pattern")
def inner(body: Body, node: Node) -> int:
    """`(value)`."""
    for child in node.children:
        lower = EXPRESSIONS.get(child.kind_id)
        if lower is not None:
            return lower(body, child)
    return body.add(Other(body.line(node), ()))


@EXPRESSIONS.lowers("call")
def call(body: Body, node: Node) -> int:
    """A call; what is called is a path, a method of a value, or a value."""
    parts = shape(node, 2)
    if len(parts) != 2:
        return other(body, node)
    target, name = resolve(body, parts[0])
    marked, body.in_annotation = body.in_annotation, False  # text among arguments is no type
    args, keywords = arguments(body, parts[1])
    body.in_annotation = marked
    line = body.line(node)
    end_line = body.last_line(node)
    if type(target) is str:
        return body.add(Call(line, target, NONE, args, keywords, end_line))
    return body.add(Call(line, name, target, args, keywords, end_line))  # type: ignore[arg-type]  # not text: an id


def arguments(body: Body, node: Node) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """The values among parentheses: by position, by keyword."""
    if node.kind_id == _GENERATOR:
        return (value(body, node),), ()
    args: list[int] = []
    keywords: list[tuple[str, int]] = []
    for child in node.children:
        child_kind = child.kind_id
        if child_kind == _KEYWORD:
            parts = shape(child, 3)
            if len(parts) == 3:
                keywords.append((body.text(parts[0]), value(body, parts[2])))
        elif child_kind == _DOUBLE:
            keywords += [("**", i) for i in values(body, child.children)]
        else:
            lower = EXPRESSIONS.get(child_kind)
            if lower is not None:
                args.append(lower(body, child))
    return tuple(args), tuple(keywords)


def item(body: Body, node: Node) -> tuple[int, int]:
    """The ids of base and key; several keys are a tuple."""
    ids = values(body, node.children)
    if len(ids) == 2 and node.children[-2].type != ",":
        return ids[0], ids[1]
    if not ids:
        return NONE, NONE
    return ids[0], body.add(Collection(body.line(node), "tuple", tuple(ids[1:]), NONE))


@EXPRESSIONS.lowers("slice")
def slice_(body: Body, node: Node) -> int:
    """`start:stop:step`, with NONE for what is left out."""
    items = [NONE, NONE, NONE]
    at = 0
    for child in node.children:
        lower = EXPRESSIONS.get(child.kind_id)
        if lower is not None:
            items[at] = lower(body, child)
        elif child.type == _COLON and at < 2:
            at += 1
    return body.add(Collection(body.line(node), "slice", tuple(items), NONE))


@EXPRESSIONS.lowers("binary_operator", "boolean_operator")
def binary(body: Body, node: Node) -> int:
    """An operator on two values. Long sums lean to the left, so they are walked, not recursed into."""
    spine = []
    while node.kind_id in _SPINE:
        parts = shape(node, 3)
        if len(parts) != 3:
            break
        spine.append(parts)
        node = parts[0]
    left = other(body, node) if node.kind_id in _SPINE else value(body, node)
    for first, operator, second in reversed(spine):
        right = value(body, second)
        left = body.add(Binary(body.line(first), operator.type, left, right))
    return left


@EXPRESSIONS.lowers("comparison_operator")
def comparison(body: Body, node: Node) -> int:
    """`a < b`; a chain `a < b < c` is an `and` of two."""
    line = body.line(node)
    left = result = NONE
    operator = ""
    for child in node.children:
        lower = EXPRESSIONS.get(child.kind_id)
        if lower is None:
            operator = operator if child.is_named else child.type
            continue
        right = lower(body, child)
        if left != NONE:
            one = body.add(Compare(line, "!=" if operator == "<>" else operator, left, right))
            result = one if result == NONE else body.add(Binary(line, "and", result, one))
        left = right
    return left if result == NONE else result


@EXPRESSIONS.lowers("not_operator", "unary_operator")
def unary(body: Body, node: Node) -> int:
    """`not a`, `-a`."""
    parts = shape(node, 2)
    return (
        body.add(Unary(body.line(node), parts[0].type, value(body, parts[1]))) if len(parts) == 2 else other(body, node)
    )


@EXPRESSIONS.lowers("conditional_expression")
def conditional(body: Body, node: Node) -> int:
    """`then if test else other`; the test is evaluated first."""
    parts = shape(node, 5)
    if len(parts) != 5:
        return other(body, node)
    test = value(body, parts[2])
    then = value(body, parts[0])
    return body.add(Conditional(body.line(node), test, then, value(body, parts[4])))


@EXPRESSIONS.lowers("list", "tuple", "set", "expression_list", "pattern_list", "tuple_pattern", "list_pattern")
def collection(body: Body, node: Node) -> int:
    """A list, tuple or set, with or without its brackets."""
    items = tuple(values(body, node.children))
    name = KIND_NAMES[node.kind_id]
    kind_ = "list" if name in {"list", "list_pattern"} else "set" if name == "set" else "tuple"
    return body.add(Collection(body.line(node), kind_, items, NONE))  # type: ignore[arg-type]  # one of three literals


@EXPRESSIONS.lowers("dictionary")
def dictionary(body: Body, node: Node) -> int:
    """A dict: key, value, key, value. `**other` is the value of the key NONE."""
    items: list[int] = []
    for child in node.children:
        if child.kind_id == _PAIR:
            parts = shape(child, 3)
            if len(parts) == 3:
                items += (value(body, parts[0]), value(body, parts[2]))
        elif child.kind_id == _DOUBLE:
            items += (NONE, spread(body, child))
    return body.add(Collection(body.line(node), "dict", tuple(items), NONE))


@EXPRESSIONS.lowers("list_splat", "dictionary_splat", "parenthesized_list_splat", "list_splat_pattern", "splat_type")
def spread(body: Body, node: Node) -> int:
    """`*value`."""
    return body.add(Spread(body.line(node), inner(body, node)))


@EXPRESSIONS.lowers("await")
def await_(body: Body, node: Node) -> int:
    """`await value`."""
    return body.add(Await(body.line(node), inner(body, node)))


@EXPRESSIONS.lowers("yield")
def yield_(body: Body, node: Node) -> int:
    """`yield value`, `yield from value`."""
    body.is_generator = True
    ids = values(body, node.children)
    many = any(child.type == "from" for child in node.children)
    return body.add(Yield(body.line(node), ids[0] if ids else NONE, many))


@EXPRESSIONS.lowers("named_expression")
def walrus(body: Body, node: Node) -> int:
    """`(name := value)`."""
    parts = shape(node, 3)
    if len(parts) != 3 or parts[0].kind_id != IDENTIFIER:
        return other(body, node)
    found = value(body, parts[2])
    name = body.text(parts[0])
    body.bind(name, found)
    body.add(Store(body.line(node), name, found, NONE, augmented=False, outer=False))
    return found


@EXPRESSIONS.lowers("union_type")
def union_type(body: Body, node: Node) -> int:
    """`a | b` in an annotation."""
    ids = values(body, node.children)
    return body.add(Binary(body.line(node), "|", ids[0], ids[1])) if len(ids) == 2 else other(body, node)
