"""Reads library models: those shipped beside this file, and those of the user."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from seatrial.errors import ModelError
from seatrial.libraries.blame import blame, nearest
from seatrial.libraries.form import FunctionModel, Library, TypeModel, ValueModel, decode_hook
from seatrial.libraries.models import Models
from seatrial.libraries.tables import TABLES

HERE = Path(__file__).parent
ALWAYS = "builtins"
T = TypeVar("T")


def load(modules: Collection[str] | None = None, extra: Mapping[str, Mapping[str, Any]] | None = None) -> Models:
    """The models for a program.

    Args:
        modules: top-level modules that the program imports; only their models are read. None: all that there are.
        extra: the user's own models, by name: the table `[libraries]` of `seatrial.toml`. They win over shipped ones.

    Raises:
        ModelError: a model does not have the right form; says file, key and nearest right word.
    """
    shelf = available()
    own = [_own(f"[libraries.{name}]", {"modules": [name], **raw}, shelf) for name, raw in (extra or {}).items()]
    wanted = set(shelf) if modules is None else {ALWAYS, *modules, *(need for library in own for need in library.needs)}
    shipped = [_read(path) for path in sorted(_with_needs(wanted, shelf))]
    return _merge([*shipped, *own])


@cache
def available() -> Mapping[str, Path]:
    """Top-level module → file that models it. A file's first line lists its modules, so that only that line is read."""
    return {module: path for path in sorted(HERE.glob("*.toml")) for module in _modules(path)}


@cache
def meant() -> Mapping[str, str]:
    """What a piece of code means by names that it does not import: name → top-level module that has it."""
    aliases = _read(available()[ALWAYS]).aliases.items()
    return {name[2:]: target.partition(".")[0] for name, target in aliases if name.startswith("?.")}


def parse(raw: Mapping[str, Any], file: str) -> Library:
    """One library model from parsed TOML; braces in names are written out. `file` is named in errors (ModelError)."""
    try:
        form = msgspec.convert(raw, Library, dec_hook=decode_hook)
    except msgspec.ValidationError as error:
        raise blame(raw, file, error) from error
    return msgspec.structs.replace(
        form,
        aliases=_spread(form.aliases, file),
        types=_spread(form.types, file),
        functions=_spread(form.functions, file),
        values=_spread(form.values, file),
    )


def expand(name: str) -> Iterator[str]:
    """The names that a name with braces stands for: `a.{b,c}` is `a.b` and `a.c`; several braces multiply."""
    head, brace, rest = name.partition("{")
    if not brace:
        yield name
        return
    choices, _, tail = rest.partition("}")
    tails = list(expand(tail))
    for choice in choices.split(","):
        for end in tails:
            yield f"{head}{choice.strip()}{end}"


def _own(file: str, raw: Mapping[str, Any], shelf: Mapping[str, Path]) -> Library:
    library = parse(raw, file)
    for need in library.needs:
        if need not in shelf:
            raise ModelError(f"{file}: needs: there is no model of `{need}`; {nearest(need, sorted(shelf))}")
    return library


def _modules(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return list(tomllib.loads(lines.readline())["modules"])


@cache
def _read(path: Path) -> Library:
    return parse(TABLES.read(path.name), path.name)


def _with_needs(modules: set[str], shelf: Mapping[str, Path]) -> set[Path]:
    found, waiting = set[Path](), set(modules)
    while waiting:
        path = shelf.get(waiting.pop())
        if path is not None and path not in found:
            found.add(path)
            waiting.update(_read(path).needs)
    return found


def _spread(table: Mapping[str, T], file: str) -> dict[str, T]:
    spread: dict[str, T] = {}
    for key, meaning in table.items():
        for name in expand(key) if "{" in key else (key,):
            if name in spread:
                raise ModelError(f"{file}: `{name}` is defined twice (again in `{key}`); keep one.")
            spread[name] = meaning
    return spread


def _merge(libraries: list[Library]) -> Models:
    aliases: dict[str, str] = {}
    types: dict[str, TypeModel] = {}
    functions: dict[str, FunctionModel] = {}
    values: dict[str, ValueModel] = {}
    for library in libraries:
        aliases |= library.aliases
        types |= library.types
        functions |= library.functions
        values |= library.values
    return Models(aliases, types, functions, values)
