"""Strict authentication: a class of the program's own that turns away who brings no proof at all, and so checks for every view."""

from __future__ import annotations

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program
from seatrial.program.endpoints import settings

_RAISES = frozenset({f.Raise})
_DEFAULTS, _KEY = "REST_FRAMEWORK", "DEFAULT_AUTHENTICATION_CLASSES"
_ASKING = frozenset({"get", "get_authorization_header"})
"""Calls that give what the request brings, or nothing."""


def is_strict(program: Program) -> bool:
    """A class that the settings name for all views of REST framework raises where the request brings nothing."""
    for body, mapping in settings.named(program, _DEFAULTS):
        value = settings.entry(body, mapping, _KEY)
        for _, dotted in settings.texts(body, value) if value >= 0 else ():
            entity = program.names.resolve(body.file, dotted).entity
            method = entity.methods.get("authenticate") if isinstance(entity, Class) else None
            if method is not None and _refuses_nothing(method):
                return True
    return False


def _refuses_nothing(method: Function) -> bool:
    """`if not header: raise …`, of what `request.headers.get(…)` gave."""
    return any(_is_missing(method, known) for at in method.of(_RAISES) for known in method.guards(at))


def _is_missing(method: Function, known: tuple[int, bool]) -> bool:
    condition, holds = known
    step = method.values[method.origin(condition)]
    while type(step) is f.Unary and step.op == "not":
        step, holds = method.values[method.origin(step.value)], not holds
    return not holds and type(step) is f.Call and step.callee.rpartition(".")[2] in _ASKING
