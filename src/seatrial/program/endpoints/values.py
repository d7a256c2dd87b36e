"""Values: what is checked by a value that a framework, or Python, calls before a handler.

Such values are decorators, dependencies, permission classes, and lists of these.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.endpoints import lexicon
from seatrial.program.endpoints.nouns import Guard
from seatrial.program.names import External, Variable
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.model.finding import Step
    from seatrial.program.program import Program

_TAKING = frozenset({"decorator", "decorators", "dependencies", "test", "func", "f"})
"""Keywords under which a decorator takes another; under others stands what documents and describes."""

DEPTH = 6
"""How deep dependencies of dependencies, and decorators around decorators, are followed."""


class Values(ABC):
    """Answers what values check; `Guards` adds what the functions and classes check that they name."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._types = program.types
        self._models = program.models

    @abstractmethod
    def of_callable(self, function: Function) -> tuple[Guard, ...]:
        """What a dependency, decorator or hook checks."""

    @abstractmethod
    def of_check(self, cls: Class, step: Step) -> tuple[Guard, ...]:
        """What a class checks when it is used as a permission, dependency or decorator."""

    def of_value(self, body: Function, value: int, depth: int = 0) -> tuple[Guard, ...]:
        """What is checked by a value that stands where a framework, or Python, calls it before the handler."""
        value = body.origin(value)
        if value < 0 or depth > DEPTH:
            return ()
        step = body.values[value]
        match step:
            case f.Call():
                found = self._of_call(body, value, step, depth + 1)
            case f.Collection():
                found = tuple(g for item in step.items for g in self.of_value(body, item, depth + 1))
            case f.Binary():
                found = self._of_choice(body, step, depth + 1)
            case f.Spread() | f.Unary() | f.Store():
                found = self.of_value(body, step.value, depth + 1)
            case f.Closure():
                found = self.of_callable(body.file.functions[step.function])
            case f.ClassValue():
                found = self.of_check(body.file.classes[step.cls], body.step(value, ""))
            case f.Ref():
                found = self._of_name(body, value, step, depth + 1)
            case f.Attr():
                found = self._of_attribute(body, value, step)
            case _:
                found = ()
        return found

    def of_keyword(self, body: Function, name: str, value: int, *, is_known: bool) -> tuple[Guard, ...]:
        """What a keyword of a registration asks for; of one that no model knows, by its name: `permission="admin"`."""
        if not is_known and not lexicon.speaks_of_guard(name):
            return ()
        step = body.values[body.origin(value)]
        found = self.of_value(body, value)
        if found or is_known or isinstance(step, f.Call | f.Collection) or self.is_open(body, value):
            return found
        is_off = type(step) is f.Const and not step.value
        return () if is_off else self._named("presumed", name, body.step(value, ""))

    def is_open(self, body: Function, value: int) -> bool:
        """The value says that everyone may call: an empty list, or a permission that asks for nothing (`AllowAny`)."""
        value = body.origin(value)
        step = body.values[value] if value >= 0 else None
        if type(step) is f.Store:
            return self.is_open(body, step.value)
        if type(step) is f.Collection:
            return all(self.is_open(body, item) for item in step.items)
        return self._types.has_kind(self._types.of(body, value), "no-guard")

    def _of_choice(self, body: Function, step: f.Binary, depth: int) -> tuple[Guard, ...]:
        if step.op in {"|", "or"} and (self.is_open(body, step.left) or self.is_open(body, step.right)):
            return ()
        return self.of_value(body, step.left, depth) + self.of_value(body, step.right, depth)

    def _of_call(self, body: Function, value: int, call: f.Call, depth: int) -> tuple[Guard, ...]:
        target = self._program.target(body, value)
        model = target.model
        if model and model.hook and model.hook.kind == "dependency":
            inner = (g for v in model.hook.callback.select(call) for g in self.of_value(body, v, depth))
            return (*inner, *self._named(model.guard, target.external, body.step(value, "")))
        if model and model.guard:
            is_open = bool(call.args) and all(self.is_open(body, a) for a in call.args)
            name = self._asked_of(body, call) or target.external
            return () if is_open else self._named(model.guard, name, body.step(value, ""))
        if target.made:
            return _with_role(body, call, self.of_check(target.made, body.step(value, "")))
        if target.functions:
            checks = tuple(g for function in target.functions for g in self.of_callable(function))
            return _with_role(body, call, checks or self._of_called(body, value))
        given = (*call.args, *(v for name, v in call.keywords if name in _TAKING or lexicon.speaks_of_guard(name)))
        inside = tuple(g for argument in given for g in self._of_argument(body, argument, depth))
        if inside or model:
            return inside or (() if _is_lenient(body, call) else self._of_instance(body, value))
        name = target.external or call.callee
        return (
            self._presumed(name, body, value)
            or self._of_demand(body, value, call)
            or (self.of_value(body, call.receiver, depth) if call.receiver >= 0 else ())
        )

    def _of_demand(self, body: Function, value: int, call: f.Call) -> tuple[Guard, ...]:
        """Nothing explains a decorator that demands what its argument says: `@requires("authenticated")`."""
        last = call.callee.rpartition(".")[2]
        given = body.values[body.origin(call.args[0])] if call.args else None
        said = str(given.value) if type(given) is f.Const else ""
        is_said = lexicon.speaks_of_demand(last) and lexicon.speaks_of_guard(said)
        return self._named("presumed", f"{last} {said}", body.step(value, "")) if is_said else ()

    def _asked_of(self, body: Function, call: f.Call) -> str:
        """What a decorator asks, which tells more than its own name: `user_passes_test(is_staff)`."""
        given = body.values[body.origin(call.args[0])] if call.args else None
        entity = self._program.names.resolve(body.file, given.path).entity if type(given) is f.Ref else None
        return entity.name if isinstance(entity, Function) else ""

    def _of_argument(self, body: Function, value: int, depth: int) -> tuple[Guard, ...]:
        """A decorator given to a decorator: `method_decorator(login_required)`."""
        step = body.values[body.origin(value)]
        return self.of_value(body, value, depth) if isinstance(step, f.Ref | f.Call | f.Collection | f.Closure) else ()

    def _of_name(self, body: Function, value: int, step: f.Ref, depth: int) -> tuple[Guard, ...]:
        named = self._program.names.resolve(body.file, step.path)
        entity = named.entity
        if isinstance(entity, Function):
            return self.of_callable(entity)
        if isinstance(entity, Class) and not named.rest:
            return self.of_check(entity, body.step(value, ""))
        if isinstance(entity, Variable) and not named.rest:
            held = entity.function.values[entity.function.origin(entity.value)]
            inner = self.of_value(entity.function, entity.value, depth)
            if inner or (isinstance(held, f.Call | f.Store) and self._types.of(body, value)):
                return inner
            return self._of_instance(body, value) or self._presumed(entity.name, body, value)
        if isinstance(entity, External):
            return self._of_external(body, value, entity.name)
        return self._of_target(body, value) or self._presumed(step.path, body, value)

    def _of_external(self, body: Function, value: int, name: str) -> tuple[Guard, ...]:
        model, type_ = self._models.function(name), self._models.type(name)
        if model and model.guard:
            return self._named(model.guard, name, body.step(value, ""))
        kind = self._models.kind(name)
        if kind == "guard":
            return self._named(type_.guard if type_ and type_.guard else "permission", name, body.step(value, ""))
        given = self._models.value(name)
        if given and given.guard:
            return self._named(given.guard, name, body.step(value, ""))
        return () if kind or model or type_ else self._presumed(name, body, value)

    def of_wrapper(self, body: Function, value: int, call: f.Call) -> tuple[Guard, ...]:
        """What a decorator checks that is called around a view by hand: `login_required(view)`."""
        if call.receiver >= 0 and not call.callee:
            return self.of_value(body, call.receiver)
        target = self._program.target(body, value)
        if target.model and target.model.guard:
            return self._named(target.model.guard, target.external, body.step(value, ""))
        if target.functions:
            return tuple(g for function in target.functions for g in self.of_callable(function))
        return () if target.model else self._presumed(target.external or call.callee, body, value)

    def of_dotted(self, body: Function, value: int, dotted: str) -> tuple[Guard, ...]:
        """What is checked by a class or function named by text, as in settings."""
        entity = self._program.names.resolve(body.file, dotted).entity
        if isinstance(entity, Class):
            return self.of_check(entity, body.step(value, ""))
        if isinstance(entity, Function):
            return self.of_callable(entity)
        return self._of_external(body, value, self._models.canonical(dotted)) if isinstance(entity, External) else ()

    def _of_attribute(self, body: Function, value: int, step: f.Attr) -> tuple[Guard, ...]:
        return self._of_target(body, value) or self._of_instance(body, value) or self._presumed(step.name, body, value)

    def _of_target(self, body: Function, value: int) -> tuple[Guard, ...]:
        """What calling the value reaches: a method of an object."""
        target = self._program.calls.value(body, value)
        if target.model and target.model.guard:
            return self._named(target.model.guard, target.external, body.step(value, ""))
        return tuple(g for function in target.functions for g in self.of_callable(function))

    def _of_instance(self, body: Function, value: int) -> tuple[Guard, ...]:
        """An object that checks when it is called: `OAuth2PasswordBearer(…)`, or of a class of the program."""
        found = self._types.of(body, value)
        if found is None or found.meta:
            return ()
        if found.cls:
            return self.of_check(found.cls, body.step(value, ""))
        model = self._models.type(found.name)
        kind = model.guard if model else ""
        return self._named(kind, found.name, body.step(value, "")) if self._types.has_kind(found, "guard") else ()

    def _of_called(self, body: Function, value: int) -> tuple[Guard, ...]:
        """What a function gives that is called in turn: `@permission.require()` gives what goes around the view."""
        found = self._types.of(body, value)
        if found is None or found.cls is None or found.meta:
            return ()
        is_called = self._types.member(found.cls, "__call__")
        return self.of_check(found.cls, body.step(value, "")) if is_called else ()

    def _presumed(self, name: str, body: Function, value: int) -> tuple[Guard, ...]:
        """Nothing explains the name, and it speaks of a check."""
        last = name.rpartition(".")[2].lstrip("!:?")
        return self._named("presumed", last, body.step(value, "")) if lexicon.speaks_of_guard(last) else ()

    def _named(self, kind: str, name: str, step: Step) -> tuple[Guard, ...]:
        if not kind:
            return ()
        last = name.rpartition(".")[2].lstrip("!:?")
        return (Guard(last, kind, type(step)(step.place, f"{last} checks the caller")),)


def _with_role(body: Function, call: f.Call, guards: Iterable[Guard]) -> tuple[Guard, ...]:
    """A check that is asked for the administrators' role, and for no other, says so in its name.

    `require("admin")`, `require(Permission.STAFF_AREA)`.
    """
    given = body.values[body.origin(call.args[0])] if len(call.args) == 1 else None
    role = given.value if type(given) is f.Const and isinstance(given.value, str) else ""
    if type(given) is f.Ref and "." in given.path:
        role = given.path.rpartition(".")[2]
    if not role.isidentifier() or not lexicon.speaks_of_admins(role):
        return tuple(guards)
    return tuple(replace(guard, name=f"{guard.name} {role}") for guard in guards)


def _is_lenient(body: Function, call: f.Call) -> bool:
    """A scheme that lets requests without credentials pass: `OAuth2PasswordBearer(…, auto_error=False)`."""
    given = (body.values[value] for name, value in call.keywords if name == "auto_error")
    return any(type(step) is f.Const and step.value is False for step in given)
