"""Refusals: whether a body of code can turn its caller away, by itself or through what it calls."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.endpoints import lexicon
from seatrial.program.endpoints.nouns import ASIDE, ASKED, REFUSED, Guard
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.program.calls import Target
    from seatrial.program.program import Program
    from seatrial.program.type import Type

DEPTH = 4
"""How many calls deep a check is looked for: deeper ones speak of something else."""

STATUS = frozenset({401, 403})
FLAGS = frozenset(
    {"is_authenticated", "is_anonymous", "is_staff", "is_superuser", "is_admin", "is_owner", "is_moderator"}
)
"""Attributes of users that programs define themselves."""

_TRAITS = ("is_", "can_", "has_")
"""How attributes begin that say what the one who calls is, or may: `request.user.is_reviewer`."""

_LOGIN = frozenset({"login", "signin", "auth", "authenticate"})
"""Words of the page where one logs in."""
_RAISES = frozenset({f.Raise})
_TELLING = frozenset({f.Call, f.Attr, f.Ref, f.Const, f.Raise})
_LOGIC = (f.Unary, f.Compare, f.Binary, f.Phi, f.Await, f.Store, f.Part)
"""What passes on the truth of a value."""


class Refusals:
    """Answers "can this function turn its caller away?"; remembers."""

    def __init__(self, program: Program, around: Callable[[Function], tuple[Guard, ...]]) -> None:
        self._program = program
        self._around = around
        """What the decorators of a function check."""
        self._found: dict[int, Guard] = {}
        self._tried: dict[int, int] = {}
        self._classes: dict[int, bool] = {}

    def of(self, function: Function, depth: int = 0) -> Guard | None:
        """The first check in a function's body, its nested functions and what they call; None if there is none."""
        key = id(function)
        if key in self._found:
            return self._found[key]
        if depth >= self._tried.get(key, DEPTH + 1):  # a circle of calls, or asked before with as many steps left
            return None
        self._tried[key] = depth
        found = self._own(function) or self._called(function, depth) or self._nested(function, depth)
        if found is None and depth:
            found = next(iter(self._around(function)), None)
        if found:
            self._found[key] = found
        return found

    def _nested(self, function: Function, depth: int) -> Guard | None:
        inner = (g for g in function.file.functions[function.index + 1 :] if g.parent is function and g.is_callable)
        return next((found for g in inner if (found := self.of(g, depth))), None)

    def _own(self, function: Function) -> Guard | None:
        """The check that the body itself makes: one that asks who calls, rather than a refusal for any reason."""
        found = list(self._checks(function))
        return next((guard for guard in found if guard.kind != REFUSED), found[0] if found else None)

    def _called(self, function: Function, depth: int) -> Guard | None:
        calls = function.calls if depth < DEPTH and self._program.calls.reached(function) else ()
        return next((found for at in calls if (found := self._deeper(function, at, depth))), None)

    def _checks(self, function: Function) -> Iterator[Guard]:
        for at in function.of(_TELLING):
            step = function.values[at]
            if type(step) is f.Call:
                if found := self._call(function, at, step):
                    yield found
            elif type(step) is f.Attr:
                yield from self._attribute(function, at, step)
            elif _is_refusing(step):
                yield from self._answer(function, at)
            elif type(step) is f.Raise and step.value >= 0 and self._refuses(function, step.value):
                yield self._guard(function, at, "raises", REFUSED)

    def _guard(self, function: Function, at: int, name: str, kind: str) -> Guard:
        return Guard(name, kind, function.step(at, f"{name} checks the caller"), declared=False)

    def _call(self, function: Function, at: int, call: f.Call) -> Guard | None:
        target = self._program.target(function, at)
        name, speaks, leads = _said(call.callee)
        kind = (target.model.guard if target.model else "") or speaks
        if kind and kind not in ASIDE:
            if not function.users.get(at) or self._goes_around(function, at):
                return self._guard(function, at, name, kind)
            if self._decides(function, at):
                return self._guard(function, at, name, kind if self._turns_away(function, at) else ASKED)
            if lexicon.speaks_of_proof(name) and self._may_raise(target):
                return self._guard(function, at, name, kind)
        elif target.model and target.model.query and self._names_caller(function, call):
            return self._guard(function, at, name, "owner")
        elif leads and any(self._is_login_page(function, a) for a in call.args):
            return self._guard(function, at, name, "login")
        return None

    def _goes_around(self, function: Function, at: int) -> bool:
        """A decorator is put around something by hand: `view = permission_required("x")(view)`."""
        users = (function.values[user] for user in function.users.get(at, ()))
        return any(type(step) is f.Call and step.receiver == at and not step.callee for step in users)

    def _may_raise(self, target: Target) -> bool:
        """It raises what it finds wrong, so that what comes back is good; nobody knows of a library."""
        return not target.functions or any(True for reached in target.functions for _ in reached.of(_RAISES))

    def _names_caller(self, function: Function, call: f.Call) -> bool:
        """The query is tied to who calls: `.filter(owner=request.user)`, `request.user.orders.get(…)`."""
        inputs = (*call.args, *(value for _, value in call.keywords), call.receiver)
        return any(self._is_caller(function, value) for value in inputs if value >= 0)

    def _is_caller(self, function: Function, value: int) -> bool:
        for _ in range(6):
            step = function.values[function.origin(value)]
            if type(step) is f.Attr:
                if step.name in {"user", "current_user"} or step.name.startswith("request_user"):
                    return True
                value = step.base
            elif type(step) is f.Call and step.receiver >= 0:
                value = step.receiver
            else:
                return type(step) is f.Ref and "current_user" in step.path.split(".")
        return False

    def _is_login_page(self, function: Function, value: int) -> bool:
        step = function.values[function.origin(value)]
        if type(step) is f.Call:
            return any(self._is_login_page(function, a) for a in step.args)
        said = step.value if type(step) is f.Const else step.path if type(step) is f.Ref else ""
        return isinstance(said, str) and not _LOGIN.isdisjoint(lexicon.words(said))

    def _attribute(self, function: Function, at: int, step: f.Attr) -> Iterator[Guard]:
        if lexicon.is_refusing_status(step.name):
            yield from self._answer(function, at)
        is_trait = step.name in FLAGS or (step.name.startswith(_TRAITS) and self._is_caller(function, step.base))
        if not is_trait and step.name not in self._program.models.guards_called:
            return
        base = self._program.type_of(function, step.base)
        kind = self._says(base, step.name) or ("permission" if is_trait else "")
        if kind and kind not in ASIDE and self._decides(function, at):
            yield self._guard(function, at, step.name, kind if self._turns_away(function, at) else ASKED)

    def _says(self, base: Type | None, name: str) -> str:
        if base is None:
            return ""
        names = self._program.types.outer_bases(base.cls) if base.cls else (base.name,)
        found = (self._program.models.attribute(outer, name) for outer in names)
        return next((value.guard for value in found if value and value.guard), "")

    def _decides(self, function: Function, at: int, depth: int = 0) -> bool:
        """The value is asked for its truth, here or by the caller, and not only shown."""
        if any(r.subject == at and r.kind in {"if", "while", "case"} for r in function.regions):
            return True
        for user in function.users.get(at, ()):
            step = function.values[user]
            if isinstance(step, f.Return | f.Assert | f.Conditional):
                return True
            if depth < DEPTH and isinstance(step, _LOGIC) and self._decides(function, user, depth + 1):
                return True
        return False

    def _turns_away(self, function: Function, at: int, depth: int = 0) -> bool:
        """One outcome of the question leaves the function, or is handed to the caller to decide."""
        if any(r.subject == at and self._leaves(function, r) for r in function.regions):
            return True
        for user in function.users.get(at, ()):
            step = function.values[user]
            if isinstance(step, f.Return | f.Assert):
                return True
            if depth < DEPTH and isinstance(step, _LOGIC) and self._turns_away(function, user, depth + 1):
                return True
        return False

    def _leaves(self, function: Function, region: f.Region) -> bool:
        return any(isinstance(step, f.Return | f.Raise) for step in function.values[region.start : region.end])

    def _answer(self, function: Function, at: int) -> Iterator[Guard]:
        """A status is given as an answer; one that is compared was got from another server."""
        users = [function.values[user] for user in function.users.get(at, ())]
        if users and not any(isinstance(user, f.Compare) for user in users) and not self._translates(function, at):
            yield self._guard(function, at, "401 or 403", REFUSED)

    def _translates(self, function: Function, at: int) -> bool:
        """A refusal that was caught is put into other words."""
        caught = (r.subject for r in function.enclosing(at) if r.kind == "except" and r.subject >= 0)
        return any(self._refuses(function, subject) for subject in caught)

    def _refuses(self, function: Function, value: int) -> bool:
        """The exception says that the caller may not."""
        step = function.values[function.origin(value)]
        if type(step) is f.Call:
            target = self._program.target(function, function.origin(value))
            name = target.made.name if target.made else (target.external or step.callee)
            return lexicon.is_refusal(name.rpartition(".")[2]) or bool(target.made and self._answers(target.made))
        if type(step) is not f.Ref:
            return False
        entity = self._program.names.resolve(function.file, step.path).entity
        own = entity if isinstance(entity, Class) else None
        return lexicon.is_refusal(step.path.rpartition(".")[2]) or bool(own and self._answers(own))

    def _answers(self, exception: Class) -> bool:
        """The exception class carries status 401 or 403."""
        key = id(exception)
        if key not in self._classes:
            bodies = [b for c in self._program.types.mro(exception) for b in (c.body, *c.methods.values())]
            self._classes[key] = any(self._holds_status(b) for b in bodies)
        return self._classes[key]

    def _holds_status(self, body: Function) -> bool:
        return any(map(_is_refusing, body.values))

    def _deeper(self, function: Function, at: int, depth: int) -> Guard | None:
        target = self._program.target(function, at)
        for reached in target.functions[:2] if not target.made else ():
            found = self.of(reached, depth + 1)
            if found:
                return self._guard(function, at, reached.name, found.kind)
        return None


@lru_cache(maxsize=65_536)
def _said(callee: str) -> tuple[str, str, bool]:
    """A callee's last name, the kind of check that it speaks of, and whether it redirects."""
    name = callee.rpartition(".")[2].lstrip("!:?")
    return name, "permission" if lexicon.speaks_of_check(name) else "", "redirect" in name.lower()


def _is_refusing(step: f.AnyValue) -> bool:
    """Status 401 or 403, as a number or by its name."""
    if type(step) is f.Const:
        return step.kind == "int" and step.value in STATUS
    return type(step) is f.Ref and lexicon.is_refusing_status(step.path)
