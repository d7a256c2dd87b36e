"""Guards: what functions and classes check of the caller, and what values do that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program import annotated
from seatrial.program.endpoints import lexicon
from seatrial.program.endpoints.injected import dependencies
from seatrial.program.endpoints.nouns import ASIDE, ASKED, RATE, REFUSED, Guard
from seatrial.program.endpoints.refusals import Refusals
from seatrial.program.endpoints.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.model.finding import Step
    from seatrial.program.parts import Class, Function
    from seatrial.program.program import Program


class Guards(Values):
    """Answers what stands between a request and a function. Remembers what functions and classes check."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._refusals = Refusals(program, self.of_decorators)
        self._callables: dict[int, tuple[Guard, ...]] = {}
        self._classes: dict[int, tuple[Guard, ...]] = {}

    # --- functions ---

    def of_callable(self, function: Function) -> tuple[Guard, ...]:
        """What a dependency, decorator or hook checks: what is injected into it, and how it refuses."""
        key = id(function)
        if key not in self._callables:
            self._callables[key] = ()  # a circle of dependencies
            self._callables[key] = tuple(_as(function, g) for g in self.of_handler(function))
        return self._callables[key]

    def of_handler(self, function: Function) -> tuple[Guard, ...]:
        """What a function checks by its decorators, its injected parameters, and in its body."""
        outer = function.parent
        found: list[Guard] = []
        if outer:
            found.extend(self.of_decorators(function))
            for param in function.facts.params:
                found.extend(self._of_injected(outer, param.default, param.annotation))
        own = self._refusals.of(function)
        return (*found, own) if own else tuple(found)

    def opened(self, function: Function) -> bool:
        """A decorator says that everyone may call: `permission_classes([AllowAny])`, `login_not_required`."""
        outer = function.parent
        for decorator in function.facts.decorators if outer else ():
            assert outer is not None
            at = outer.origin(decorator)
            step = outer.values[at]
            is_call = type(step) is f.Call
            model = (self._program.target(outer, at) if is_call else self._program.calls.value(outer, at)).model
            if (model and model.exempts and model.exempts not in ASIDE) or _is_optional(outer, step):
                return True
            if model and model.guard and type(step) is f.Call and step.args:
                return all(self.is_open(outer, argument) for argument in step.args)
        return False

    def callers(self, function: Function) -> tuple[str, ...]:
        """The parameters that tell who calls: injected by a check, or the request itself."""
        outer = function.parent
        if outer is None:
            return ()
        params = function.facts.params
        checked = (p.name for p in params if self._is_check(outer, p))
        requests = (p.name for i, p in enumerate(params) if p.name == "request" or self._is_request(function, i))
        return tuple(dict.fromkeys((*checked, *requests)))

    def _is_check(self, outer: Function, param: f.ParamFacts) -> bool:
        return any(guard.authorises for guard in self._of_injected(outer, param.default, param.annotation))

    def _is_request(self, function: Function, param: int) -> bool:
        return self._types.has_kind(self._types.of(function, param), "request")

    def of_decorators(self, function: Function) -> tuple[Guard, ...]:
        """What the decorators of a function check."""
        outer = function.parent
        decorators = function.facts.decorators if outer else ()
        return tuple(g for decorator in decorators if outer for g in self.of_value(outer, decorator))

    def _of_injected(self, outer: Function, default: int, annotation: int) -> Iterator[Guard]:
        """What is checked by what a parameter or field is given, by its default or by `Annotated[…]`."""
        given = [(outer, default)] if default >= 0 else []
        said = annotated.metadata(self._types, outer, annotation)
        if said:
            given.extend((said[0], value) for value in said[1])
        for body, value in given:
            for home, call in dependencies(self._program, body, value):
                yield from self.of_value(home, call)
                yield from self._of_implied(home, call, outer, annotation)

    def _of_implied(self, body: Function, value: int, outer: Function, annotation: int) -> Iterator[Guard]:
        """`Depends()` without an argument injects the annotated class."""
        call = body.values[body.origin(value)]
        if type(call) is f.Call and not call.args and not call.keywords:
            found = annotated.read(self._types, outer, annotation)
            if found and found.cls:
                yield from self.of_check(found.cls, outer.step(annotation, ""))

    # --- classes ---

    def of_check(self, cls: Class, step: Step) -> tuple[Guard, ...]:
        """What a class checks when it is used as a permission, dependency or decorator."""
        key = id(cls)
        if key not in self._classes:
            self._classes[key] = ()
            self._classes[key] = self._of_class(cls, step)
        return self._classes[key]

    def _of_class(self, cls: Class, step: Step) -> tuple[Guard, ...]:
        kinds = self._types.kinds(self._types.instance(cls))
        if "no-guard" in kinds:
            return ()
        if "guard" in kinds:
            return self._named("permission", cls.name, step)
        methods = {name: m for owner in reversed(self._types.mro(cls)) for name, m in owner.methods.items()}
        checks = [g for method in methods.values() for g in self.of_callable(method)]
        found = tuple(replace(g, name=cls.name) for g in sorted(checks, key=_is_bare)[:1])
        return found or self._of_foreign(cls, step)

    def around_methods(self, cls: Class) -> tuple[Guard, ...]:
        """What is checked before each method of a class: by its decorators, and by what is injected into its fields."""
        return (*self.of_class_decorators(cls), *self._in_fields(cls))

    def _in_fields(self, cls: Class) -> Iterator[Guard]:
        """`user: User = Depends(current_user)` in a class body, as class-based controllers for FastAPI have it."""
        for owner in self._types.mro(cls):
            for step in owner.body.values:
                if type(step) is f.Store and (step.annotation >= 0 or step.value >= 0):
                    yield from self._of_injected(owner.body, step.value, step.annotation)

    def of_class_decorators(self, cls: Class) -> tuple[Guard, ...]:
        """What decorators of a class, or of its bases, check before each of its methods."""
        found: list[Guard] = []
        for owner in self._types.mro(cls):
            for decorator in owner.facts.decorators:
                step = owner.outer.values[owner.outer.origin(decorator)]
                found.extend(self.of_value(owner.outer, decorator))
                for name, value in step.keywords if type(step) is f.Call else ():
                    found.extend(self.of_keyword(owner.outer, name, value, is_known=False))
        return tuple(found)

    def _of_foreign(self, cls: Class, step: Step) -> tuple[Guard, ...]:
        """A class that gets its checks from a library that no model explains: `class HasKey(BaseHasAPIKey)`."""
        unknown = [outer for outer in self._types.outer_bases(cls) if self._models.type(outer) is None]
        speaks = any(lexicon.speaks_of_guard(name.rpartition(".")[2]) for name in unknown)
        return self._named("presumed", cls.name, step) if speaks else ()


def _is_optional(body: Function, step: f.AnyValue) -> bool:
    """A check that lets strangers pass, as it says: `@login_optional`, `@jwt_required(optional=True)`."""
    given = [body.values[v] for n, v in step.keywords if n == "optional"] if type(step) is f.Call else []
    name = step.callee if type(step) is f.Call else step.path if type(step) is f.Ref else ""
    is_asked = any(type(value) is f.Const and value.value is True for value in given)
    return is_asked or lexicon.speaks_of_choice(name.rpartition(".")[2])


def _is_bare(guard: Guard) -> bool:
    return guard.kind in {ASKED, REFUSED}


def _as(function: Function, guard: Guard) -> Guard:
    """A dependency's or decorator's check goes by its own name, not by what it finds inside."""
    own = guard.step.place.path == function.file.path or lexicon.speaks_of_admins(function.name)
    kind = RATE if lexicon.speaks_of_rate(function.name) else guard.kind
    return replace(guard, name=function.name if own else guard.name, kind=kind, declared=True)
