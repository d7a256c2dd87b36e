"""Says what is wrong with a library model: where, which word, and the nearest right one."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import chain
from typing import Any, get_args

import msgspec

from seatrial.errors import ModelError
from seatrial.libraries import form
from seatrial.libraries.form import Library, decode_hook
from seatrial.libraries.vocabulary import Danger, Effect, HookKind, Origin, QueryStep, Risk, Scope, TypeKind

_STRUCTS = (form.Sink, Library, form.FunctionModel, form.TypeModel, form.ValueModel, form.Hook, form.Cache, form.Field)
_VOCABULARIES = (Danger, Effect, HookKind, Origin, QueryStep, Risk, Scope, TypeKind)
_UNKNOWN_KEY = re.compile(r"unknown field `([^`]*)`")
_UNKNOWN_WORD = re.compile(r"Invalid enum value '([^']*)'")
_TABLES = {"types": form.TypeModel, "functions": form.FunctionModel, "values": form.ValueModel, "aliases": str}


def blame(raw: Mapping[str, Any], file: str, error: msgspec.ValidationError) -> ModelError:
    """The error to raise for `raw`, given msgspec's own (which does not name the entry)."""
    key, text = next(_faults(raw), ("", str(error)))
    place = f"{file}: {key}" if key else file
    return ModelError(f"{place}: {_explain(text)}")


def _faults(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and message of each entry that cannot be read."""
    for table, form_of_entry in _TABLES.items():
        entries = raw.get(table, {})
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            try:
                msgspec.convert(entry, form_of_entry, dec_hook=decode_hook)
            except msgspec.ValidationError as error:
                yield f"{table}.{name!r}", str(error)


def _explain(text: str) -> str:
    """The message of msgspec in our words, with the nearest right word (or all) where it quotes a wrong one."""
    if found := _UNKNOWN_KEY.search(text):
        return f"there is no key `{found[1]}`; {_nearest(found[1], _keys())}"
    if found := _UNKNOWN_WORD.search(text):
        return f"`{found[1]}` means nothing here; {_nearest(found[1], _words())}"
    return text


def _nearest(word: str, right: list[str]) -> str:
    near = get_close_matches(word, right, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else f"write one of: {', '.join(right)}"


def _keys() -> list[str]:
    names = chain.from_iterable(struct.__struct_encode_fields__ for struct in _STRUCTS)
    return sorted(set(names))


def _words() -> list[str]:
    return sorted({*chain.from_iterable(get_args(vocabulary) for vocabulary in _VOCABULARIES), "all"})
