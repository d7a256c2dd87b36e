"""Callers: whether a value is who calls, or a part of what tells it; and names of those whom rows belong to."""

from __future__ import annotations

from seatrial.model import facts as f
from seatrial.program import Function, written
from seatrial.program.endpoints import lexicon

CALLERS = frozenset({"user", "current_user", "member", "viewer"})
OWNERS = frozenset({"user", "owner", "customer", "account", "buyer", "patient", "profile", "employee"})
"""Words for those whom a row belongs to; who merely wrote it (`author`, `creator`) may share it with all."""
_OF_PEOPLE = frozenset({"user", "owner", "customer", "member", "client", "parent", "own", "my"})
"""Words before `account` and `profile` for those of people; others are of banks, post, devices."""
_IDENTITIES = frozenset(
    {"get_jwt_identity", "get_current_user", "current_user", "get_user", "get_user_id", "current_user_id"}
)
"""Functions that tell who calls."""
_PLAIN = frozenset({"int", "str", "UUID"})
"""Calls that hand on an id as it is."""
_DEPTH = 6


def is_caller(function: Function, value: int, callers: tuple[str, ...] = ()) -> bool:
    """The value is who calls, or a part of it: `request.user`, `current_user.id`; `user` of `user, shop_id = auth`.

    `callers`: parameters of the body that tell who calls.
    """
    first = step = function.values[function.origin(value)]
    for _ in range(_DEPTH):
        if (isinstance(step, f.Attr) and step.name in CALLERS) or _is_kept(function, step):
            return True
        whole = _whole(step)
        if whole < 0:
            break
        step = function.values[function.origin(whole)]
    if isinstance(step, f.Ref):
        return bool(CALLERS & set(step.path.lstrip(":").split(".")))
    if isinstance(step, f.Call):
        return _last(step) in _IDENTITIES or _is_told(function, step, callers)
    if not isinstance(step, f.Param | f.Free) or (step.name == "request" and first is not step):  # what it sends
        return False
    return step.name in CALLERS or step.name in callers


def _whole(step: f.AnyValue) -> int:
    """What the value is a part of, or another form of."""
    if isinstance(step, f.Attr | f.Index):
        return step.base
    if isinstance(step, f.Part):
        return step.of
    return step.args[0] if isinstance(step, f.Call) and _last(step) in _PLAIN and step.args else f.NONE


def _is_kept(function: Function, step: f.AnyValue) -> bool:
    """An entry of the session, which says who is logged in: `session["id"]`, `session.get("id")`."""
    if isinstance(step, f.Index):
        return _is_session(function, step.base, "")
    if not isinstance(step, f.Call) or _last(step) != "get" or _is_of_class(function, step):
        return False
    return _is_session(function, step.receiver, step.callee)


def _is_of_class(function: Function, step: f.Call) -> bool:
    """The session is the database's, and is asked for a row: `session.get(Order, pk)`."""
    given = function.values[function.origin(step.args[0])] if step.args else None
    name = given.path.rpartition(".")[2] if isinstance(given, f.Ref) else ""
    return name[:1].isupper() and not name.isupper()


def _is_told(function: Function, step: f.Call, callers: tuple[str, ...]) -> bool:
    """An entry of what a check hands on of the caller: `claims.get("sub")`."""
    held = function.values[function.origin(step.receiver)] if step.receiver >= 0 else None
    name = held.name if isinstance(held, f.Param) and _last(step) == "get" else "request"
    return name != "request" and name in {*CALLERS, *callers}


def _is_session(function: Function, value: int, callee: str) -> bool:
    """What says who is logged in: the session, by itself or as the owner of a method."""
    name = written(function, value) if value >= 0 else callee.rpartition(".")[0]
    return name.rpartition(".")[2] == "session"


def _last(step: f.Call) -> str:
    return step.callee.rpartition(".")[2].lstrip("!:?")


def names_owner(name: str) -> bool:
    """A relation of this name says whose a row is."""
    said = lexicon.words(name)
    owners = OWNERS & set(said)
    is_thing = owners <= {"account", "profile"} and len(said) > 1 and not _OF_PEOPLE & set(said)
    return bool(owners) and not is_thing
