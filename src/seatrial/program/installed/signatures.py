"""By which names a library's function can be given arguments, through whatever it hands its `**options` on to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program.installed.objects import Objects
from seatrial.program.installed.offers import Definition, Offers, keywords
from seatrial.program.parts import File

if TYPE_CHECKING:
    from seatrial.model.facts import FunctionFacts
    from seatrial.model.outside import Module
    from seatrial.program.parts import Function

_DEEPEST = 5
_TAKES = frozenset({"get", "pop", "setdefault"})


class Signatures:
    """The keywords of functions; each is worked out once."""

    def __init__(self, offers: Offers, objects: Objects) -> None:
        self._offers = offers
        self._objects = objects
        self._files: dict[str, File] = {}
        self._known: dict[int, frozenset[str] | None] = {}

    def of(self, called: Definition, depth: int = 0) -> frozenset[str] | None:
        """The names that a function takes arguments by; None if it may take any."""
        if called.function is None or depth > _DEEPEST:
            return None
        key = id(called.function)
        if key not in self._known:
            self._known[key] = None  # what hands on to itself in a circle takes any
            self._known[key] = self._taken(called, called.function, depth)
        return self._known[key]

    def _taken(self, called: Definition, facts: FunctionFacts, depth: int) -> frozenset[str] | None:
        own = keywords(called)
        options = next((at for at, one in enumerate(facts.params) if one.kind == "double-star"), None)
        if own is None or options is None:
            return own
        if _is_captured(called.module, facts, facts.params[options].name):
            return None
        function = self._function(called.module, facts)
        uses = [self._use(called.module, function, user, options, depth) for user in function.users.get(options, ())]
        found = [one for one in uses if one is not None]
        return own.union(*found) if uses and len(found) == len(uses) else None

    def _function(self, module: Module, facts: FunctionFacts) -> Function:
        if module.name not in self._files:
            path = f"{module.name.replace('.', '/')}{'/__init__' if module.is_package else ''}.py"
            self._files[module.name] = self._objects.adopt(File(path, Role.CODE, module.name, module.facts), module)
        return self._files[module.name].functions[module.facts.functions.index(facts)]

    def _use(self, module: Module, function: Function, user: int, options: int, depth: int) -> frozenset[str] | None:
        """The names that one use of the options takes out of them; None if that may be any."""
        step = function.values[user]
        if type(step) is f.StoreItem and step.base == options:
            return frozenset()
        if type(step) is f.Compare:
            return _word(function, step.left)
        if type(step) is f.Index:
            return _word(function, step.key)
        if type(step) is not f.Call:
            return None
        if step.receiver == options:
            return _word(function, step.args[0]) if step.args and step.callee in _TAKES else None
        if ("**", options) not in step.keywords:
            return None
        target = self._target(module, function, step)
        return self.of(target, depth + 1) if target else None

    def _target(self, module: Module, function: Function, call: f.Call) -> Definition | None:
        """The function that a call in a library's text reaches."""
        if call.receiver >= 0:
            return self._method(module, function, call)
        found = self._offers.find(self._offers.dotted(module, call.callee))
        if found is None or found.function:
            return found
        return None if self._offers.method(found, "__new__") else self._offers.method(found, "__init__")

    def _method(self, module: Module, function: Function, call: f.Call) -> Definition | None:
        receiver = function.values[function.origin(call.receiver)]
        own = Definition(module, cls=module.facts.classes[function.facts.cls]) if function.facts.cls >= 0 else None
        if own and type(receiver) is f.Call and receiver.callee == "!super":
            above = (self._offers.line(own) or ())[1:]
            return next((one for base in above if (one := self._offers.method(base, call.callee))), None)
        if own and type(receiver) is f.Param and function.origin(call.receiver) == 0:
            return self._offers.method(own, call.callee)
        thing = self._objects.of(function, call.receiver)
        return self._offers.method(thing.cls, call.callee) if thing else None


def _is_captured(module: Module, facts: FunctionFacts, name: str) -> bool:
    """Whether a function inside this one uses the variable."""
    inner = (one for one in module.facts.functions if facts.line <= one.line and one.end_line <= facts.end_line)
    return any(type(step) is f.Free and step.name == name for one in inner for step in one.values)


def _word(function: Function, value: int) -> frozenset[str] | None:
    """The one name that a value says; None if it is not written out."""
    step = function.values[value]
    return frozenset({step.value}) if type(step) is f.Const and type(step.value) is str else None
