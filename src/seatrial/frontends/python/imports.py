"""Imports: each binds a name to a path."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import IDENTIFIER, STATEMENTS, kind
from seatrial.model.facts import NONE, ImportFacts, Ref

_ALIASED = kind("aliased_import")
_DOTTED = kind("dotted_name")
_RELATIVE = kind("relative_import")
_WILDCARD = kind("wildcard_import")


@STATEMENTS.lowers("import_statement")
def import_(body: Body, node: Node) -> int:
    """`import a.b, c as d`: without an alias, the first part alone is bound."""
    for child in node.children:
        if child.kind_id == _DOTTED:
            path = _dotted(body, child)
            first = path.split(".", 1)[0]
            _bind(body, child, path, path, first, first)
        elif child.kind_id == _ALIASED:
            path, name = _alias(body, child)
            _bind(body, child, path, path, name, path)
    return NONE


@STATEMENTS.lowers("import_from_statement", "future_import_statement")
def import_from(body: Body, node: Node) -> int:
    """`from module import a, b as c`, `from module import *`."""
    module = "__future__" if node.kind_id == _FUTURE else ""
    for child in node.children:
        what = child.kind_id
        if what == _RELATIVE or (what == _DOTTED and not module):
            module = _dotted(body, child)
        elif what == _DOTTED:
            name = _dotted(body, child)
            _bind(body, child, _join(module, name), module, name, _join(module, name))
        elif what == _ALIASED:
            path, name = _alias(body, child)
            _bind(body, child, _join(module, path), module, name, _join(module, path))
        elif what == _WILDCARD:
            _record(body, child, module, module, "*", star=True)
    return NONE


def _dotted(body: Body, node: Node) -> str:
    return "".join(body.file.source[node.start_byte : node.end_byte].decode("utf-8", "replace").split())


def _alias(body: Body, node: Node) -> tuple[str, str]:
    names = [child for child in node.children if child.kind_id in {_DOTTED, IDENTIFIER}]
    return _dotted(body, names[0]), body.text(names[-1])


def _join(module: str, name: str) -> str:
    return module + name if module.endswith(".") else f"{module}.{name}"


def _bind(body: Body, node: Node, path: str, module: str, name: str, bound: str) -> None:  # noqa: PLR0913
    _record(body, node, path, module, name, star=False)
    body.bind(name, body.add(Ref(body.line(node), bound)), bound)


def _record(body: Body, node: Node, path: str, module: str, name: str, *, star: bool) -> None:  # noqa: PLR0913
    body.file.imports.append(
        ImportFacts(body.line(node), path, module, name, star, body.index, body.type_only, body.guarded)
    )


_FUTURE = kind("future_import_statement")
