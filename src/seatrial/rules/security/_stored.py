"""Stored text: what of a text was read back from the database as it is, where others may have put anything."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, written
from seatrial.rules.security._purpose import words

_ROWS = frozenset({"one", "all", "bound", "stream"})
"""What a call does to a query that gives rows; a count or sum holds no text."""

_FETCHES = frozenset({"fetchone", "fetchall", "fetchmany"})
"""Methods that every driver calls so (PEP 249), whatever the type of the cursor."""

_CARRY = frozenset(
    {"join", "format", "strip", "replace", "get", "items", "values", "splitlines", "split", "append", "extend"}
)
_BUILT_IN = frozenset({"!dict", "!list", "!tuple", "!str", "!enumerate", "!reversed", "!sorted", "!zip"})
_NO_TEXT = frozenset(
    {"id", "pk", "uuid", "count", "total", "avg", "average", "rating", "price", "number", "num", "date", "time", "created", "updated", "at", "year",
     "age", "quantity", "qty", "score", "amount", "size", "stars", "index", "i", "n", "sum", "stock"}
)  # fmt: skip
"""Words for what is a number, a time or a key, and no text that someone wrote."""

DEPTH = 2
"""How many functions a row is followed through."""


def stored(program: Program, function: Function, value: int, depth: int = 0) -> str | None:
    """The name of a stored text that a value holds unescaped; None if it holds none, as far as it is followed."""
    pending, seen = [value], set[int]()
    while pending:
        current = function.origin(pending.pop())
        step = function.values[current]
        if current in seen or _is_no_text(function, current, step):
            continue
        seen.add(current)
        if isinstance(step, f.Call):
            name = _called(program, function, current, step, depth)
            if name:
                return name
        pending.extend(i for i in _inside(program, function, current, step) if i >= 0)
    return None


def _called(program: Program, function: Function, call: int, step: f.Call, depth: int) -> str | None:
    """The rows that a call reads, itself or in a function of the program."""
    target = program.target(function, call)
    if step.callee in _FETCHES or (target.model is not None and target.model.query in _ROWS):
        return f"what `{step.callee.rpartition('.')[2]}` reads"
    if depth < DEPTH:
        for reached in target.functions:
            for returned in reached.returns:
                name = stored(program, reached, returned, depth + 1)
                if name:
                    return name
    return None


def _inside(program: Program, function: Function, value: int, step: f.AnyValue) -> Iterator[int]:
    """What lives on in a value as it is."""
    if isinstance(step, f.Call):
        model = program.model(function, value)
        if model is not None and {"html", "all"} & set(model.cleans):
            return
        if step.callee in _BUILT_IN or step.callee.rpartition(".")[2] in _CARRY:
            yield from (step.receiver, *step.args)
    elif isinstance(step, f.Index):
        yield step.base
    elif isinstance(step, f.Collection):
        yield from step.items if step.kind != "dict" else step.items[1::2]
    elif isinstance(step, f.Binary):
        yield from (step.left, step.right) if step.op in {"+", "%", "or"} else ()
    elif isinstance(step, f.Conditional):
        yield from (step.then, step.other)
    elif isinstance(step, f.Template | f.Phi | f.Attr | f.Element | f.Part | f.Spread | f.Store):
        yield from f.operands(step)


def _is_no_text(function: Function, value: int, step: f.AnyValue) -> bool:
    """Its name says that it is a number, a time or a key."""
    said = words(written(function, value))
    if isinstance(step, f.Index):
        key = function.values[function.origin(step.key)]
        said |= words(key.value) if isinstance(key, f.Const) and isinstance(key.value, str) else frozenset()
    return isinstance(step, f.Index | f.Attr | f.Part) and bool(said & _NO_TEXT)
