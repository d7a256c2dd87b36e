"""Routes: follows registrations to the functions and classes that answer, and makes endpoints of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.endpoints import registrations
from seatrial.program.endpoints.conditions import is_local
from seatrial.program.endpoints.mounts import join
from seatrial.program.endpoints.nouns import Endpoint, Guard
from seatrial.program.endpoints.registrations import WAYS_IN, Registration, Tree
from seatrial.program.mounted import viewed_class
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.endpoints.guards import Guards
    from seatrial.program.endpoints.mounts import Mounts, Router
    from seatrial.program.endpoints.views import Views
    from seatrial.program.program import Program

WRAPPERS = 4
"""How many calls around a view are looked through: `login_required(cache_page(60)(View.as_view()))`."""
PERMISSIONS = "permission_classes"
"""The attribute of views, and the decorator, that list permissions in REST framework."""


class Routes:
    """Reads all registrations of a program."""

    def __init__(self, program: Program, guards: Guards, mounts: Mounts, views: Views) -> None:
        self._program = program
        self._guards = guards
        self._mounts = mounts
        self._views = views
        self._tree = Tree(program, guards, mounts)

    def read(self) -> Iterator[Endpoint]:
        """Every way in, once for each registration. Routers are entered before routes ask for them."""
        calls = list(registrations.of_calls(self._program))
        for found in calls:
            self._tree.enter(found)
        self._tree.enter_wrapped()
        decorated = list(self._decorated())
        for found, handler in decorated:
            if found.hook.kind == "middleware" and isinstance(handler, Function):
                self._tree.hook(found, self._guards.of_callable(handler))
        for found, handler in decorated:
            if found.hook.kind in WAYS_IN and not self._is_action(handler):
                routers: list[Router | None] = [*self._mounts.owner(found.body, found.at)]
                for router in routers or [None]:
                    yield from self._endpoints(found, handler, router)
        for found in calls:
            if found.hook.kind in WAYS_IN:
                yield from self._handed_over(found)

    def _decorated(self) -> Iterator[tuple[Registration, Function | Class]]:
        """The decorators that hand over what they stand before."""
        handlers: tuple[Function | Class, ...] = (*self._program.code, *self._program.classes)
        for handler in handlers:
            outer = handler.parent if isinstance(handler, Function) else handler.outer
            for decorator in handler.facts.decorators if outer else ():
                assert outer is not None
                found = registrations.of_value(self._program, outer, decorator)
                if found and (found.call is None or not found.hook.callback):
                    yield found, handler

    def _is_action(self, handler: Function | Class) -> bool:
        """Routes declared inside a view class are told by the class."""
        return isinstance(handler, Function) and handler.cls is not None and self._views.is_view(handler.cls)

    # --- handlers given as arguments ---

    def _handed_over(self, found: Registration) -> Iterator[Endpoint]:
        routers = self._mounts.owner(found.body, found.at) or [self._mounts.of_file(found.body.file)]
        for value in found.callbacks:
            handler, guards = self._unwrapped(found.body, value)
            for router in routers if handler else ():
                assert handler is not None
                for endpoint in self._endpoints(found, handler, router):
                    yield replace(endpoint, guards=(*guards, *endpoint.guards))

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
            return viewed_class(self._program, body, step), ()
        for argument in step.args:
            handler, guards = self._unwrapped(body, argument, depth + 1)
            if handler is not None:
                return handler, (*guards, *self._guards.of_wrapper(body, value, step))
        return None, ()

    def _viewed(self, body: Function, value: int) -> Function | Class | None:
        target = self._program.calls.value(body, value)
        if target.made:
            return target.made
        return target.functions[0] if target.functions else None

    # --- endpoints ---

    def _endpoints(self, found: Registration, handler: Function | Class, router: Router | None) -> Iterator[Endpoint]:
        way = self._mounts.ways(router)[0]
        base = Endpoint(
            kind=found.hook.kind,
            methods=found.methods,
            path=join(way.prefix, found.path) or found.path,
            handler=handler if isinstance(handler, Function) else handler.body,
            framework=found.target.external.partition(".")[0],
            where=found.step(f"{found.path or 'it'} is registered"),
            guards=(*way.guards, *self._tree.listed(found)),
            is_partial=way.is_partial,
        )
        local = way.is_local or is_local(found.body, found.at)
        for endpoint in self._of_handler(base, handler):
            yield replace(endpoint, is_open=endpoint.is_open or local)

    def _of_handler(self, base: Endpoint, handler: Function | Class) -> Iterator[Endpoint]:
        if isinstance(handler, Class):
            return self._views.endpoints(handler, base)
        return self._of_function(base, handler)

    def _of_function(self, base: Endpoint, handler: Function) -> Iterator[Endpoint]:
        hooks = list(registrations.of_decorators(self._program, handler))
        methods = base.methods or next((hook.methods for hook in hooks if hook.methods), ())
        base = replace(
            base,
            methods=methods,
            entries=(handler,),
            later=registrations.handed_over(self._program, handler),
            callers=self._guards.callers(handler),
        )
        if is_local(handler, len(handler.values) - 1):
            yield replace(base, is_open=True)
            return
        if self._guards.opened(handler):
            yield replace(base, guards=tuple(g for g in base.guards if not g.shared), is_open=True)
            return
        default, is_open = self._by_default(handler, hooks)
        around = self._guards.around_methods(handler.cls) if handler.cls else ()
        guards = (*base.guards, *around, *self._guards.of_handler(handler), *default)
        is_partial = base.is_partial or bool(handler.cls and self._program.calls.below(handler.cls))
        yield replace(base, guards=guards, is_open=is_open and not guards, is_partial=is_partial)

    def _by_default(self, handler: Function, hooks: list[Registration]) -> tuple[tuple[Guard, ...], bool]:
        """Function views of REST framework take the permissions of the settings unless they name their own."""
        outer = handler.parent
        calls = (outer.values[outer.origin(d)] for d in handler.facts.decorators) if outer else ()
        named = any(type(call) is f.Call and call.callee.rpartition(".")[2] == PERMISSIONS for call in calls)
        served = any(hook.target.external.startswith("rest_framework.") for hook in hooks)
        return self._views.default(PERMISSIONS) if served and not named else ((), False)
