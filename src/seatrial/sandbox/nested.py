"""The variables that fill a settings class of pydantic which holds others: prefix, field, delimiter, field."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_DEEPEST = 3


class _Class(NamedTuple):
    """What a class says: its fields with the names in their annotations, and its settings."""

    fields: Mapping[str, frozenset[str]]
    said: Mapping[str, str]


def within(read: Iterable[tuple[Path, str]]) -> Iterator[str]:
    """The variables, in capitals, of the fields of models within settings; of these files of Python, each its text.

    Source: pydantic-settings, "Parsing environment variable values": `env_prefix` and `env_nested_delimiter`.
    """
    classes: dict[str, _Class] = {}
    for file, text in read:
        if file.suffix == ".py" and ("BaseModel" in text or "BaseSettings" in text):
            classes.update(_classes(text))
    for one in classes.values():
        if delimiter := one.said.get("env_nested_delimiter", ""):
            prefix = one.said.get("env_prefix", "")
            yield from (f"{prefix}{name}".upper() for name in _below(one, classes, delimiter, _DEEPEST))


def _below(one: _Class, classes: Mapping[str, _Class], delimiter: str, left: int) -> Iterator[str]:
    for name, kinds in one.fields.items():
        for inner in filter(None, map(classes.get, sorted(kinds))) if left else ():
            yield from (f"{name}{delimiter}{further}" for further in _below(inner, classes, delimiter, left - 1))
        if left < _DEEPEST:
            yield name


def _classes(text: str) -> Iterator[tuple[str, _Class]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            fields = {name: names for part in node.body for name, names in _field(part)}
            yield node.name, _Class(fields, dict(_said(node)))


def _field(part: ast.stmt) -> Iterator[tuple[str, frozenset[str]]]:
    match part:
        case ast.AnnAssign(target=ast.Name(name)):
            nodes = ast.walk(part.annotation)
            yield name, frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def _said(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The settings of a class of settings: `SettingsConfigDict(env_prefix=...)`, a dictionary, or `class Config`."""
    for part in ast.walk(node):
        match part:
            case ast.keyword(arg=str(name), value=ast.Constant(str(value))):
                yield name, value
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(str(value))):
                yield name, value
            case ast.Dict():
                pairs = zip(part.keys, part.values, strict=True)
                yield from (
                    (key.value, value.value)
                    for key, value in pairs
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
                    if isinstance(key.value, str) and isinstance(value.value, str)
                )
