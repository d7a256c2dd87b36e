"""Telling: whether code reads what tells who calls, be it a user, a session, or a header that only the right one knows."""

from __future__ import annotations

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program, written
from seatrial.program.endpoints import lexicon
from seatrial.program.names import Variable

_OF_REQUEST = frozenset({"user", "session", "cookies", "auth", "authorization"})
"""What tells who calls when it is read of a request."""
_SENT = frozenset({"headers", "META", "state", "scope"})
"""What may tell it, by the name of what is read there."""
_PROOFS = frozenset(
    {"authorization", "auth", "token", "key", "secret", "user", "session", "signature", "cookie", "identity"}
)
_TELLING = frozenset(
    {"authorization", "identity", "jwt", "credentials", "authenticated", "authenticate", "authorize", "principal", "bearer",
     "login", "logged", "permission", "permissions", "apikey", "auth"}
)  # fmt: skip
"""Words of names that speak of who calls, wherever they stand."""
_CHECKING = frozenset(
    {"validate", "require", "ensure", "check", "verify", "authorize", "authorise", "auth", "permission"}
)
"""Words of kinds of parameters that a framework fills by asking who calls."""
_CALLERS = frozenset({"current_user", "flask.session", "flask.g.user", "g.user", "remote_user"})
_TEXTS = frozenset({f.Attr, f.Ref, f.Call})
_CONSTANTS = frozenset({f.Const})
_ENDING = frozenset({f.Raise, f.Call})
_LEAVING = ("abort", "redirect", "response", "error", "exception", "unauthorized", "forbidden", "denied", "reject")
"""Parts of the names of calls by which a hook answers in place of the endpoint."""
DEPTH = 2
"""How many calls deep a decorator or hook is looked into."""


class Telling:
    """Answers whether a function looks at the caller. Remembers what it looked into."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._looks: dict[tuple[Function, int], bool] = {}

    def looks(self, function: Function, depth: int = 0) -> bool:
        """The function, or what it calls, reads what tells who calls."""
        key = function, depth
        if key not in self._looks:
            self._looks[key] = False
            inner = (g for g in function.file.functions[function.index + 1 :] if g.parent is function)
            deeper = self._program.calls.reached(function) if depth < DEPTH else ()
            self._looks[key] = (
                any(_tells(function, at) for at in function.of(_TEXTS))
                or any(self.looks(one, depth) for one in inner)
                or any(self.looks(one, depth + 1) for one in deeper)
            )
        return self._looks[key]

    def may_refuse(self, function: Function, depth: int = 0) -> bool:
        """Something in it, or in what it calls and does not catch, may end the request: it does not only tell who calls.

        A decorator may always: it need not call what it stands before.
        """
        if leaves(function) or any(g.parent is function for g in function.file.functions[function.index + 1 :]):
            return True
        deeper = self._program.calls.leads(function) if depth < DEPTH else ()
        loose = (to for at, to in deeper if all(region.kind != "try" for region in function.enclosing(at)))
        return any(self.may_refuse(one, depth + 1) for one in loose)


def injects_unseen(program: Program, handler: Function) -> bool:
    """A parameter is of a kind that is not seen, and whose name speaks of a check: `order: ValidateUpdate`."""
    outer = handler.parent
    for param in handler.facts.params if outer is not None and handler.is_callable else ():
        step = outer.values[outer.origin(param.annotation)] if outer is not None and param.annotation >= 0 else None
        if (
            outer is None
            or type(step) is not f.Ref
            or _CHECKING.isdisjoint(lexicon.words(step.path.rpartition(".")[2]))
        ):
            continue
        if not isinstance(program.names.resolve(outer.file, step.path).entity, Class | Variable):
            return True
    return False


def _tells(function: Function, at: int) -> bool:
    """The value is what tells who calls, or asks for it."""
    step = function.values[at]
    if type(step) is f.Attr:
        base = written(function, step.base).rpartition(".")[2]
        is_request = base in {"request", "req", "info", "context"} and _is_proof(function, step.name)
        return is_request or step.name in _CALLERS or not _TELLING.isdisjoint(lexicon.words(step.name))
    name = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call else ""
    last = name.rpartition(".")[2].lstrip("!:?")
    of_request = name.partition("request.")[2].partition(".")[0]
    if any(one in name for one in _CALLERS) or _is_proof(function, of_request):
        return True
    return lexicon.speaks_of_check(last) or not _TELLING.isdisjoint(lexicon.words(last))


def _is_proof(function: Function, name: str) -> bool:
    """An attribute of a request that tells who calls; of headers and the like, when one is named that does."""
    if name not in _SENT:
        return name in _OF_REQUEST
    texts = (function.values[at] for at in function.of(_CONSTANTS))
    return any(not _PROOFS.isdisjoint(lexicon.words(str(step.value))) for step in texts if type(step) is f.Const)


def leaves(function: Function) -> bool:
    """It may answer in place of the endpoint, or end the request, when nobody is logged in."""
    return any(_ends(function, at) and not _is_for_known(function, at) for at in function.of(_ENDING))


def _ends(function: Function, at: int) -> bool:
    step = function.values[at]
    if type(step) is not f.Call:
        return True
    holder, _, name = step.callee.lower().rpartition(".")
    is_logged = "log" in (written(function, step.receiver) if step.receiver >= 0 else holder).rpartition(".")[2].lower()
    return name != "get_response" and not is_logged and any(part in name for part in _LEAVING)


def _is_for_known(function: Function, at: int) -> bool:
    """It happens to those only who are logged in."""
    return any(outcome and _asks_login(function, condition) for condition, outcome in function.guards(at))


def _asks_login(function: Function, condition: int) -> bool:
    step = function.values[function.origin(condition)]
    if type(step) is f.Binary or type(step) is f.Phi:
        return any(_asks_login(function, part) for part in f.operands(step))
    return type(step) is f.Attr and step.name == "is_authenticated"
