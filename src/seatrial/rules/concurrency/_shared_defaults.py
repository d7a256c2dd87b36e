"""Defaults and class variables that are changed in place: one object for all calls, or for all objects of the class."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program import Class, File, Function, Program, written
from seatrial.program.arguments import passed
from seatrial.program.derived import derived
from seatrial.rules.contract import SLIGHT, Match, gathered

_EMPTY = frozenset(
    {"!dict", "!list", "!set", "collections.defaultdict", "collections.OrderedDict", "collections.deque"}
)
CHANGES = frozenset(
    {
        "append",
        "add",
        "extend",
        "insert",
        "update",
        "setdefault",
        "pop",
        "popitem",
        "remove",
        "discard",
        "clear",
        "sort",
    }
)
"""Methods that change a list, set or dictionary in place."""
_MEANT = re.compile(r"(?i)^_|cache|memo|regist|instances|pool|known|seen|handlers|plugins|subclasses|lookup")
"""Names of what is meant to be shared."""


def changed(function: Function, value: int) -> int:
    """The first value of a body that changes the list, set or dictionary which `value` holds in place, or NONE."""
    for user in sorted(function.users.get(value, ())):
        step = function.values[user]
        if type(step) is f.Call and step.receiver == value and step.callee in CHANGES:
            return user
        if type(step) is f.StoreItem and step.base == value:
            return user
        if type(step) is f.Delete or (type(step) is f.Phi and len(step.options) == 1):
            found = changed(function, user)
            if found >= 0:
                return found
    return f.NONE


def is_mutable(body: Function, value: int) -> bool:
    """The value is a list, set or dictionary made here."""
    step = body.values[body.origin(value)] if value >= 0 else None
    if type(step) is f.Collection:
        return step.kind in {"list", "dict", "set"}
    return type(step) is f.Call and step.callee in _EMPTY


def defaults(program: Program) -> Iterator[Match]:
    """Parameters whose default is made once and changed by every call that does not give one."""
    judged = (file for file in program.files if file.role is Role.CODE)
    told: dict[Function, list[Match]] = {}
    for function, name, at in ((file.functions[i], name, at) for file in judged for i, name, at in _changed(file)):
        is_idle = program.occasions.is_by_hand(function) or _is_always_given(program, function, name)
        match = Match(
            message=f"{name} is made once, and every call that does not give it changes the same one",
            function=function,
            line=function.values[at].line,
            key=f"default {name}",
            path=(function.head(f"the default of {name} is made here"), function.step(at, "changes it")),
            confidence=SLIGHT if is_idle else 0.85,
        )
        told.setdefault(function, []).append(match)
    yield from (gathered(family) for family in told.values())


def _is_always_given(program: Program, function: Function, name: str) -> bool:
    """Every call that is known gives one: today the default is used by none."""
    calls = [caller.values[at] for caller, at in program.calls.callers(function)]
    return bool(calls) and all(type(call) is f.Call and passed(call, function, name) >= 0 for call in calls)


@derived(list[tuple[int, str, int]])
def _changed(file: File) -> list[tuple[int, str, int]]:
    """The parameters of a file whose default is changed: index of the function, name, the value that changes it."""
    return [
        (function.index, param.name, at)
        for function in file.functions
        for position, param in enumerate(function.facts.params)
        if param.default >= 0
        and (outer := function.parent) is not None
        and not _MEANT.search(param.name)
        and is_mutable(outer, param.default)
        and not _is_named(outer, param.default)
        and (at := changed(function, position)) >= 0
        and type(function.values[position]) is f.Param
        and not _is_kept(outer, param.default, function, at)
        and not _is_answered(outer, param.default, function, at)
    ]


def _is_kept(outer: Function, default: int, function: Function, at: int) -> bool:
    """It holds a state on purpose: a list of one (`last=[0]`, `last[0] = length`), or what was not found in it before."""
    made, step = outer.values[outer.origin(default)], function.values[at]
    is_cell = type(made) is f.Collection and bool(made.items) and type(step) is f.StoreItem
    kinds = (r.subject for r in function.enclosing(at) if r.kind == "except" and r.subject >= 0)
    return is_cell or any(written(function, kind) == "KeyError" for kind in kinds)


def _is_answered(outer: Function, default: int, function: Function, at: int) -> bool:
    """Only what is given is changed: `if "start" in values: values["start"] = …` leaves an empty default empty."""
    made, step = outer.values[outer.origin(default)], function.values[at]
    if type(made) is f.Collection and made.items:
        return False
    base = step.base if type(step) is f.StoreItem else step.receiver if type(step) is f.Call else f.NONE
    asked = (part for condition, holds in function.guards(at) if holds for part in _together(function, condition))
    return any(
        type(v) is f.Compare and v.op == "in" and function.origin(v.right) == function.origin(base) for v in asked
    )


def _together(function: Function, condition: int) -> Iterator[f.AnyValue]:
    """The conditions that hold where an `and` of them holds."""
    step = function.values[function.origin(condition)]
    if type(step) is f.Binary and step.op == "and":
        yield from (*_together(function, step.left), *_together(function, step.right))
    else:
        yield step


def _is_named(outer: Function, value: int) -> bool:
    """The default is a variable that others use too: it is shared on purpose."""
    return outer.origin(value) in {outer.origin(held) for held in outer.facts.names.values() if held >= 0}


def class_variables(program: Program) -> Iterator[Match]:
    """Variables of a class that its objects change as if each had its own."""
    for file in program.files:
        for index, name in _variables(file) if file.role is Role.CODE else ():
            yield from _changed_by_objects(program, file.classes[index], name)


@derived(list[tuple[int, str]])
def _variables(file: File) -> list[tuple[int, str]]:
    """The class variables of a file that hold a list, set or dictionary, by the index of the class and their names."""
    return [
        (cls.index, name)
        for cls in file.classes
        for name, value in cls.body.facts.names.items()
        if is_mutable(cls.body, value) and not _MEANT.search(name) and not name.isupper()
    ]


def _changed_by_objects(program: Program, cls: Class, name: str) -> Iterator[Match]:
    if _is_own(program, cls, name):
        return
    for method in cls.methods.values():
        for value in method.of(frozenset({f.Attr})):
            step = method.values[value]
            if type(step) is f.Attr and step.name == name and step.base == 0 and method.facts.params[:1]:
                at = changed(method, value)
                if at >= 0 and method.facts.params[0].name == "self" and not _is_apart(method, at):
                    yield Match(
                        message=f"{name} belongs to the class {cls.name}: all of its objects change the same one",
                        function=method,
                        line=method.values[at].line,
                        key=f"class variable {name}",
                        path=(cls.body.step(cls.body.facts.names[name], "made once"), method.step(at, "changes it")),
                        confidence=_confidence(program, cls),
                    )
                    return


def _is_apart(method: Function, at: int) -> bool:
    """Each object has an entry of its own, under a name that it knows: `self.rooms[self.name] = …`."""
    step = method.values[at]
    key = method.values[method.origin(step.key)] if type(step) is f.StoreItem else None
    return type(key) is f.Attr and method.origin(key.base) == 0


def _is_own(program: Program, cls: Class, name: str) -> bool:
    """Some method, of the class or of one above it, gives each object its own."""
    writes = [w for above in program.types.mro(cls) for w in program.types.written(above).get(name, ())]
    return any(body.is_callable for body, _, _ in writes) or len(writes) != 1


def _confidence(program: Program, cls: Class) -> float:
    """Lower for a class of which there is perhaps one object, or whose base may give each object its own."""
    if cls.facts.decorators or cls.facts.keywords or set(program.types.outer_bases(cls)) - {"builtins.object"}:
        return 0.5
    makers = [g for g, call in program.index.calls(cls.name) if g.is_callable and program.target(g, call).made is cls]
    return SLIGHT if all(map(program.occasions.is_by_hand, makers)) else 0.78
