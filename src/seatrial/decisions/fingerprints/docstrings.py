"""Docstrings that the program itself shows: of what is decorated, and of what it asks `__doc__` of.

Routes, command lines and tools for models turn them into descriptions and prompts, so a change of them is one of
behaviour. Decorators of the language and its standard library show nothing.
"""

import ast
from collections.abc import Collection

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SHOW_NOTHING = frozenset(
    {
        "abstractmethod",
        "asynccontextmanager",
        "cache",
        "cached_property",
        "classmethod",
        "contextmanager",
        "dataclass",
        "deleter",
        "final",
        "getter",
        "lru_cache",
        "no_type_check",
        "overload",
        "override",
        "property",
        "runtime_checkable",
        "setter",
        "singledispatch",
        "staticmethod",
        "total_ordering",
        "unique",
        "wraps",
    }
)
EVERYONE = "*"


def shown(module: ast.Module, text: bytes) -> Collection[str]:
    """The names whose docstrings the module reads, "" for its own; `EVERYONE` is among them if that cannot be told."""
    if b"__doc__" not in text:
        return ()
    return {name for node in ast.walk(module) if (name := _whose(node)) is not None}


def material(node: Documented, shown_names: Collection[str]) -> str:
    """The docstring in one line, whatever its indentation, if the program may show it; else nothing."""
    if EVERYONE in shown_names or node.name in shown_names or any(map(_shows, node.decorator_list)):
        return words(node)
    return ""


def words(node: Documented | ast.Module) -> str:
    """The docstring with each white space as one blank; empty if there is none."""
    return " ".join((ast.get_docstring(node, clean=False) or "").split())


def _whose(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name) and node.id == "__doc__":
        return ""
    if not (isinstance(node, ast.Attribute) and node.attr == "__doc__"):
        return None
    match node.value:
        case ast.Name(id="self" | "cls"):
            return EVERYONE
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return EVERYONE


def _shows(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    match called:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name not in _SHOW_NOTHING
    return True
