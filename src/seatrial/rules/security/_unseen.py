"""Unseen checks: what stands before an endpoint and may ask who calls, though nobody here knows what it asks.

A decorator, dependency or base class of a library that is not modelled; a decorator or hook of the program that looks at
the caller and is not understood as a check; settings that are not there, so that whoever installs the program decides.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator
from functools import cached_property

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program, annotated, written
from seatrial.program.calls import Target
from seatrial.program.endpoints import DJANGO, Endpoint, lexicon
from seatrial.program.endpoints.injected import dependencies
from seatrial.program.names import External
from seatrial.rules.security._settings import middleware
from seatrial.rules.security._strict import is_strict
from seatrial.rules.security._telling import Telling, injects_unseen

_HOOKS = (
    "add_middleware", "before_request", "before_app_request", "register_middleware", "middleware", "on_request",
    "url_value_preprocessor", "app_url_value_preprocessor",
)  # fmt: skip
"""Names under which frameworks take what runs before every request; also those of apps that are not seen as such."""
_MOUNTING = frozenset({"path", "re_path", "url"})
_ROUTERS = ("APIRouter", "FastAPI", "include_router")
_BEFORE_ALL = frozenset({"process_view", "process_request", "dispatch", "__call__", "__init__"})
_FRAMEWORKS = ("django.", "starlette.", "fastapi.", "rest_framework.")
"""What these put before requests says who calls and turns nobody away, or is known."""
_DEFAULT = "DEFAULT_PERMISSION_CLASSES"
MACHINES = frozenset({"internal", "cron", "rpc", "daemon", "worker", "workers", "agent", "agents", "backend"})
"""Words in a path, or in a module's, of what machines ask for that a network or a shared secret lets in."""


