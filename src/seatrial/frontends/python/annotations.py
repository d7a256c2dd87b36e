"""Types: text among them is code, and those of `typing` that hold plain text are left alone."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.expressions import inner, item, other
from seatrial.frontends.python.grammar import EXPRESSIONS, kind, parse, value, values
from seatrial.model.facts import NONE, Attr, Collection, Const, Index, Ref

_TYPE_PARAMETER = kind("type_parameter")
_STATEMENT = kind("expression_statement")


@EXPRESSIONS.lowers("generic_type")
def generic_type(body: Body, node: Node) -> int:
    """`base[argument, …]` in an annotation."""
    base = inner(body, node)
    arguments = [a for child in node.children if child.kind_id == _TYPE_PARAMETER for a in child.children]
    return _indexed(body, node, base, arguments)


@EXPRESSIONS.lowers("subscript")
def subscript(body: Body, node: Node) -> int:
    """`base[key]`, in an annotation or not."""
    if body.in_annotation and node.children:
        return _indexed(body, node, value(body, node.children[0]), node.children[1:])
    base, key = item(body, node)
    return body.add(Index(body.line(node), base, key))


def _indexed(body: Body, node: Node, base: int, arguments: list[Node]) -> int:
    """The type `base[arguments]`. Text in `Literal[…]` is text, as is what follows the type in `Annotated[…]`."""
    held = body.values[base] if base >= 0 else None
    name = held.path.rpartition(".")[2].lstrip(":?") if isinstance(held, Ref) else ""
    before, line = body.in_annotation, body.line(node)
    keys: list[int] = []
    for argument in arguments:
        body.in_annotation = before and name != "Literal" and not (keys and name == "Annotated")
        keys += values(body, [argument])
    body.in_annotation = before
    key = keys[0] if len(keys) == 1 else body.add(Collection(line, "tuple", tuple(keys), NONE))
    return body.add(Index(line, base, key))


@EXPRESSIONS.lowers("member_type")
def member_type(body: Body, node: Node) -> int:
    """`base.name` in an annotation."""
    base = inner(body, node)
    held, name = body.values[base], body.text(node.children[-1])
    if isinstance(held, Ref):
        return body.add(Ref(body.line(node), f"{held.path}.{name}"))
    return body.add(Attr(body.line(node), base, name))


EXPRESSIONS.lowers("constrained_type")(other)


def text_as_type(body: Body, text: Const) -> int:
    """The type that a string annotation spells; the string itself if it spells none."""
    source = str(text.value).strip().encode("utf-8", "replace")
    root = parse(source)
    nodes = root.children
    if root.has_error or len(nodes) != 1 or nodes[0].kind_id != _STATEMENT or root.descendant_count > _LARGEST:
        return body.add(text)
    file = body.file
    kept = file.source, file.line_of
    file.source, file.line_of = source, [text.line] * (len(source) + 1)
    found = value(body, nodes[0].children[0])
    file.source, file.line_of = kept
    return found


_LARGEST = 300
