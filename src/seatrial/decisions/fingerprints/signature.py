"""What others rely on in a symbol: how it is called, what it is made of, what it exports."""

import ast
from collections.abc import Iterator, Sequence

from seatrial.decisions.fingerprints.canonical import digest
from seatrial.decisions.fingerprints.parts import Part
from seatrial.model.symbols import IMPORTS, MODULE

_Assigned = ast.Assign | ast.AnnAssign


def signature(part: Part) -> str:
    """The digest of a part's public signature; empty if it is private or has none."""
    if part.name == IMPORTS or _private(part.name):
        return ""
    if part.name == MODULE:
        found = list(_exports(part.nodes))
        return digest(found) if found else ""
    return digest(list(_signature(part.nodes[0])))


def _private(name: str) -> bool:
    return any(one.startswith("_") and not one.partition("@")[0].endswith("__") for one in name.split("."))


def _signature(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield ast.Constant(f"{type(node).__name__} {node.name}")
            yield node.args
            yield node.returns or ast.Constant(None)
        case ast.ClassDef():
            yield from (*node.bases, *node.keywords)
            yield from (one for one in node.body if isinstance(one, _Assigned) and not _hidden(one))
    yield from node.decorator_list  # type: ignore[attr-defined]  # a definition: the only nodes that come here


def _exports(nodes: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """The names that a module assigns for others, their types, and `__all__` as it stands."""
    for node in nodes:
        if isinstance(node, _Assigned) and not _hidden(node):
            names = _names(node)
            yield from (ast.Constant(name) for name in names)
            if isinstance(node, ast.AnnAssign):
                yield node.annotation
            if "__all__" in names and node.value:
                yield node.value


def _hidden(node: _Assigned) -> bool:
    names = _names(node)
    return bool(names) and all(map(_private, names))


def _names(node: _Assigned) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
