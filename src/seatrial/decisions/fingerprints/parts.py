"""Takes a module apart into symbols, each with its own statements and its own lines."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import NamedTuple, TypeGuard

from seatrial.decisions.fingerprints.canonical import Import, is_text
from seatrial.model.symbols import IMPORTS, MODULE

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


class Part(NamedTuple):
    """A symbol: its name, the statements that are its own, and the first and last line of each stretch of it.

    A class is without its methods and inner classes, which are parts of their own and whose lines come after its own.
    """

    name: str
    nodes: Sequence[ast.stmt]
    stretches: Sequence[tuple[int, int]]


def parts(module: ast.Module) -> Iterator[Part]:
    """The parts of a module: imports, other statements, then definitions with the outer ones first."""
    imports = [one for one in module.body if _imports(one)]
    yield Part(IMPORTS, imports, [_stretch(one) for one in imports])
    rest = [one for one in module.body if not (_imports(one) or _defines(one))]
    yield Part(MODULE, [one for one in rest if not is_text(one)], [_stretch(one) for one in rest])
    yield from _definitions(module.body, "")


def _definitions(body: Iterable[ast.stmt], above: str) -> Iterator[Part]:
    met: Counter[str] = Counter()
    for node in filter(_defines, body):
        met[node.name] += 1
        name = above + node.name + (f"@{met[node.name]}" if met[node.name] > 1 else "")
        if isinstance(node, ast.ClassDef):
            yield Part(name, [_without_definitions(node)], [_stretch(node)])
            yield from _definitions(node.body, f"{name}.")
        else:
            yield Part(name, [node], [_stretch(node)])


def _without_definitions(node: ast.ClassDef) -> ast.ClassDef:
    alone = copy(node)
    alone.body = [one for one in node.body if not _defines(one)]
    return alone


def _defines(statement: ast.stmt) -> TypeGuard[Definition]:
    return isinstance(statement, Definition)


def _imports(statement: ast.stmt) -> bool:
    """True for imports at the top, also those for the type checker alone."""
    match statement:
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), orelse=[]):
            return all(isinstance(one, Import) for one in statement.body)
    return isinstance(statement, Import)


def _stretch(statement: ast.stmt) -> tuple[int, int]:
    first = min((one.lineno for one in getattr(statement, "decorator_list", ())), default=statement.lineno)
    return min(first, statement.lineno), statement.end_lineno or statement.lineno
