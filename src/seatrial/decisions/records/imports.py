"""The modules that a Python file names in imports, whatever else is wrong with it."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from seatrial.decisions.fingerprints.symbols import parsed

_LINE = re.compile(r"\s*(?:from\s+(?P<source>\.*[\w.]*)\s+import\s+(?P<names>.*)|import\s+(?P<modules>[\w., \t]+))")
_CALLS = frozenset({"import_module", "__import__"})


class Import(NamedTuple):
    """A dotted name and its line (1-based). `outer`: its first parts are folders that may lie above all packages."""

    name: str
    line: int
    outer: bool = False


@lru_cache(maxsize=4096)
def imports(path: str, text: str) -> tuple[Import, ...]:
    """Every name that the file imports, in order: modules, and what is taken out of them. Imports by call count too.

    A file that does not parse is read line by line.
    """
    tree = parsed(path, text.encode("utf-8", "replace"))
    if tree is None:
        return tuple(_of_lines(path, text))
    return tuple(one for node in ast.walk(tree) for one in _of_node(path, node))


def is_within(imported: Import, module: str) -> bool:
    """Whether the name is the module or lies in it."""
    names = _tails(imported.name) if imported.outer else (imported.name,)
    return any(name == module or name.startswith(module + ".") for name in names)


def module_of(path: str) -> Import:
    """The file's own dotted name, with the folders above its package if there are some."""
    return Import(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."), 1, outer=True)


def _tails(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.partition(".")[2]


def _of_node(path: str, node: ast.AST) -> Iterable[Import]:
    if isinstance(node, ast.Import):
        return [Import(alias.name, node.lineno) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return list(_from(path, "." * node.level + (node.module or ""), [a.name for a in node.names], node.lineno))
    if isinstance(node, ast.Call) and node.args and _called(node.func) in _CALLS:
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return list(_from(path, first.value, [], node.lineno))
    return []


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _from(path: str, source: str, names: list[str], line: int) -> Iterator[Import]:
    level = len(source) - len(source.lstrip("."))
    stem = source.lstrip(".")
    if level:
        folders = path.split("/")[:-level]
        stem = ".".join([*folders, stem] if stem else folders)
    named = [f"{stem}.{name}".lstrip(".") for name in names if name != "*"]
    for name in named or ([stem] if stem else []):
        yield Import(name, line, outer=bool(level))


def _of_lines(path: str, text: str) -> Iterator[Import]:
    for number, line in enumerate(text.splitlines(), 1):
        if not (found := _LINE.match(line)):
            continue
        listed = re.findall(r"[\w.]+(?=\s*(?:as\s+\w+\s*)?(?:,|\)|$|\\|#))", found["names"] or found["modules"] or "")
        if found["modules"]:
            yield from (Import(name, number) for name in listed)
        else:
            yield from _from(path, found["source"], listed, number)
