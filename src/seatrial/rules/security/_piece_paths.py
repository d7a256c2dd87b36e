"""Paths in pieces of programs: what a caller gives is put behind a folder, and a check that leaves ways around it.

Elsewhere a parameter in a path is mostly the program's own; of a piece nobody knows who calls it (`_pieces`).
"""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Flow, Function, Program, Sinking, written
from seatrial.program.taint import sinks
from seatrial.rules.contract import Match
from seatrial.rules.security._pieces import functions, is_piece
from seatrial.rules.security._purpose import words

LIKELY = 0.72
_GIVES = frozenset({f.Return, f.Yield})
_COMPARES = frozenset({f.Compare})
_ASKS = frozenset({"startswith", "isabs", "is_absolute", "normpath", "realpath", "abspath", "resolve", "commonpath", "commonprefix", "basename"})  # fmt: skip
"""What asks for the rest: where a path begins, and what is left of it when it is made whole."""
_HALF = "/../"
"""What stands inside of a path that leads up, but not at its beginning."""
_ADDRESSES = frozenset({"url", "uri", "link", "href"})


def put_behind(program: Program) -> Iterator[Flow]:
    """What pieces put behind a folder in a path that is followed: a parameter, or an entry of something unknown."""
    for sink in sinks(program, "path"):
        if is_piece(program, sink.function):
            for part in _parts(sink.function, sink.value):
                flow = program.taint.into(Sinking(sink.function, sink.call, part, "path", sink.what))
                if flow is not None and (flow.origin.kind == "parameter" or _is_entry(sink.function, part)):
                    yield flow


def _is_entry(function: Function, value: int) -> bool:
    """`data["name"]`"""
    step = function.values[function.origin(value)]
    key = function.values[function.origin(step.key)] if isinstance(step, f.Index) else None
    return isinstance(key, f.Const) and isinstance(key.value, str)


def _parts(function: Function, value: int) -> Iterator[int]:
    """What stands behind the folder in a path: `join(folder, name)`, `folder + "/" + name`, `f"{folder}/{name}"`."""
    step = function.values[function.origin(value)]
    if isinstance(step, f.Call) and step.callee.rpartition(".")[2] == "join":
        yield from step.args[1:]
    elif isinstance(step, f.Binary) and step.op in {"+", "/"}:
        yield step.right
    elif isinstance(step, f.Template):
        yield from step.parts[1:]
    elif isinstance(step, f.Binary) and step.op == "%":
        held = function.values[function.origin(step.right)]
        yield from held.items[1:] if isinstance(held, f.Collection) and held.kind == "tuple" else (step.right,)


def given(program: Program) -> Iterator[Sinking]:
    """Paths that functions of pieces give to whoever calls them."""
    for function in functions(program):
        for at in function.of(_GIVES):
            step = function.values[at]
            value = step.value if isinstance(step, f.Return | f.Yield) else f.NONE
            made = function.values[function.origin(value)] if value >= 0 else None
            if isinstance(made, f.Call) and made.callee == "?os.path.join":
                yield Sinking(function, at, value, "path", "the path that is given back")


def half_checks(program: Program) -> Iterator[Match]:
    """`if "/../" in name: return`: `../x` and `/etc/x` pass."""
    for function in functions(program):
        for at in function.of(_COMPARES):
            step = function.values[at]
            if isinstance(step, f.Compare) and _is_half(function, at, step) and not _is_asked(function, step.right):
                name = written(function, step.right) or "the path"
                message = f"{name} is asked for `{_HALF}` alone: `../` at its beginning and a whole path pass"
                yield Match(message, function, step.line, key=f"half a check of {name}", confidence=LIKELY)


def _is_half(function: Function, at: int, step: f.Compare) -> bool:
    sought = function.values[function.origin(step.left)]
    if step.op != "in" or not isinstance(sought, f.Const) or sought.value != _HALF:
        return False
    is_address = bool(words(written(function, step.right)) & _ADDRESSES)
    return not is_address and any(one.subject == at and one.kind == "if" and one.exits for one in function.regions)


def _is_asked(function: Function, value: int) -> bool:
    """Something else is asked of it in the same body."""
    at = function.origin(value)
    for user in function.users.get(at, ()):
        step = function.values[user]
        if isinstance(step, f.Call) and step.callee.rpartition(".")[2] in _ASKS:
            return True
    return False
