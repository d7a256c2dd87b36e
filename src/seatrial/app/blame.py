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


class Blame:
    """Makes errors about one TOML file. `table` is where our settings lie in it."""

    def __init__(self, file: str, text: str, table: Keys) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._table = table

    def fault(self, options: Mapping[str, Any], form: type[msgspec.Struct], fallback: str) -> ConfigError:
        """The error for a table that does not have the form; `fallback` is what msgspec says of the whole."""
        keys, what = next(_faults(options, form, ()), ((), fallback))
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


def _faults(options: Mapping[str, Any], form: type[msgspec.Struct], above: Keys) -> Iterator[tuple[Keys, str]]:
    types = {field.encode_name: field.type for field in msgspec.structs.fields(form)}
    for key, value in options.items():
        if key not in types:
            yield (*above, key), _unknown("key", key, types)
        else:
            yield from _value_faults(value, types[key], (*above, key))


def _value_faults(value: object, kind: Any, at: Keys) -> Iterator[tuple[Keys, str]]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        form = next(
            (one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, msgspec.Struct)), None
        )
        if isinstance(value, dict) and get_origin(kind) is dict:
            for key, inner in value.items():
                yield from _value_faults(inner, get_args(kind)[1], (*at, key))
        elif isinstance(value, dict) and form:
            yield from _faults(value, form, at)
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
