"""Presumed callers: handlers that take `request.user` for somebody, and go on when it is nobody."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.facts import Attr, Call, Collection, Compare, StoreItem, Unary
from seatrial.model.finding import Step
from seatrial.program import Function, written
from seatrial.program.endpoints import Endpoint

FLAGS = frozenset({"is_staff", "is_superuser"})
"""Attributes of a user that nobody has who is not logged in."""
ANYBODY = FLAGS | {
    "is_authenticated", "is_anonymous", "is_active", "id", "pk", "username", "groups", "user_permissions", "get_username",
    "has_perm", "has_perms", "has_module_perms", "get_all_permissions", "get_user_permissions", "get_group_permissions",
}  # fmt: skip
"""What Django's `AnonymousUser` has, too."""
ATTRIBUTES = frozenset({Attr})


def uses(endpoint: Endpoint, *, writes: bool) -> Iterator[Step]:
    """Where the handler, or another method of its view, presumes that `request.user` is somebody.

    `writes`: it changes something, so that whom it is handed on as matters, too.
    """
    own = endpoint.cls.methods.values() if endpoint.cls else ()
    for entry in dict.fromkeys((*endpoint.entries, *own)):
        yield from _uses_of_caller(entry, writes=writes)


def _uses_of_caller(entry: Function, *, writes: bool) -> Iterator[Step]:
    """Where `request.user` is used for more than the question whether somebody is logged in."""
    for value in entry.of(ATTRIBUTES):
        step = entry.values[value]
        if type(step) is not Attr or step.name != "user" or not written(entry, step.base).endswith("request"):
            continue
        for user in entry.users.get(value, ()):
            if _presumes(entry, value, user, writes=writes) and not _is_known(entry, user):
                yield entry.step(user, "takes the caller for a known user")


def _presumes(entry: Function, caller: int, user: int, *, writes: bool) -> bool:
    """Only somebody can be used so; as an argument it may well be nobody, as what is written in someone's name not."""
    use = entry.values[user]
    if type(use) is Call:
        return use.receiver == caller and use.callee not in ANYBODY
    if type(use) is Collection:
        return writes and use.kind == "dict"
    return type(use) is StoreItem or (type(use) is Attr and use.name not in ANYBODY)


def _is_known(entry: Function, at: int) -> bool:
    """What is known here says that somebody is logged in: `if not request.user.is_superuser: return` came before."""
    for condition, outcome in entry.guards(at):
        step, holds = entry.values[entry.origin(condition)], outcome
        while type(step) is Unary and step.op == "not":
            step, holds = entry.values[entry.origin(step.value)], not holds
        is_flag = type(step) is Attr and step.name in FLAGS
        if holds if is_flag else type(step) in {Call, Compare}:
            return True
    return False
