"""Says what is wrong in a settings file: file, line, key, and the nearest right word."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, get_args, get_origin

import msgspec

from seatrial.errors import ConfigError
from seatrial.model.text import printable

Keys = tuple[str, ...]

_MUCH_ALIKE = 0.75
"""From so alike on (a ratio as of `difflib`), a key of another table was meant."""


class Blame:
    """Makes errors about one TOML file. `table` is where our settings lie in it."""

    def __init__(self, file: str, text: str, table: Keys) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._table = table

    def fault(self, options: Mapping[str, Any], form: type[msgspec.Struct], fallback: str) -> ConfigError:
        """The error for a table that does not have the form; `fallback` is what msgspec says of the whole."""
        elsewhere = {keys[-1]: ".".join(keys) for keys in _keys_in(form, ())}
        keys, what = next(_faults(options, form, (), elsewhere), ((), fallback))
        return self.error(keys, what)

    def unknown(self, keys: Keys, kind: str, name: str, known: Collection[str]) -> ConfigError:
        """The error for a name that does not exist."""
        return self.error(keys, _unknown(kind, name, known))

    def error(self, keys: Keys, what: str) -> ConfigError:
        """An error about one key."""
        line = line_of(self._lines, self._table + keys)
        place = f"{self._file}, line {line}" if line else self._file
        subject = f"`{'.'.join(keys)}`: " if keys else ""
        return ConfigError(printable(f"{place}: {subject}{what}"))


def nearest(name: str, known: Collection[str]) -> str:
    """A hint that names the nearest known word, or all of them if none is near."""
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(sorted(known))}"


def line_of(lines: list[str], keys: Keys) -> int:
    """The line (1-based) on which a key is set, or the nearest key around it; 0 if there is none."""
    found, depth = 0, 0
    for number, at in _keys_of(lines):
        shared = next((i for i, (a, b) in enumerate(zip(keys, at, strict=False)) if a != b), min(len(keys), len(at)))
        if shared > depth and shared == min(len(keys), len(at)):
            found, depth = number, shared
    return found


_HEADER = re.compile(r"\s*\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?\Z")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def _keys_of(lines: list[str]) -> Iterator[tuple[int, Keys]]:
    table: Keys = ()
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            table = _split(header[1])
            yield number, table
        elif key := _KEY.match(line):
            yield number, table + _split(key[1])


def _split(dotted: str) -> Keys:
    """The parts of a dotted key, as TOML itself reads them."""
    try:
        at: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    parts = []
    while isinstance(at, dict):
        parts.append(next(iter(at)))
        at = at[parts[-1]]
    return tuple(parts)


def _keys_in(form: type[msgspec.Struct], above: Keys) -> Iterator[Keys]:
    """Every key of a form and of the tables in it, those nearest to the top last."""
    fields = msgspec.structs.fields(form)
    for field in fields:
        if inner := _form(field.type):
            yield from _keys_in(inner, (*above, field.encode_name))
    yield from ((*above, field.encode_name) for field in fields)


def _form(kind: Any) -> type[msgspec.Struct] | None:
    """The form of a table; None for what is none, and for tables whose keys are names."""
    kinds = () if get_origin(kind) is dict else (kind, *get_args(kind))
    return next((one for one in kinds if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)


def _faults(
    options: Mapping[str, Any], form: type[msgspec.Struct], above: Keys, elsewhere: Mapping[str, str]
) -> Iterator[tuple[Keys, str]]:
    """`elsewhere` says of every key of the settings where it stands."""
    types = {field.encode_name: field.type for field in msgspec.structs.fields(form)}
    for key, value in options.items():
        if key not in types:
            yield (*above, key), _unknown_key(key, types, elsewhere)
        else:
            yield from _value_faults(value, types[key], (*above, key), elsewhere)


def _value_faults(value: object, kind: Any, at: Keys, elsewhere: Mapping[str, str]) -> Iterator[tuple[Keys, str]]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        form = _form(kind)
        if isinstance(value, dict) and get_origin(kind) is dict:
            for key, inner in value.items():
                yield from _value_faults(inner, get_args(kind)[1], (*at, key), elsewhere)
        elif isinstance(value, dict) and form:
            yield from _faults(value, form, at, elsewhere)
        else:
            yield at, _wrong(value, kind, str(error))


def _wrong(value: object, kind: Any, said: str) -> str:
    choices = [word for one in (kind, *get_args(kind)) for word in _words(one)]
    hint = f"; {nearest(value, choices)}" if isinstance(value, str) and choices else ""
    if hint:
        return f"{value!r} means nothing here{hint}"
    told = said.partition(" - at ")[0]
    return told if "got" in told else f"{told}, got {value!r}"


def _words(kind: Any) -> list[str]:
    """The words that an enumeration or a `Literal` allows."""
    members = getattr(kind, "__members__", {})
    return [str(member) for member in members.values()] or [word for word in get_args(kind) if isinstance(word, str)]


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    return f"there is no {kind} `{name}`; {nearest(name, known)}"


def _unknown_key(key: str, here: Collection[str], elsewhere: Mapping[str, str]) -> str:
    """A key that is much like one of another table was meant for that table."""
    near = get_close_matches(key, {**elsewhere, **dict.fromkeys(here)}, n=1, cutoff=_MUCH_ALIKE)
    if near and near[0] not in here:
        return f"there is no key `{key}`; did you mean `{elsewhere[near[0]]}`?"
    return _unknown("key", key, here)
