"""Routes: finds the calls and decorators by which functions and classes are handed to a framework.

Which calls these are is told by the library models (`hook`); what differs in structure is only how Django nests url patterns:
`path("shop/", include("shop.urls"))`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.model.facts import operands
from seatrial.program.endpoints import lexicon, settings
from seatrial.program.endpoints.mounts import Way, join, text
from seatrial.program.endpoints.nouns import Endpoint, Guard
from seatrial.program.names import Variable
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.form import Hook
    from seatrial.program.calls import Target
    from seatrial.program.endpoints.guards import Guards
    from seatrial.program.endpoints.mounts import Mounts, Router
    from seatrial.program.endpoints.views import Views
    from seatrial.program.program import Program

WAYS_IN = frozenset({"route", "websocket", "task", "command", "schedule", "signal"})
"""Kinds of hook by which the outside reaches a function."""
OVER_HTTP = frozenset({"route", "websocket"})
WRAPPERS = 4
"""How many calls around a view are looked through: `login_required(cache_page(60)(View.as_view()))`."""


class Routes:
    """Reads all registrations of a program."""

    def __init__(self, program: Program, guards: Guards, mounts: Mounts, views: Views) -> None:
        self._program = program
        self._guards = guards
        self._mounts = mounts
        self._views = views

    def read(self) -> Iterator[Endpoint]:
        """Every way in, once for each registration. Routers are entered before routes ask for them."""
        calls = list(self._registrations())
        for body, at, hook in calls:
            self._enter(body, at, hook)
        for body, patterns in settings.named(self._program, "urlpatterns"):
            self._enter_wrapped(body, patterns)
        for function in self._program.code:
            if function.facts.decorators and function.parent:
                yield from self._decorated(function.parent, function.facts.decorators, function)
        for cls in self._program.classes:
            if cls.facts.decorators:
                yield from self._decorated(cls.outer, cls.facts.decorators, cls)
        for body, at, hook in calls:
            if hook.kind in WAYS_IN and hook.callback:
                yield from self._handed_over(body, at, hook)

    def _registrations(self) -> Iterator[tuple[Function, int, Hook]]:
        kinds = WAYS_IN | {"router", "middleware"}
        hooks = {
            n.rpartition(".")[2] for n, m in self._program.models.functions.items() if m.hook and m.hook.kind in kinds
        }
        names = hooks | {alias.rpartition(".")[2] for alias in self._program.models.aliases}
        for body, at in self._program.index.calls(*sorted(names)):
            model = self._program.target(body, at).model
            if model and model.hook and model.hook.kind in kinds:
                yield body, at, model.hook

    # --- what hangs where ---

    def _enter(self, body: Function, at: int, hook: Hook) -> None:
        call = body.values[at]
        assert type(call) is f.Call
        if hook.kind == "middleware":
            self._enter_middleware(body, call, hook)
        elif hook.kind == "router":
            self._enter_router(body, at, call, hook)
        elif hook.kind == "route" and hook.callback:
            for value in hook.callback.select(call):
                self._enter_included(body, call, hook, value)

    def _enter_middleware(self, body: Function, call: f.Call, hook: Hook) -> None:
        for value in hook.callback.select(call):
            for router in self._mounts.owner(body, call):
                self._mounts.hook(router, self._guards.of_value(body, value))

    def _enter_router(self, body: Function, at: int, call: f.Call, hook: Hook) -> None:
        """`app.include_router(router, prefix=…, dependencies=[…])`; Django's `include` gets its prefix from `path` around it."""
        prefix = next((text(body, v) for v in hook.path.select(call)), "")
        way = Way(prefix, self._listed(body, at, call), is_local=_is_local(body, at))
        parents = self._mounts.owner(body, call)
        for value in hook.callback.select(call):
            for child in self._mounts.routers(body, value):
                for parent in parents:
                    self._mounts.mount(child, parent, way)

    def _enter_wrapped(self, body: Function, patterns: int) -> None:
        """`urlpatterns = decorate_urlpatterns(urlpatterns, require_login)`: a check before a whole file."""
        call = body.values[body.origin(patterns)]
        for argument in call.args[1:] if type(call) is f.Call else ():
            if isinstance(body.values[body.origin(argument)], f.Ref):
                self._mounts.hook(self._mounts.of_file(body.file), self._guards.of_value(body, argument))

    def _enter_included(self, body: Function, call: f.Call, hook: Hook, value: int) -> None:
        included = self._hook_at(body, value)
        inner = body.values[body.origin(value)]
        if included is None or included.kind != "router" or type(inner) is not f.Call:
            return
        way = Way(next((text(body, v) for v in hook.path.select(call)), ""), self._guards.of_value(body, value))
        for listed in included.callback.select(inner):
            for child in self._mounts.routers(body, listed):
                self._mounts.mount(child, self._mounts.of_file(body.file), way)

    def _hook_at(self, body: Function, value: int) -> Hook | None:
        model = self._program.target(body, body.origin(value)).model
        return model.hook if model else None

    def _listed(self, body: Function, at: int, call: f.Call) -> tuple[Guard, ...]:
        """Checks listed in a registration's own keywords: `dependencies=[Depends(…)]`."""
        receiver = self._program.target(body, at).receiver
        names = self._program.models.guards(receiver.name) if receiver else ()
        return tuple(g for n, v in call.keywords if n in names for g in self._guards.of_value(body, v))

    # --- decorators ---

    def _decorated(self, body: Function, decorators: tuple[int, ...], handler: Function | Class) -> Iterator[Endpoint]:
        for decorator in decorators:
            at = body.origin(decorator)
            step = body.values[at]
            target = self._program.target(body, at) if type(step) is f.Call else self._program.calls.value(body, at)
            hook = target.model.hook if target.model else None
            if hook is None or hook.callback:
                continue
            call = step if type(step) is f.Call else None
            if hook.kind == "middleware" and isinstance(handler, Function):
                self._hook_up(body, at, call, handler)
            elif hook.kind in WAYS_IN and not self._is_action(handler):
                for router in (self._mounts.owner(body, call) if call else []) or [None]:
                    yield from self._endpoints(body, at, hook, handler, target, router)

    def _hook_up(self, body: Function, at: int, call: f.Call | None, handler: Function) -> None:
        step = body.values[at]
        if call is not None:
            routers = self._mounts.owner(body, call)
        else:
            base = step.base if type(step) is f.Attr else -1
            routers = self._mounts.routers(body, base)
            if type(step) is f.Ref:
                named = self._program.names.resolve(body.file, step.path.rpartition(".")[0])
                routers = self._mounts.of_named(body, named)
        for router in routers:
            self._mounts.hook(router, self._guards.of_callable(handler))

    def _is_action(self, handler: Function | Class) -> bool:
        """Routes declared inside a view class are told by the class."""
        return isinstance(handler, Function) and handler.cls is not None and self._views.is_view(handler.cls)

    # --- handlers given as arguments ---

    def _handed_over(self, body: Function, at: int, hook: Hook) -> Iterator[Endpoint]:
        call = body.values[at]
        assert type(call) is f.Call
        target = self._program.target(body, at)
        routers: list[Router | None] = [*self._mounts.owner(body, call)] or [self._mounts.of_file(body.file)]
        for value in hook.callback.select(call):
            handler, guards = self._unwrapped(body, value)
            if handler is not None:
                for router in routers:
                    for found in self._endpoints(body, at, hook, handler, target, router):
                        yield replace(found, guards=(*guards, *found.guards))

    def _unwrapped(
        self, body: Function, value: int, depth: int = 0
    ) -> tuple[Function | Class | None, tuple[Guard, ...]]:
        """The view inside decorators that are called by hand, and what these check."""
        value = body.origin(value)
        if value < 0 or depth > WRAPPERS:
            return None, ()
        step = body.values[value]
        if type(step) is not f.Call:
            return self._viewed(body, value), ()
        if step.callee.rpartition(".")[2] == "as_view":
            return self._viewed_class(body, step), ()
        for argument in step.args:
            handler, guards = self._unwrapped(body, argument, depth + 1)
            if handler is not None:
                return handler, (*guards, *self._wrapper(body, step))
        return None, ()

    def _wrapper(self, body: Function, call: f.Call) -> tuple[Guard, ...]:
        """What the decorator checks that is called around a view."""
        if call.receiver >= 0 and not call.callee:
            return self._guards.of_value(body, call.receiver)
        return self._guards.of_path(body, call)

    def _viewed(self, body: Function, value: int) -> Function | Class | None:
        target = self._program.calls.value(body, value)
        if target.made:
            return target.made
        return target.functions[0] if target.functions else None

    def _viewed_class(self, body: Function, call: f.Call) -> Class | None:
        if call.receiver >= 0:
            found = self._program.type_of(body, call.receiver)
            return found.cls if found else None
        named = self._program.names.resolve(body.file, call.callee.rpartition(".")[0])
        if isinstance(named.entity, Variable):
            held = self._program.types.named(named)
            return held.cls if held else None
        return named.entity if isinstance(named.entity, Class) else None

    # --- endpoints ---

    def _endpoints(
        self, body: Function, at: int, hook: Hook, handler: Function | Class, target: Target, router: Router | None
    ) -> Iterator[Endpoint]:
        step = body.values[at]
        call = step if type(step) is f.Call else None
        written = next((text(body, v) for v in hook.path.select(call)), "") if call else ""
        listed = [t.upper() for v in hook.methods_in.select(call) for _, t in settings.texts(body, v)] if call else []
        own = self._listed(body, at, call) if call else ()
        where = body.step(at, f"{written or 'a route'} is registered")
        framework = target.external.partition(".")[0]
        for way in self._mounts.ways(router)[:1]:
            base = Endpoint(
                kind=hook.kind,
                methods=tuple(listed) or hook.methods,
                path=join(way.prefix, written) or written,
                handler=handler if isinstance(handler, Function) else handler.body,
                framework=framework,
                where=where,
                guards=(*way.guards, *own),
            )
            for found in self._of_handler(base, handler):
                yield replace(found, is_open=found.is_open or way.is_local)

    def _of_handler(self, base: Endpoint, handler: Function | Class) -> Iterator[Endpoint]:
        if isinstance(handler, Class):
            yield from self._views.endpoints(handler, base)
            return
        narrowed = replace(base, methods=base.methods or self._methods(handler), entries=(handler,))
        if self._guards.opened(handler):
            yield replace(narrowed, guards=tuple(g for g in base.guards if not g.shared), is_open=True)
            return
        default, is_open = self._by_default(handler)
        found = (*base.guards, *self._guards.of_handler(handler), *default)
        yield replace(narrowed, guards=found, is_open=is_open and not found)

    def _hooks(self, handler: Function) -> Iterator[tuple[Hook, Target, f.Call | None]]:
        """The hooks that a function's decorators are, each with the call."""
        body = handler.parent
        for decorator in handler.facts.decorators if body else ():
            assert body is not None
            at = body.origin(decorator)
            step = body.values[at]
            call = step if type(step) is f.Call else None
            target = self._program.target(body, at) if call else self._program.calls.value(body, at)
            if target.model and target.model.hook:
                yield target.model.hook, target, call

    def _methods(self, handler: Function) -> tuple[str, ...]:
        """The HTTP methods that decorators leave: `require_POST`, `api_view(["GET"])`."""
        body = handler.parent
        for hook, _, call in self._hooks(handler):
            listed = (
                [t.upper() for v in hook.methods_in.select(call) for _, t in settings.texts(body, v)]
                if call and body
                else []
            )
            if listed or hook.methods:
                return tuple(listed) or hook.methods
        return ()

    def _by_default(self, handler: Function) -> tuple[tuple[Guard, ...], bool]:
        """Function views of REST framework take the permissions of the settings unless they name their own."""
        body = handler.parent
        served = any(target.external.startswith("rest_framework.") for _, target, _ in self._hooks(handler))
        names = {
            call.callee.rpartition(".")[2]
            for d in handler.facts.decorators
            if body and type(call := body.values[d]) is f.Call
        }
        return self._views.default(_PERMISSIONS) if served and _PERMISSIONS not in names else ((), False)


_PERMISSIONS = "permission_classes"
"""The attribute of views, and the decorator, that list permissions in REST framework."""


def _is_local(body: Function, at: int) -> bool:
    """It only happens on a developer's machine: `if settings.DEBUG: …`."""
    asked = (body.values[c] for subject, _ in body.guards(at) for c in (subject, *operands(body.values[subject])))
    return any(isinstance(step, f.Ref | f.Attr) and lexicon.is_local(_last(step)) for step in asked)


def _last(step: f.Ref | f.Attr) -> str:
    return step.name if isinstance(step, f.Attr) else step.path.rpartition(".")[2]
