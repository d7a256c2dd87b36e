"""Held: names in code that mean a secret, and the literals that they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from seatrial.model import facts as f
from seatrial.program import File, Function
from seatrial.program.derived import derived
from seatrial.rules.security._secrets import sort_of

BY_DEFAULT = 0.83
"""What is left of the confidence when the literal only holds where a setting is missing."""

_FROM_SETTINGS = re.compile(r"(?:environ\.get|getenv|environ\.setdefault|env|env\.str|config|config\.get|get_env)$")
"""Calls that read a setting, and whose second argument is what holds without it."""


class Held(NamedTuple):
    """A name and the id of what it holds; `how` it is held, and what share of the confidence that leaves."""

    name: str
    value: int
    how: str = "given"
    share: float = 1.0


@derived(list[tuple[int, Held]])
def held(file: File) -> list[tuple[int, Held]]:
    """Every name in a file that means a secret, with each literal that it may hold, and the index of the body."""
    return [(function.index, one) for function in file.functions for one in _of_body(function)]


def _of_body(function: Function) -> Iterator[Held]:
    """The same of one body; a literal once."""
    seen: set[int] = set()
    for value in function.of(_HOLDING):
        step = function.values[value]
        if type(step) is f.Call and not step.keywords:
            continue  # most of all there is
        for one in _HOLDERS[type(step)](function, step):
            for literal, share in _literals(function, one.value) if sort_of(one.name) else ():
                if literal not in seen:
                    seen.add(literal)
                    yield one._replace(value=literal, share=one.share * share)


def names_something(function: Function, value: int, text: str) -> bool:
    """A word that the same body holds under another name too: the user `shop` with the password `shop` is for local use."""
    if not text.isalpha():
        return False
    half = text[: len(text) // 2]
    same = {text, half} if half * 2 == text else {text}
    others = (function.values[other] for other in function.of(_CONSTANTS) if other != value)
    return any(type(other) is f.Const and other.value in same for other in others)


def kept_in(function: Function, value: int) -> Iterator[str]:
    """The variables that hold a literal deep in dictionaries and lists: `config_test = {"db": {"password": "root"}}`."""
    return (step.name for _, step in _around(function, value) if type(step) is f.Store)


def under(function: Function, value: int) -> Iterator[str]:
    """The keys and arguments that a literal lies under: `json_schema_extra={"example": {"password": "root"}}`."""
    for held, step in _around(function, value):
        if type(step) is f.Collection and held != value:
            yield from (entry.name for entry in _entries(function, step) if entry.value == held)
        elif type(step) is f.Call and held != value:
            yield from (name for name, given in step.keywords if given == held)


def _around(function: Function, value: int) -> Iterator[tuple[int, f.Value]]:
    """What uses a literal, and what it lies in, from the inside out: each with what of it is used."""
    waiting = [value]
    for one in waiting:
        for user in function.users.get(one, ()):
            step = function.values[user]
            yield one, step
            is_dict = type(step) is f.Collection or (type(step) is f.Call and step.callee == "!dict")
            if is_dict and user not in waiting:
                waiting.append(user)


def _literals(function: Function, value: int, depth: int = 0) -> Iterator[tuple[int, float]]:
    """The literals that may be held: alone, or as what holds when a setting is missing."""
    if value < 0 or depth > 3:  # deeper expressions compute something else
        return
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Const:
        if step.kind in {"str", "bytes"}:
            yield value, 1.0 if depth == 0 else BY_DEFAULT
    elif type(step) is f.Binary and step.op == "or":
        yield from _literals(function, step.right, depth + 1)
    elif type(step) is f.Conditional:
        yield from _literals(function, step.then, depth + 1)
        yield from _literals(function, step.other, depth + 1)
    elif type(step) is f.Call and step.callee == "encode" and step.receiver >= 0:
        yield from _literals(function, step.receiver, depth)
    elif type(step) is f.Call and _FROM_SETTINGS.search(step.callee):
        for given in (*step.args[1:2], *(v for k, v in step.keywords if k == "default")):
            yield from _literals(function, given, depth + 1)


def _store(_function: Function, step: f.Store | f.StoreAttr) -> Iterable[Held]:
    return () if step.augmented or not sort_of(step.name) else (Held(step.name, step.value),)


def _item(function: Function, step: f.StoreItem) -> Iterator[Held]:
    name = _text(function, step.key)
    if name and not step.augmented:
        yield Held(name, step.value)


def _entries(function: Function, step: f.Collection) -> Iterator[Held]:
    if step.kind != "dict" or step.region >= 0 or len(step.items) % 2:
        return
    for key, value in zip(step.items[::2], step.items[1::2], strict=True):
        name = _text(function, key)
        if name:
            yield Held(name, value)


def _call(_function: Function, step: f.Call) -> Iterable[Held]:
    return [Held(name, value) for name, value in step.keywords if sort_of(name)] if step.keywords else ()


def _compared(function: Function, step: f.Compare) -> Iterator[Held]:
    if step.op not in {"==", "!="} or (step.op == "==" and _is_refused(function, step)):
        return
    for held, other in ((step.left, step.right), (step.right, step.left)):
        name = _name(function, held)
        if name:
            yield Held(name, other, "compared with")


def _is_refused(function: Function, step: f.Compare) -> bool:
    """It goes no further where the name holds this: a default that must not be left as it is."""
    edge = [at for at in function.users.get(step.left, ()) if function.values[at] is step]
    edge += [at for at in function.users.get(step.right, ()) if function.values[at] is step]
    tests = set(edge)
    while edge:
        for user in function.users.get(edge.pop(), ()):
            joined = function.values[user]
            if type(joined) is f.Binary and joined.op == "and" and user not in tests:
                tests.add(user)
                edge.append(user)
    return any(r.kind == "if" and r.subject in tests and _raises(function, r) for r in function.regions)


def _raises(function: Function, region: f.Region) -> bool:
    return any(type(step) is f.Raise for step in function.values[region.start : region.end])


def _closure(function: Function, step: f.Closure) -> Iterable[Held]:
    params = function.file.functions[step.function].facts.params
    return [Held(param.name, param.default, "by default", 0.7) for param in params if param.default >= 0]


def _name(function: Function, value: int) -> str:
    step = function.values[function.origin(value)]
    if type(step) in {f.Param, f.Free, f.Attr}:
        return step.name  # type: ignore[union-attr] # all three have a name
    if type(step) is f.Index:
        return _text(function, step.key)
    for user in function.users.get(value, ()):
        stored = function.values[user]
        if type(stored) is f.Store and stored.value == value:
            return stored.name
    return ""


def _text(function: Function, value: int) -> str:
    step = function.values[function.origin(value)]
    return step.value if type(step) is f.Const and isinstance(step.value, str) else ""


_HOLDERS: Mapping[type, Callable[[Function, Any], Iterable[Held]]] = {
    f.Store: _store, f.StoreAttr: _store, f.StoreItem: _item, f.Collection: _entries, f.Call: _call, f.Compare: _compared,
    f.Closure: _closure,
}  # fmt: skip
_HOLDING = frozenset(_HOLDERS)
_CONSTANTS = frozenset({f.Const})
