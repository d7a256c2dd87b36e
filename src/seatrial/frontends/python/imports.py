"""Imports: each binds a name to a path."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import IDENTIFIER, STATEMENTS, kind
from seatrial.model.facts import NONE, ImportFacts, Ref

_ALIASED = kind("aliased_import")
_DOTTED = kind("dotted_name")
_FUTURE = kind("future_import_statement")
_RELATIVE = kind("relative_import")
_WILDCARD = kind("wildcard_import")


@STATEMENTS.lowers("import_statement")
def import_(body: Body, node: Node) -> int:
    """`import a.b, c as d`: without an alias, the first part alone is bound."""
    for child in node.children:
        if child.kind_id == _DOTTED:
            module = _dotted(body, child)
            name = module.partition(".")[0]
            _record(body, child, module, "", name)
            body.bind(name, body.add(Ref(body.line(child), name)), name)
        elif child.kind_id == _ALIASED:
            module, name = _alias(body, child)
            path = _record(body, child, module, "", name)
            body.bind(name, body.add(Ref(body.line(child), path)), path)
    return NONE


@STATEMENTS.lowers("import_from_statement", "future_import_statement")
def import_from(body: Body, node: Node) -> int:
    """`from module import a, b as c`, `from module import *`."""
    module = "__future__" if node.kind_id == _FUTURE else ""
    for child in node.children:
        what = child.kind_id
        if what == _RELATIVE or (what == _DOTTED and not module):
            module = _dotted(body, child)
        elif what == _WILDCARD:
            _record(body, child, module, "", "*")
        elif what in {_DOTTED, _ALIASED}:
            item, name = _alias(body, child) if what == _ALIASED else (_dotted(body, child),) * 2
            path = _record(body, child, module, item, name)
            body.bind(name, body.add(Ref(body.line(child), path)), path)
    return NONE


def _dotted(body: Body, node: Node) -> str:
    return "".join(body.file.source[node.start_byte : node.end_byte].decode("utf-8", "replace").split())


def _alias(body: Body, node: Node) -> tuple[str, str]:
    names = [child for child in node.children if child.kind_id in {_DOTTED, IDENTIFIER}]
    return _dotted(body, names[0]), body.text(names[-1])


def _record(body: Body, node: Node, module: str, item: str, name: str) -> str:
    """Note an import; its path."""
    dot = "." if item and not module.endswith(".") else ""
    path = f"{module}{dot}{item}"
    body.file.imports.append(
        ImportFacts(
            line=body.line(node),
            path=path,
            module=module,
            name=name,
            star=name == "*",
            function=body.index,
            type_only=body.type_only,
            guarded=body.guarded,
        )
    )
    return path
