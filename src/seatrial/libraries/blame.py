"""Says what is wrong with a library model: where, which word, and the nearest right one."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from seatrial.errors import ModelError
from seatrial.libraries.form import FunctionModel, Library, Sink, TypeModel, ValueModel, decode_hook
from seatrial.libraries.vocabulary import Danger, Risk

_TABLES: dict[str, Any] = {"types": TypeModel, "functions": FunctionModel, "values": ValueModel, "aliases": str}
_UNKNOWN_KEY = re.compile(r"unknown field `([^`]*)`")
_UNKNOWN_WORD = re.compile(r"Invalid enum value '([^']*)'")
_PLACE = re.compile(r" - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`")


def blame(raw: Mapping[str, Any], file: str, error: msgspec.ValidationError) -> ModelError:
    """The error to raise for `raw`, given msgspec's own (which does not name the entry)."""
    key, form, text = next(_faults(raw), ("", Library, str(error)))
    place = f"{file}: {key}" if key else file
    return ModelError(f"{place}: {_explain(form, text)}")


def _faults(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Key, form and message of each entry that cannot be read."""
    for table, form in _TABLES.items():
        entries = raw.get(table, {})
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            try:
                msgspec.convert(entry, form, dec_hook=decode_hook)
            except msgspec.ValidationError as error:
                yield f"{table}.{name!r}", form, str(error)


def _explain(form: Any, text: str) -> str:
    """The message of msgspec in our words, with the nearest right word (or all) where it quotes a wrong one."""
    if found := _UNKNOWN_KEY.search(text):
        return f"there is no key `{found[1]}` here; {nearest(found[1], _right(form, text))}"
    if found := _UNKNOWN_WORD.search(text):
        return f"`{found[1]}` means nothing here; {nearest(found[1], _right(form, text))}"
    return text


def nearest(word: str, right: list[str]) -> str:
    """A hint to the right word that a wrong one is nearest to; all of them when none is near."""
    near = get_close_matches(word, right, n=1)
    return f"did you mean `{near[0]}`?" if near else f"write one of: {', '.join(right)}"


def _right(form: Any, text: str) -> list[str]:
    """What may stand at the place that a message names. Places inside sinks are told relative to them."""
    place = _PLACE.search(text)
    if place and place["key"]:
        return sorted({*get_args(Danger), *get_args(Risk)})
    path = place["path"] if place else ""
    hint = Sink if path.startswith("[") else form
    for part in re.findall(r"\.([\w-]+)", path):
        hint = get_type_hints(_struct(hint))[part.replace("-", "_")]
    struct = _struct(hint)
    return sorted(struct.__struct_encode_fields__ if struct else _words(hint))


def _struct(hint: Any) -> Any:
    """The struct that a type hint is, or may be; None if it is none."""
    options = (hint, *get_args(hint))
    return next((one for one in options if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)


def _words(hint: Any) -> set[str]:
    if get_origin(hint) is Literal:
        return set(get_args(hint)) - {""}
    return {word for inner in get_args(hint) for word in _words(inner)}
