"""Calls: which functions a call reaches, in the program or in a library."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.program.heirs import Heirs
from seatrial.program.names import External, Named, Variable, outer_name
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.libraries import FunctionModel
    from seatrial.program.type import Type
    from seatrial.program.types import Types


class Target(msgspec.Struct, frozen=True):
    """What a call reaches.

    `functions`: functions of the program (several when a method is overridden or a value is one of several).
    `external`: canonical dotted name outside the program (`requests.Session.get`), or empty. `model`: what the library
    model says of it; for a receiver of unknown type, of any method of that name (then `external` is empty).
    `receiver`: the type of what the method is called on. `made`: the class of the program that is instantiated.
    """

    functions: tuple[Function, ...] = ()
    external: str = ""
    model: FunctionModel | None = None
    receiver: Type | None = None
    made: Class | None = None


NOWHERE = Target()
_NO_WORK = frozenset({f.Param, f.Const, f.Ref, f.Raise, f.Jump})


class Calls:
    """Resolves calls, on demand; remembers."""

    def __init__(self, types: Types, functions: Iterable[Function], classes: Iterable[Class]) -> None:
        self._types = types
        self._names = types.names
        self._functions = tuple(functions)
        heirs = Heirs(types, classes)
        self.below = heirs.below
        """The classes that derive from one, at any depth."""
        self.deriving = heirs.deriving
        """The classes that derive from one of these, by their names."""
        self._externals: dict[str, Target] = {}
        self._variables: dict[tuple[int, int], Target] = {}
        self._leads: dict[Function, tuple[tuple[int, Function], ...]] = {}
        self._reached: dict[Function, tuple[Function, ...]] = {}

    def target(self, function: Function, call: int) -> Target:
        """What the call with id `call` in `function` reaches."""
        known: dict[int, Target] = function.targets
        found = known.get(call)
        if found is None:
            known[call] = NOWHERE  # a circle
            step = function.values[call]
            found = known[call] = self._target(function, step) if type(step) is f.Call else NOWHERE
        return found

    def each(self, function: Function) -> Iterator[tuple[int, Target]]:
        """Every call of a body by its id, in order, with what it reaches."""
        known: dict[int, Target] = function.targets
        for call in function.calls:
            yield call, known.get(call) or self.target(function, call)

    def leads(self, function: Function) -> tuple[tuple[int, Function], ...]:
        """The calls of a body that reach functions of the program, in order, with each that they reach."""
        found = self._leads.get(function)
        if found is None:
            found = tuple((call, to) for call, target in self.each(function) for to in target.functions)
            self._leads[function] = found
        return found

    def reached(self, function: Function) -> tuple[Function, ...]:
        """The functions of the program that a body calls, each once, in the order of its text."""
        found = self._reached.get(function)
        if found is None:
            found = self._reached[function] = tuple(dict.fromkeys([to for _, to in self.leads(function)]))
        return found

    def callers(self, function: Function) -> list[tuple[Function, int]]:
        """The calls that reach a function, as (body, id of the call)."""
        return self._callers.get(id(function), [])

    @cached_property
    def _callers(self) -> dict[int, list[tuple[Function, int]]]:
        found: dict[int, list[tuple[Function, int]]] = defaultdict(list)
        for body in self._functions:
            for call, reached in self.leads(body):
                found[id(reached)].append((body, call))
        return found

    def is_overridden(self, method: Function) -> bool:
        """True when a subclass in the program has a method of the same name."""
        below = self.below(method.cls) if method.cls else ()
        return any(method.name in cls.methods for cls in below)

    def value(self, function: Function, value: int) -> Target:
        """What calling the value would reach: for callbacks, decorators and dependencies given by name."""
        value = function.origin(value)
        step = function.values[value]
        if type(step) is f.Closure:
            return Target((function.file.functions[step.function],))
        if type(step) is f.Ref:
            return self._named(self._names.resolve(function.file, step.path))
        if type(step) is f.Attr:
            base = self._types.of(function, step.base)
            return self._method(base, step.name) if base else NOWHERE
        if type(step) is f.Call and step.args and self._is_partial(step):
            return self.value(function, step.args[0])
        if type(step) is f.ClassValue:
            return self._made(function.file.classes[step.cls])
        if type(step) is f.Free:
            return self._free(function, step.name)
        return NOWHERE

    def _target(self, function: Function, call: f.Call) -> Target:
        if call.receiver < 0:
            if self._names.foreign[call.callee]:  # as most are: what they mean is the same in every file
                return self._foreign(call.callee)
            return self._named(self._names.resolve(function.file, call.callee))
        if not call.callee:
            return self._called_value(function, call)
        parent = self._super(function, call)
        if parent is not None:
            return parent
        base = self._types.of(function, call.receiver)
        if base is None or not base.name:
            return Target(model=self._types.models.method("", call.callee))
        return self._method(base, call.callee)

    def _is_partial(self, call: f.Call) -> bool:
        return call.callee.rpartition(".")[2] in {"partial", "wraps"}

    def _called_value(self, function: Function, call: f.Call) -> Target:
        held = self.value(function, call.receiver)
        if held is not NOWHERE:
            return held
        base = self._types.of(function, call.receiver)
        if base is None:
            return NOWHERE
        if base.meta:
            return self._made(base.cls) if base.cls else self._outside(base.name)
        return self._method(base, "__call__") if base.cls else NOWHERE

    def _free(self, function: Function, name: str) -> Target:
        outer = function.parent
        while outer is not None:
            if name in outer.facts.names and outer.facts.kind != "class":
                return self.value(outer, outer.facts.names[name])
            outer = outer.parent
        return NOWHERE

    def _named(self, named: Named) -> Target:
        entity = named.entity
        if named.rest:
            owner = self._types.named(Named(entity, named.rest[:-1]))
            return self._method(owner, named.rest[-1]) if owner else NOWHERE
        if isinstance(entity, Function):
            return Target((entity,))
        if isinstance(entity, Class):
            return self._made(entity)
        if isinstance(entity, External):
            return self._outside(entity.name)
        if isinstance(entity, Variable):
            return self._variable(entity)
        return NOWHERE

    def _variable(self, variable: Variable) -> Target:
        key = id(variable.function), variable.value
        found = self._variables.get(key)
        if found is None:
            self._variables[key] = NOWHERE  # a circle: `limit = limit`, below a star import
            found = self._variables[key] = self._held(variable)
        return found

    def _held(self, variable: Variable) -> Target:
        held = self.value(variable.function, variable.value)
        if held is not NOWHERE:
            return held
        type_ = self._types.named(Named(variable))
        if type_ is None:
            return NOWHERE
        if type_.meta:
            return self._made(type_.cls) if type_.cls else self._outside(type_.name)
        return self._method(type_, "__call__")

    def _made(self, cls: Class) -> Target:
        found = self._types.member(cls, "__init__")
        functions = (found.entity,) if found and isinstance(found.entity, Function) else ()
        outer = next(iter(self._types.outer_bases(cls)), "")
        model = self._types.models.function(outer) if outer and not functions else None
        return Target(functions, outer if model else "", model, made=cls)

    def _foreign(self, path: str) -> Target:
        found = self._externals.get(path)
        if found is None:
            found = self._externals[path] = self._outside(outer_name(path))
        return found

    def _outside(self, name: str) -> Target:
        found = self._externals.get(name)
        if found is None:
            found = self._externals[name] = self._external(name)
        return found

    def _external(self, name: str) -> Target:
        name = self._types.models.canonical(name)
        model = self._types.models.function(name)
        owner, _, method = name.rpartition(".")
        held = self._types.held(owner) if model is None else None
        return self._method(held, method) if held else Target((), name, model)

    def _method(self, base: Type, name: str) -> Target:
        if base.cls is None:
            return Target((), f"{base.name}.{name}", self._types.models.method(base.name, name), base)
        member = self._types.member(base.cls, name)
        if member and isinstance(member.entity, Function):
            return Target((member.entity, *self._overrides(base.cls, name, member.entity)), receiver=base)
        if member and isinstance(member.entity, Class):
            return self._made(member.entity)
        for outer in self._types.outer_bases(base.cls):
            model = self._types.models.method(outer, name)
            if model:
                return Target((), f"{outer}.{name}", model, base)
        overridden = self._overrides(base.cls, name, None)
        if overridden:
            return Target(overridden, receiver=base)
        outer = next(iter(self._types.outer_bases(base.cls)), "")
        return Target((), f"{outer}.{name}" if outer else "", None, base)

    def _overrides(self, cls: Class, name: str, but: Function | None) -> tuple[Function, ...]:
        """The same method in subclasses, when the class itself leaves it to them (it is abstract or empty)."""
        if but is not None and not _leaves_to_subclasses(but):
            return ()
        return tuple(m for c in self.below(cls) if (m := c.methods.get(name)) and m is not but)

    def _super(self, function: Function, call: f.Call) -> Target | None:
        receiver = function.values[call.receiver]
        if type(receiver) is not f.Call or receiver.callee != "!super":
            return None
        cls = function.cls
        if cls is None:
            return NOWHERE
        for owner in self._types.mro(cls)[1:]:
            if call.callee in owner.methods:
                return Target((owner.methods[call.callee],), receiver=self._types.instance(cls))
        for outer in self._types.outer_bases(cls):
            model = self._types.models.method(outer, call.callee)
            if model:
                return Target((), f"{outer}.{call.callee}", model, self._types.instance(cls))
        return NOWHERE


def _leaves_to_subclasses(method: Function) -> bool:
    return all(type(v) in _NO_WORK or (type(v) is f.Call and "NotImplemented" in v.callee) for v in method.values)
