"""Registrations: the calls and decorators that hand something to a framework, and the tree of routers they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.program.endpoints import settings
from seatrial.program.endpoints.conditions import is_local
from seatrial.program.endpoints.mounts import Way, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.form import Hook
    from seatrial.model.finding import Step
    from seatrial.program.calls import Target
    from seatrial.program.endpoints.guards import Guards
    from seatrial.program.endpoints.mounts import Mounts
    from seatrial.program.endpoints.nouns import Guard
    from seatrial.program.parts import Function
    from seatrial.program.program import Program

WAYS_IN = frozenset({"route", "websocket", "task", "command", "schedule", "signal"})
"""Kinds of hook by which the outside reaches a function."""


class Registration(msgspec.Struct, frozen=True):
    """A value of `body` that hands something to a framework, in the way that `hook` tells."""

    body: Function
    at: int
    hook: Hook
    target: Target

    @property
    def call(self) -> f.Call | None:
        """The call; None for a bare decorator (`@app.before_request`)."""
        step = self.body.values[self.at]
        return step if type(step) is f.Call else None

    @property
    def callbacks(self) -> list[int]:
        """The arguments that are handed over."""
        return self.hook.callback.select(self.call) if self.call else []

    @property
    def path(self) -> str:
        """The URL as written here, without what lies above."""
        return next((text(self.body, v) for v in self.hook.path.select(self.call)), "") if self.call else ""

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods, given or usual."""
        chosen = self.hook.methods_in.select(self.call) if self.call else []
        listed = tuple(word.upper() for v in chosen for _, word in settings.texts(self.body, v))
        return listed or self.hook.methods

    def step(self, message: str) -> Step:
        """A step of a finding's path at the registration."""
        return self.body.step(self.at, message)


def of_value(program: Program, body: Function, value: int) -> Registration | None:
    """The registration that a value is, a decorator for instance; None if it is none."""
    at = body.origin(value)
    is_call = at >= 0 and type(body.values[at]) is f.Call
    target = program.target(body, at) if is_call else program.calls.value(body, at)
    hook = target.model.hook if target.model else None
    return Registration(body, at, hook, target) if hook else None


def of_calls(program: Program) -> Iterator[Registration]:
    """All calls that hand a function, class or router over as an argument."""
    kinds = WAYS_IN | {"router", "middleware"}
    hooks = (name for name, model in program.models.functions.items() if model.hook and model.hook.kind in kinds)
    names = {name.rpartition(".")[2] for name in (*hooks, *program.models.aliases)}
    for body, at in program.index.calls(*sorted(names)):
        found = of_value(program, body, at)
        if found and found.hook.kind in kinds and found.hook.callback:
            yield found


def of_decorators(program: Program, function: Function) -> Iterator[Registration]:
    """The decorators of a function that hand it over."""
    for decorator in function.facts.decorators if function.parent else ():
        assert function.parent is not None
        found = of_value(program, function.parent, decorator)
        if found:
            yield found


def handed_over(program: Program, handler: Function) -> tuple[Function, ...]:
    """The functions that a handler hands over to be run."""
    found: list[Function] = []
    for call in handler.calls:
        model = program.target(handler, call).model
        if model and model.hook and model.hook.callback:
            step = handler.values[call]
            assert type(step) is f.Call
            given = (program.calls.value(handler, value) for value in model.hook.callback.select(step))
            found.extend(function for target in given for function in target.functions)
    return tuple(dict.fromkeys(found))


class Tree:
    """Enters in `Mounts` what hangs where."""

    def __init__(self, program: Program, guards: Guards, mounts: Mounts) -> None:
        self._program = program
        self._guards = guards
        self._mounts = mounts

    def enter(self, found: Registration) -> None:
        """Enters a router, middleware, or included url patterns."""
        if found.hook.kind == "middleware":
            for value in found.callbacks:
                self.hook(found, self._guards.of_value(found.body, value))
        elif found.hook.kind == "router":
            self._enter_router(found)
        elif found.hook.kind == "route":
            for value in found.callbacks:
                self._enter_included(found, value)

    def enter_wrapped(self) -> None:
        """`urlpatterns = decorate_urlpatterns(urlpatterns, require_login)`: a check before a whole file."""
        for body, patterns in settings.named(self._program, "urlpatterns"):
            call = body.values[body.origin(patterns)]
            for argument in call.args[1:] if type(call) is f.Call else ():
                if isinstance(body.values[body.origin(argument)], f.Ref):
                    self._mounts.hook(self._mounts.of_file(body.file), self._guards.of_value(body, argument))

    def hook(self, found: Registration, guards: tuple[Guard, ...]) -> None:
        """Enters what runs before every request of the router that the registration is made on."""
        for router in self._mounts.owner(found.body, found.at):
            self._mounts.hook(router, guards)

    def listed(self, found: Registration) -> tuple[Guard, ...]:
        """Checks listed in a registration's own keywords: `dependencies=[Depends(…)]`, `permission="admin"`."""
        receiver = found.target.receiver
        names = self._program.models.guards(receiver.name) if receiver else ()
        keywords = found.call.keywords if found.call else ()
        listed = (self._guards.of_keyword(found.body, *given, is_known=given[0] in names) for given in keywords)
        return tuple(guard for guards in listed for guard in guards)

    def _enter_router(self, found: Registration) -> None:
        """`app.include_router(router, prefix=…, dependencies=[…])`. Django's `include` has no parent: see `path`."""
        way = Way(found.path, self.listed(found), is_local=is_local(found.body, found.at))
        for value in found.callbacks:
            for child in self._mounts.routers(found.body, value):
                for parent in self._mounts.owner(found.body, found.at):
                    self._mounts.mount(child, parent, way)

    def _enter_included(self, found: Registration, value: int) -> None:
        """`path("shop/", include("shop.urls"))`."""
        included = of_value(self._program, found.body, value)
        if included is None or included.hook.kind != "router":
            return
        guards = self._guards.of_value(found.body, value)
        way = Way(found.path, guards, is_local(found.body, found.at), is_partial=found.body.is_callable)
        for listed in included.callbacks:
            for child in self._mounts.routers(found.body, listed):
                self._mounts.mount(child, self._mounts.of_file(found.body.file), way)
