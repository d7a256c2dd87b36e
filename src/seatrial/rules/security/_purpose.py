"""What a value is for, as the names say that it is given on its way: variables, fields, keys, arguments, functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, written

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_THROUGH = (
    f.Template,
    f.Binary,
    f.Phi,
    f.Conditional,
    f.Collection,
    f.Index,
    f.Attr,
    f.Await,
    f.Part,
    f.Element,
    f.Spread,
)
_CARRY = frozenset(
    {"hexdigest", "digest", "encode", "decode", "join", "format", "upper", "lower", "strip", "rstrip", "hex", "ljust", "zfill", "replace",
     "copy", "title", "b64encode", "urlsafe_b64encode", "hexlify", "b2a_hex", "append"}
)  # fmt: skip
_MAKE_TEXT = frozenset(
    {
        "str",
        "bytes",
        "list",
        "tuple",
        "hex",
        "int",
        "chr",
        "bytearray",
        "format",
        "repr",
        "sorted",
        "md5",
        "sha1",
        "sha256",
        "sha512",
    }
)
_ADDS = frozenset({"add", "append", "discard"})
DEPTH = 3
"""How many callers a returned value is followed through."""


def words(name: str) -> frozenset[str]:
    """The words that a name is made of, in small letters."""
    return frozenset(word.lower() for word in _WORDS.findall(name))


def names(program: Program, function: Function, value: int, depth: int = 0) -> Iterator[str]:
    """The names that a value is given, or that what is made of it is given, in its body and where that is called."""
    pending, seen = [value], {value}
    while pending:
        current = pending.pop()
        for user in function.users.get(current, ()):
            step = function.values[user]
            yield from _given(program, function, current, step, user)
            if isinstance(step, f.Return) and depth < DEPTH:
                yield function.name
                for body, call in program.calls.callers(function):
                    yield from names(program, body, call, depth + 1)
            elif user not in seen and _goes_on(step, current):
                seen.add(user)
                pending.append(user)


def _given(program: Program, function: Function, current: int, step: f.AnyValue, user: int) -> Iterator[str]:
    """The name that one use gives to a value."""
    if isinstance(step, f.Store | f.StoreAttr):
        yield step.name
    elif isinstance(step, f.StoreItem) and step.value == current:
        held = written(function, step.base).rpartition(".")[2]
        yield from (f"{held}_{key}" if held == "session" else key for key in _text(function, step.key))
    elif isinstance(step, f.Collection) and step.kind == "dict" and current in step.items[1::2]:
        yield from _text(function, step.items[step.items.index(current, 1) - 1])
    elif isinstance(step, f.Call) and current != step.receiver:
        yield from (name for name, given in step.keywords if given == current)
        yield from _parameters(program, function, current, step, user)
        if step.callee in _ADDS and step.receiver >= 0:
            yield written(function, step.receiver).rpartition(".")[2]


def _parameters(program: Program, function: Function, current: int, step: f.Call, user: int) -> Iterator[str]:
    """The name of the parameter that takes it, and of a setter."""
    for reached in program.target(function, user).functions if current in step.args else ():
        position = step.args.index(current) + (1 if reached.cls is not None else 0)
        if position < len(reached.facts.params):
            yield reached.facts.params[position].name
    if current in step.args[1:] or step.callee.startswith("set_"):
        yield step.callee.rpartition(".")[2]
        yield from (text for first in step.args[:1] for text in _text(function, first))


def _text(function: Function, value: int) -> Iterator[str]:
    step = function.values[function.origin(value)]
    if isinstance(step, f.Const) and isinstance(step.value, str) and " " not in step.value.strip():
        yield step.value
    elif isinstance(step, f.Template | f.Binary):
        yield from (name for part in f.operands(step) if part < value for name in _text(function, part))


def _goes_on(step: f.AnyValue, current: int) -> bool:
    """What is made holds the value."""
    if isinstance(step, f.Call):
        name = step.callee.rpartition(".")[2]
        return name in _CARRY or (step.callee.startswith(("!", ":", "hashlib.")) and name.lstrip("!:") in _MAKE_TEXT)
    return isinstance(step, _THROUGH) and not (isinstance(step, f.Index) and step.key == current)