class Unseen:
    """Answers whether something unknown may ask who calls an endpoint. Remembers what it looked into."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._telling = Telling(program)
        self._is_strict = is_strict(program)

    def before(self, endpoint: Endpoint) -> bool:
        """Something may stand before the endpoint that is not understood, or it is for machines of one's own."""
        is_unknown = endpoint.is_partial or self._is_unmounted(endpoint)
        return is_unknown or self.around(endpoint) or self._before_all(endpoint)

    def _is_unmounted(self, endpoint: Endpoint) -> bool:
        """Views of its framework are given addresses, and this one is not, or with something around it."""
        cls = endpoint.cls
        if endpoint.path or cls is None or not any(e.path and e.framework in DJANGO for e in self._program.endpoints):
            return False
        calls = [(body, at) for body, at in self._program.index.calls("as_view") if _is_of(body, at, cls.name)]
        is_unsaid = not calls and not self._program.mentions.in_code(cls.name, cls.body.file)
        return is_unsaid or any(_is_wrapped(body, at) for body, at in calls)

    def around(self, endpoint: Endpoint) -> bool:
        """The same of what stands before this endpoint alone."""
        known = {guard.name for guard in endpoint.guards}
        unknown = any(self._is_unknown(*given, known) for given in self._means(endpoint))
        unknown = unknown or injects_unseen(self._program, endpoint.handler) or self._derived(endpoint)
        return unknown or self._for_machines(endpoint)

    def _before_all(self, endpoint: Endpoint) -> bool:
        is_set_elsewhere = endpoint.framework in DJANGO and self._is_installed_elsewhere
        is_rest = self._is_rest(endpoint.cls) and (self._has_hidden_default or self._is_strict)
        return self._hooked or is_set_elsewhere or is_rest

    def looks(self, endpoint: Endpoint) -> bool:
        """The endpoint's own code reads what tells who calls, and may make a check of it in words of its own."""
        return any(map(self._telling.looks, endpoint.entries))

    def _is_rest(self, cls: Class | None) -> bool:
        return cls is not None and self._program.types.class_derives(cls, "rest_framework.APIView")

    def _for_machines(self, endpoint: Endpoint) -> bool:
        parts = f"{endpoint.path} {endpoint.home.file.path.rpartition('/')[2]}"
        return not MACHINES.isdisjoint(lexicon.words(parts))

    # --- before one endpoint ---

    def own(self, endpoint: Endpoint) -> Iterator[Function]:
        """The program's functions that stand before the endpoint: decorators, dependencies, and what is inside them."""
        for body, value in self._means(endpoint):
            target = self._target(body, value)
            for one in target.functions:
                yield one
                yield from (g for g in one.file.functions[one.index + 1 :] if g.parent is one)

    def _means(self, endpoint: Endpoint) -> Iterator[tuple[Function, int]]:
        """The values that a framework, or Python, calls before the handler of this endpoint."""
        for handler in dict.fromkeys((endpoint.handler, *endpoint.entries)):
            if handler.parent:
                yield from ((handler.parent, decorator) for decorator in handler.facts.decorators)
        for cls in self._program.types.mro(endpoint.cls) if endpoint.cls else ():
            yield from ((cls.outer, decorator) for decorator in cls.facts.decorators)
        outer = endpoint.handler.parent
        if outer:
            yield from (given for p in endpoint.handler.facts.params for given in self._of_param(outer, p))

    def _derived(self, endpoint: Endpoint) -> bool:
        """A base of the view is of a library that nobody modelled."""
        outers = self._program.types.outer_bases(endpoint.cls) if endpoint.cls else ()
        models = self._program.models
        return any(models.type(one) is None and not models.kind(one) and not _is_standard(one) for one in outers)

    def _of_param(self, outer: Function, param: f.ParamFacts) -> Iterator[tuple[Function, int]]:
        yield from self._given(outer, param.default)
        said = annotated.metadata(self._program.types, outer, param.annotation)
        if said:
            yield from (given for value in said[1] for given in self._given(said[0], value))

    def _given(self, body: Function, value: int) -> Iterator[tuple[Function, int]]:
        """What `Depends(…)` is given."""
        for home, call in dependencies(self._program, body, value):
            step = home.values[call]
            yield from ((home, argument) for argument in (step.args if type(step) is f.Call else ()))

    def _is_unknown(self, body: Function, value: int, known: Container[str]) -> bool:
        """A decorator or dependency of which nothing is known, or that looks at who calls and is no known check."""
        target, at = self._target(body, value), body.origin(value)
        if target.model is not None:
            return False
        own = (*target.functions, *(target.made.methods.values() if target.made else ()))
        if own:
            is_known = any(one.name in known for one in self._inside(own))
            return not is_known and any(self._telling.looks(one) and self._may_refuse(one) for one in own)
        name = target.external or (step.callee if type(step := body.values[at]) is f.Call else written(body, at))
        last = name.rpartition(".")[2].lstrip("!:?")
        return last not in known and not _is_standard(name) and not lexicon.speaks_of_other(last)

    def _may_refuse(self, function: Function) -> bool:
        """It may end the request, or what is injected into it may, of which nothing is known."""
        outer = function.parent
        given = (one for p in function.facts.params if outer for one in self._of_param(outer, p))
        return self._telling.may_refuse(function) or any(self._is_unknown(*one, ()) for one in given)

    def _target(self, body: Function, value: int) -> Target:
        at = body.origin(value)
        is_call = type(body.values[at]) is f.Call
        return self._program.target(body, at) if is_call else self._program.calls.value(body, at)

    def _inside(self, functions: Iterable[Function]) -> Iterator[Function]:
        """The functions, and what they call: a check goes by the name of what it finds."""
        for one in functions:
            yield from (one, *self._program.calls.reached(one))

    # --- before all ---

    @cached_property
    def _has_hidden_default(self) -> bool:
        """The settings speak of a default for all views of REST framework, and it is not seen which it is."""
        said = any(_DEFAULT in self._program.mentions.said(file) for file in self._program.files if not file.is_test)
        guards = (guard for endpoint in self._program.endpoints if endpoint.cls for guard in endpoint.guards)
        return said and not any(guard.shared for guard in guards)

    @cached_property
    def _is_installed_elsewhere(self) -> bool:
        """Only tests say how Django is set up: whoever installs the program decides what stands before its views."""
        said = [body.file.is_test for body, _ in self._program.index.stores("MIDDLEWARE", "INSTALLED_APPS")]
        return bool(said) and all(said)

    @cached_property
    def _hooked(self) -> bool:
        """Something runs before every request that asks who calls, and is not known as a check of any endpoint."""
        known = {g.name for endpoint in self._program.endpoints for g in endpoint.guards if g.shared}
        own = (hook for hook in self._hooks() if known.isdisjoint((hook.name, hook.cls.name if hook.cls else "")))
        foreign = (name for name in self._foreign() if name not in known)
        return any(map(self._turns_away, own)) or any(map(lexicon.speaks_of_guard, foreign)) or self._routed

    @property
    def _routed(self) -> bool:
        """A router, or what takes it in, lists a dependency that is not known."""
        known = {guard.name for endpoint in self._program.endpoints for guard in endpoint.guards}
        steps = ((body, body.values[at]) for body, at in self._program.index.calls(*_ROUTERS))
        listed = (
            (body, v) for body, step in steps if type(step) is f.Call for n, v in step.keywords if n == "dependencies"
        )
        items = ((body, item) for body, value in listed for item in f.operands(body.values[body.origin(value)]))
        return any(self._is_unknown(*given, known) for item in items for given in self._given(*item))

    def _turns_away(self, hook: Function) -> bool:
        return self._telling.looks(hook) and self._telling.may_refuse(hook)

    def _hooks(self) -> Iterator[Function]:
        """The program's functions that run before every request."""
        for body, value in self._handed():
            target = self._program.calls.value(body, value)
            yield from target.functions
            yield from _hooks_of(target.made)
        for function in self._program.code:
            for decorator in function.facts.decorators if function.parent else ():
                if _last(function.parent, decorator) in _HOOKS:
                    yield function
        for entity in self._listed():
            if isinstance(entity, Class):
                yield from _hooks_of(entity)

    def _handed(self) -> Iterator[tuple[Function, int]]:
        """What is given to something under a name by which frameworks take such hooks."""
        for body, at in self._program.index.calls(*_HOOKS, "Middleware"):
            step = body.values[at]
            if type(step) is f.Call and not body.file.is_test:
                yield from ((body, value) for value in (*step.args, *(v for _, v in step.keywords)))

    def _listed(self) -> Iterator[object]:
        texts = (text for listed in middleware(self._program) for text in listed if isinstance(text, str))
        file = self._program.files[0]
        yield from (self._program.names.resolve(file, text).entity for text in texts)

    def _foreign(self) -> Iterator[str]:
        """Names of what other libraries put before every request."""
        for entity in self._listed():
            if isinstance(entity, External) and not entity.name.startswith(_FRAMEWORKS):
                yield entity.name.rpartition(".")[2]
        for body, value in self._handed():
            target = self._program.calls.value(body, value)
            name = target.external or written(body, value)
            if not target.functions and not target.made and not name.startswith(_FRAMEWORKS):
                yield name.rpartition(".")[2]


def _is_of(body: Function, at: int, name: str) -> bool:
    """`views.Orders.as_view()`, by the last name of what it is called on."""
    step = body.values[at]
    written_ = written(body, step.receiver) if type(step) is f.Call and step.receiver >= 0 else ""
    callee = step.callee.rpartition(".")[0] if type(step) is f.Call else ""
    return name in {written_.rpartition(".")[2], callee.rpartition(".")[2].lstrip("!:?")}


def _is_wrapped(body: Function, at: int) -> bool:
    users = (body.values[user] for user in body.users.get(at, ()))
    return any(type(step) is f.Call and step.callee.rpartition(".")[2] not in _MOUNTING for step in users)


def _hooks_of(cls: Class | None) -> Iterator[Function]:
    yield from (method for name, method in cls.methods.items() if name in _BEFORE_ALL) if cls else ()


def _last(body: Function | None, value: int) -> str:
    step = body.values[body.origin(value)] if body else None
    name = step.callee if type(step) is f.Call else step.path if type(step) is f.Ref else ""
    return step.name if type(step) is f.Attr else name.rpartition(".")[2].lstrip("!:?")


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names
