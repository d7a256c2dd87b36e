"""Says what is wrong with a library model: where, which word, and the nearest right one."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import chain
from typing import Any, get_args

import msgspec

from seatrial.errors import ModelError
from seatrial.libraries import form
from seatrial.libraries.form import Library, decode_hook

_STRUCTS = (form.Sink, Library, form.FunctionModel, form.TypeModel, form.ValueModel, form.Hook, form.Cache, form.Field)
_VOCABULARIES = (
    form.Effect, form.Danger, form.Risk, form.Origin, form.QueryStep, form.HookKind, form.TypeKind, form.Scope
)  # fmt: skip
_TABLES = {"types": form.TypeModel, "functions": form.FunctionModel, "values": form.ValueModel, "aliases": str}


def blame(raw: Mapping[str, Any], file: str, error: msgspec.ValidationError) -> ModelError:
    """The error to raise for `raw`, given msgspec's own (which does not name the entry)."""
    key, text = next(_faults(raw), ("", str(error)))
    place = f"{file}: {key}" if key else file
    return ModelError(f"{place}: {text}{_nearest(text)}")


def _faults(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and message of each entry that cannot be read."""
    for table, form_of_entry in _TABLES.items():
        entries = raw.get(table, {})
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            try:
                msgspec.convert(entry, form_of_entry, dec_hook=decode_hook)
            except msgspec.ValidationError as error:
                yield f"{table}.{name!r}", str(error)


def _nearest(text: str) -> str:
    """A hint for the word that msgspec's message quotes; empty when nothing is near."""
    quote = "`" if "unknown field" in text else "'"
    parts = text.split(quote)
    word = parts[1] if len(parts) > 2 else ""
    words = _keys() if quote == "`" else _words()
    near = get_close_matches(word, words, n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else f"; one of: {', '.join(words)}" if word else ""


def _keys() -> list[str]:
    names = chain.from_iterable(struct.__struct_encode_fields__ for struct in _STRUCTS)
    return sorted(set(names))


def _words() -> list[str]:
    return sorted({*chain.from_iterable(get_args(vocabulary) for vocabulary in _VOCABULARIES), "all"})
