"""The canonical form of Python code, `seatrialPyAst1`: bytes that say what the code does, not how it is written.

Walks the syntax tree of the standard library and writes each node as `(Type field value …)`. Left out is what depends
on formatting (positions, prefixes such as `u""`, comments of types), on the version of CPython (fields that are empty,
so that new ones do not matter), and what does nothing (strings as statements, among them docstrings). Values are
written by type and length, never by `repr`, which follows the interpreter's Unicode tables and limits of digits.
Formatters may sort imports that stand together, put parentheses after `del` and join strings; so those look the same.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import Any

Import = ast.Import | ast.ImportFrom
_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_OPEN, _CLOSE = b"[", b"]"


def digest(nodes: Sequence[ast.AST]) -> str:
    """SHA-256 of the canonical form, in hex."""
    return sha256(canonical(nodes)).hexdigest()


def canonical(nodes: Sequence[ast.AST]) -> bytes:
    """The canonical form of nodes in a row."""
    out: list[bytes] = []
    waiting: list[object] = [list(nodes)]
    while waiting:  # a stack of our own: how deep code may be must not depend on the interpreter's
        one = waiting.pop()
        if isinstance(one, bytes):
            out.append(one)
        elif isinstance(one, ast.AST):
            waiting.extend(reversed(list(_node(one))))
        elif isinstance(one, list):
            waiting.extend((_CLOSE, *reversed(_items(one)), _OPEN))
        else:
            out.append(_value(one))
    return b"".join(out)


def imported(statements: Iterable[Import]) -> Iterator[bytes]:
    """What import statements bring, one entry for each name, in the order of the text."""
    for statement in statements:
        origin = b"import"
        if isinstance(statement, ast.ImportFrom):
            origin = b"from" + _value(statement.level or 0) + _value(statement.module)
        for alias in statement.names:
            yield origin + _value(alias.name) + _value(alias.asname)


def is_text(statement: ast.AST) -> bool:
    """True for a string that stands alone, which does nothing: a docstring, or a comment by other means."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@cache
def _fields(kind: str) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, name.encode()) for name in sorted(getattr(ast, kind)._fields) if name not in _LEFT_OUT)


def _node(node: ast.AST) -> Iterator[object]:
    """The parts of a node, some of them still to be written."""
    if isinstance(node, ast.Constant):
        yield _value(node.value)
        return
    kind = type(node).__name__
    yield b"(" + kind.encode()
    for name, label in _fields(kind):
        value: Any = getattr(node, name, None)
        if kind == "JoinedStr":
            value = _joined(value)
        elif kind == "Delete":
            value = list(_flat(value))
        elif name == "format_spec" and value and not _joined(value.values):
            value = None
        if value is not None and value != []:
            yield b" " + label + b" "
            yield value
    yield b")"


def _items(items: Sequence[Any]) -> list[Any]:
    """The entries of a list: statements without those that do nothing, imports that stand together as a set."""
    if not (items and isinstance(items[0], ast.stmt)):
        return list(items)
    kept = (one for one in items if not is_text(one))
    return [
        one
        for together, run in groupby(kept, lambda one: isinstance(one, Import))
        for one in (sorted(set(imported(run))) if together else run)
    ]


def _joined(values: Sequence[ast.expr]) -> list[ast.expr]:
    """The parts of an f-string with texts side by side joined and empty ones left out: parsers differ in that."""
    found: list[ast.expr] = []
    for value in values:
        last = found[-1] if found else None
        if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
            found.append(value)
        elif isinstance(last, ast.Constant):
            found[-1] = ast.Constant(f"{last.value!s}{value.value}")
        elif value.value:
            found.append(value)
    return found


def _flat(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _flat(target.elts)
        else:
            yield target


def _value(value: object) -> bytes:
    """A constant, an identifier, or None."""
    match value:
        case str():
            data = value.encode("utf-8", "surrogatepass")
            return b"s%d:" % len(data) + data
        case bytes():
            return b"b%d:" % len(value) + value
        case bool() | None:
            return b"%a" % value
        case int():
            return b"i%x" % value
        case float():
            return b"f%a" % value
        case complex():
            return b"c%a,%a" % (value.real, value.imag)
    assert value is ...  # no other constants are there in a tree that comes from text
    return b"..."
