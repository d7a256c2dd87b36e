"""Requests by means that look at the address themselves: a transport of one's own, a client that is named for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Flow, Function, Program, written

_GUARDS = re.compile(
    r"(?i)ssrf|\badvocate|_advocate|safe_?(?:http|requests?|fetch|session|client|transport|connector|opener|url)"
    r"|(?:http|requests?|url|fetch)_?guard|(?:allow|deny|block)_?list"
)
"""Names of what refuses addresses of the own network."""
_OWN_WAY = frozenset({"transport", "connector", "mounts", "resolver"})
"""What a client connects by, where it is told."""
_CHOSEN = re.compile(r"(?i)(?:^|[._])(?:allow|permit|enable|insecure|unsafe|trust)(?:_|s?$)")
"""Settings by which an owner says that any address may be asked."""
_CALLERS = 2
"""How many callers a client is followed through."""


def is_careful(program: Program, flow: Flow) -> bool:
    """The request goes by such means, or only where a setting allows it; what these let through nobody sees here."""
    sink = flow.sink
    names = (name for one in flow.functions for name in (one.file.path, one.symbol))
    if any(map(_GUARDS.search, names)) or _is_allowed(sink.function, sink.call):
        return True
    step = sink.function.values[sink.call]
    if not isinstance(step, f.Call):
        return False
    clients = _clients(program, sink.function, step.receiver, 0) if step.receiver >= 0 else ()
    return _GUARDS.search(step.callee) is not None or any(_goes_its_own_way(*one) for one in clients)


def _is_allowed(function: Function, at: int) -> bool:
    """`if settings.allow_local: return get(url)`."""
    held = (condition for condition, outcome in function.guards(at) if outcome)
    return any(_CHOSEN.search(written(function, condition)) for condition in held)


def _clients(program: Program, function: Function, value: int, depth: int) -> Iterator[tuple[Function, f.Call]]:
    """The calls that make a client, here or in callers that hand it over."""
    at = function.origin(value)
    step = function.values[at]
    if isinstance(step, f.Call):
        yield function, step
    elif isinstance(step, f.Enter):
        yield from _clients(program, function, step.manager, depth)
    elif isinstance(step, f.Param) and depth < _CALLERS:
        for body, call in program.calls.callers(function):
            given = body.values[call]
            if isinstance(given, f.Call) and at < len(given.args):
                yield from _clients(program, body, given.args[at], depth + 1)


def _goes_its_own_way(function: Function, made: f.Call) -> bool:
    return _GUARDS.search(made.callee) is not None or any(
        name in _OWN_WAY and not isinstance(function.values[function.origin(value)], f.Const)
        for name, value in made.keywords
    )
