"""Views: classes whose methods answer requests, and what is checked before they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.endpoints import lexicon, settings
from seatrial.program.endpoints.nouns import Endpoint, Guard
from seatrial.program.endpoints.registrations import handed_over
from seatrial.program.names import Variable
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.form import Hook
    from seatrial.program.endpoints.guards import Guards
    from seatrial.program.program import Program

METHODS = {
    "list": "GET", "retrieve": "GET", "create": "POST", "update": "PUT", "partial_update": "PATCH", "destroy": "DELETE",
    "on_connect": "", "on_receive": "", "on_disconnect": "", "dispatch_request": "",
}  # fmt: skip
"""HTTP methods of handlers that are not named after theirs."""
SILENT = frozenset({"head", "options"})
DEFAULTS = "REST_FRAMEWORK"
"""The setting that holds defaults for views: their `permission_classes` is `DEFAULT_PERMISSION_CLASSES` there."""


class Views:
    """Reads view classes. Remembers what stands before each."""

    def __init__(self, program: Program, guards: Guards) -> None:
        self._program = program
        self._types = program.types
        self._models = program.models
        self._guards = guards
        self._known: dict[int, tuple[tuple[Guard, ...], bool]] = {}
        self._defaults: dict[str, tuple[tuple[Guard, ...], bool]] = {}
        self._methods_known: dict[int, tuple[Guard, ...]] = {}
        self._actions: dict[int, tuple[Hook | None, int]] = {}

    def is_view(self, cls: Class) -> bool:
        """Requests arrive at methods of the class."""
        return self._types.has_kind(self._types.instance(cls), "view")

    def endpoints(self, cls: Class, base: Endpoint) -> Iterator[Endpoint]:
        """The ways into a view class; `base` says how it was registered."""
        guards, is_open = self.before(cls)
        base = replace(base, cls=cls, guards=(*base.guards, *guards), is_open=is_open)
        names = self._handlers(cls)
        methods = self._methods(cls)
        if not names:  # a view of a library that no model explains: any method may answer
            yield replace(base, handler=cls.body, entries=tuple(methods.values()))
        for name in names:
            if name in methods and not name.startswith("perform_") and name not in SILENT:
                yield self._own(methods[name], name, base)
        for method in methods.values():
            hook, at = self._action(method)
            if hook and method.name not in names:
                yield self._action_endpoint(method, hook, at, base)
        outers = self._types.outer_bases(cls)
        left = tuple(n for n in names if n not in methods and not n.startswith("perform_"))
        serves = {n: f"{o}.{n}" for n in left for o in outers if self._models.method(o, n)}
        if serves:
            yield self._inherited(cls, serves, methods, base)

    def before(self, cls: Class) -> tuple[tuple[Guard, ...], bool]:
        """What is checked before any method of a view runs, and whether the view says that it is open to everyone."""
        key = id(cls)
        if key not in self._known:
            self._known[key] = ((), False)
            listed, is_open = self._listed(cls)
            found = (*self._guards.of_class_decorators(cls), *self._mixed_in(cls), *listed, *self._in_methods(cls))
            self._known[key] = (tuple(dict.fromkeys(found)), is_open and not found)
        return self._known[key]

    def default(self, attribute: str) -> tuple[tuple[Guard, ...], bool]:
        """What the settings say for views that leave an attribute out."""
        if attribute not in self._defaults:
            self._defaults[attribute] = self._read_default(f"DEFAULT_{attribute.upper()}")
        return self._defaults[attribute]

    # --- its methods ---

    def _handlers(self, cls: Class) -> tuple[str, ...]:
        outers = self._types.outer_bases(cls)
        return tuple(dict.fromkeys(name for outer in outers for name in self._models.handlers(outer)))

    def _methods(self, cls: Class) -> dict[str, Function]:
        return {name: m for owner in reversed(self._types.mro(cls)) for name, m in owner.methods.items()}

    def _own(self, method: Function, name: str, base: Endpoint) -> Endpoint:
        verb = METHODS.get(name, name.upper())
        guards = (*base.guards, *self._of_method(method))
        step = base.where if base.path else method.head(f"{name} answers requests")
        return replace(
            base,
            methods=(verb,) if verb else (),
            handler=method,
            entries=(method,),
            later=handed_over(self._program, method),
            guards=guards,
            where=step,
            callers=self._guards.callers(method),
        )

    def _action(self, method: Function) -> tuple[Hook | None, int]:
        """The hook by which a method of a viewset is a route of its own (`@action`)."""
        key = id(method)
        if key not in self._actions:
            self._actions[key] = next(self._hooks(method), (None, -1))
        return self._actions[key]

    def _hooks(self, method: Function) -> Iterator[tuple[Hook, int]]:
        outer = method.parent
        for decorator in method.facts.decorators if outer else ():
            assert outer is not None
            model = self._program.target(outer, decorator).model
            if model and model.hook and model.hook.kind == "route":
                yield model.hook, decorator

    def _action_endpoint(self, method: Function, hook: Hook, at: int, base: Endpoint) -> Endpoint:
        body = method.parent
        assert body is not None
        call = body.values[at]
        assert type(call) is f.Call
        names = self._attributes(base.cls)
        given = [(n, v) for n, v in call.keywords if n in names]
        own = tuple(g for _, v in given for g in self._guards.of_value(body, v))
        guards = (*(() if given else base.guards), *own, *self._guards.of_handler(method))
        is_open = any(self._guards.is_open(body, v) for _, v in given) or (base.is_open and not given)
        methods = _listed_texts(body, hook, call) or hook.methods
        step = method.head(f"{method.name} is a route of its own")
        return replace(
            base,
            methods=methods,
            handler=method,
            entries=(method,),
            later=handed_over(self._program, method),
            guards=guards,
            callers=self._guards.callers(method),
            is_open=is_open and not guards,
            where=step,
        )

    def _inherited(self, cls: Class, serves: dict[str, str], methods: dict[str, Function], base: Endpoint) -> Endpoint:
        """What the library answers with; the class's other methods are its parts (`form_valid`, `get_queryset`)."""
        verbs = tuple(dict.fromkeys(METHODS.get(n, n.upper()) for n in serves))
        names = self._handlers(cls)
        parts = (m for n, m in methods.items() if n not in names or n.startswith("perform_"))
        entries = tuple(m for m in parts if not self._action(m)[0])
        nearest = next(iter(self._types.outer_bases(cls)), "")
        is_partial = base.is_partial or self._models.type(nearest) is None  # what it adds to a view that is known
        served = tuple(serves.values())
        return replace(base, methods=verbs, handler=cls.body, entries=entries, serves=served, is_partial=is_partial)

    # --- what stands before it ---

    def _attributes(self, cls: Class | None) -> tuple[str, ...]:
        """The attributes that list checks: `permission_classes`, `decorators`."""
        outers = self._types.outer_bases(cls) if cls else ()
        return tuple(dict.fromkeys(name for outer in outers for name in self._models.guards(outer)))

    def _listed(self, cls: Class) -> tuple[tuple[Guard, ...], bool]:
        found: list[Guard] = []
        is_open = False
        for name in self._attributes(cls):
            member = self._types.member(cls, name)
            variable = member.entity if member else None
            if isinstance(variable, Variable):
                found.extend(self._guards.of_value(variable.function, variable.value))
                is_open = is_open or self._guards.is_open(variable.function, variable.value)
            elif not isinstance(variable, Function):
                guards, default_open = self.default(name)
                found.extend(guards)
                is_open = is_open or default_open
        return tuple(found), is_open

    def _read_default(self, key: str) -> tuple[tuple[Guard, ...], bool]:
        found: list[Guard] = []
        open_ = False
        for body, mapping in settings.named(self._program, DEFAULTS):
            value = settings.entry(body, mapping, key)
            for at, dotted in settings.texts(body, value) if value >= 0 else ():
                guards = self._guards.of_dotted(body, at, dotted)
                found.extend(replace(g, shared=True) for g in guards)
                open_ = open_ or dotted.endswith("AllowAny")
        return tuple(found), open_

    def _mixed_in(self, cls: Class) -> Iterator[Guard]:
        for outer in self._types.outer_bases(cls):
            name = outer.rpartition(".")[2]
            model = self._models.type(outer)
            if self._models.kind(outer) == "guard":
                yield Guard(name, model.guard if model else "permission", cls.body.head(f"{name} checks the caller"))
            elif model is None and lexicon.speaks_of_guard(name):
                yield Guard(name, "presumed", cls.body.head(f"{name} checks the caller"))

    def _in_methods(self, cls: Class) -> Iterator[Guard]:
        """What is checked by methods that the framework runs around handlers, such as `dispatch`."""
        handlers = {*self._handlers(cls)}
        choices = {f"get_{a.removesuffix('_classes')}s" for a in self._attributes(cls)}
        for name, method in self._methods(cls).items():
            if name in handlers or self._action(method)[0]:
                continue
            yield from self._of_method(method)
            if name in choices:
                yield from self._in_choice(method)

    def _of_method(self, method: Function) -> tuple[Guard, ...]:
        """What a method checks, told once for all views that inherit it."""
        key = id(method)
        if key not in self._methods_known:
            self._methods_known[key] = self._guards.of_handler(method)
        return self._methods_known[key]

    def _in_choice(self, method: Function) -> Iterator[Guard]:
        """`get_permissions` chooses among permission classes that it names."""
        for at, step in enumerate(method.values):
            if isinstance(step, f.Ref | f.Call):
                yield from self._guards.of_value(method, at)


def _listed_texts(body: Function, hook: Hook, call: f.Call) -> tuple[str, ...]:
    """The HTTP methods that a call lists."""
    found = (text for value in hook.methods_in.select(call) for _, text in settings.texts(body, value))
    return tuple(text.upper() for text in found)
