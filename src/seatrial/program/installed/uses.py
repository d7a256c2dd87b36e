"""What the program asks of installed libraries: names that it imports, reads and calls, and how sure each one is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program.installed.objects import Objects, Thing
from seatrial.program.installed.offers import Definition, Offers
from seatrial.program.installed.signatures import Signatures
from seatrial.program.manifests.owned import Way

if TYPE_CHECKING:
    from seatrial.program.parts import File, Function
    from seatrial.program.program import Program

_STEPS = frozenset({f.Ref, f.Call, f.Attr})
_EXPECTED = frozenset({"!AttributeError", "!TypeError", "!ImportError", "!ModuleNotFoundError", "!NameError"})
"""What code catches that asks whether a library has something."""


class Lack(msgspec.Struct, frozen=True):
    """Something asked of a library that it does not have."""

    function: Function
    line: int
    whole: str
    """The dotted name of what was asked: `acme.client`, `acme.client.Client`, `acme.connect`."""
    name: str
    """What it does not have."""
    others: frozenset[str]
    """What it has."""
    confidence: float
    is_keyword: bool = False


class Asked(msgspec.Struct, frozen=True):
    """What is asked for answers."""

    offers: Offers
    objects: Objects
    signatures: Signatures


def lacks(program: Program, offers: Offers) -> Iterator[Lack]:
    """Everything that judged code asks of an installed library and that the library does not have."""
    objects = Objects(offers)
    asked = Asked(offers, objects, Signatures(offers, objects))
    files = [file for file in program.files if file.role is Role.CODE]
    heads: dict[File, set[str]] = {}
    for one in program.outward:
        if one.file.role is Role.CODE and offers.split(one.head):
            heads.setdefault(one.file, set()).add(one.head)
            if one.way in (Way.ALWAYS, Way.LATE):
                yield from _of_path(one.file.functions[one.function], one.line, one.module, offers, 0.9)
    for file in files:
        if file in heads:
            for function in file.functions:
                yield from _in_body(function, heads[file], asked)


def _in_body(function: Function, heads: set[str], asked: Asked) -> Iterator[Lack]:
    offers = asked.offers
    for value in function.of(_STEPS):
        step = function.values[value]
        path = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call else ""
        if type(step) is f.Attr:
            found: Iterable[Lack] = _of_attribute(function, step, asked)
        elif type(step) is f.Call and step.receiver >= 0:
            found = _of_method(function, step, asked)
        elif path.partition(".")[0] in heads:
            found = _of_path(function, step.line, path, offers, 0.85)
            if type(step) is f.Call:
                found = [*found, *_of_call(function, step, asked)]
        elif type(step) is f.Call and path[:1] == ":" and "." in path:
            found = _of_variable(function, step, asked)
        else:
            continue
        yield from (one for one in found if not _is_asked_for(function, value))


def _of_path(function: Function, line: int, path: str, offers: Offers, confidence: float) -> Iterator[Lack]:
    """What a dotted name asks of a module, or of a class in it."""
    place = offers.split(path)
    if place is None or not place[1]:
        return
    module, rest = place
    names = offers.names(module)
    if names is not None and rest[0] not in names and not _is_magic(rest[0]):
        yield Lack(function, line, module.name, rest[0], names, confidence)
    elif len(rest) > 1 and not _is_magic(rest[1]):
        cls = offers.find(f"{module.name}.{rest[0]}")
        members = offers.members(cls) if cls and cls.cls else None
        if members is not None and rest[1] not in members:
            yield Lack(function, line, f"{module.name}.{rest[0]}", rest[1], members, confidence - 0.05)


def _of_call(function: Function, call: f.Call, asked: Asked) -> Iterator[Lack]:
    """What a call of a function or class by its dotted name asks by keywords."""
    found = asked.offers.find(call.callee)
    if found and found.function:
        yield from _of_keywords(function, call, call.callee, found, asked)
    elif found and not asked.offers.method(found, "__new__") and (init := asked.offers.method(found, "__init__")):
        yield from _of_keywords(function, call, call.callee, init, asked)


def _of_keywords(function: Function, call: f.Call, whole: str, called: Definition, asked: Asked) -> Iterator[Lack]:
    if not call.keywords:
        return
    taken = asked.signatures.of(called)
    for name, _ in call.keywords:
        if taken is not None and name not in taken and name != "**":
            yield Lack(function, call.line, whole, name, taken, 0.9, is_keyword=True)


def _of_method(function: Function, call: f.Call, asked: Asked) -> Iterator[Lack]:
    """What a call of a method asks of the class that its object is of."""
    thing = asked.objects.of(function, call.receiver) if call.callee else None
    if thing:
        yield from _of_thing(function, call, call.callee, thing, asked)


def _of_attribute(function: Function, read: f.Attr, asked: Asked) -> Iterator[Lack]:
    """What a read of an attribute asks of the class that its object is of."""
    thing = asked.objects.of(function, read.base)
    members = asked.offers.members(thing.cls) if thing and thing.exact else None
    if thing and members is not None and read.name not in members and not _is_magic(read.name):
        yield Lack(function, read.line, thing.whole, read.name, members, 0.85)


def _of_variable(function: Function, call: f.Call, asked: Asked) -> Iterator[Lack]:
    """The same for an object that a variable of the module holds: `client.send()`."""
    path, _, method = call.callee.rpartition(".")
    thing = asked.objects.held(function, path)
    if thing:
        yield from _of_thing(function, call, method, thing, asked)


def _of_thing(function: Function, call: f.Call, method: str, thing: Thing, asked: Asked) -> Iterator[Lack]:
    offers = asked.offers
    members = offers.members(thing.cls)
    if members is None or _is_magic(method) or (not thing.exact and offers.is_abstract(thing.cls)):
        return
    if method not in members:
        if thing.exact or not offers.derived_has(thing.cls, method):
            yield Lack(function, call.line, thing.whole, method, members, 0.85 if thing.exact else 0.8)
    elif called := offers.method(thing.cls, method):
        yield from _of_keywords(function, call, f"{thing.whole}.{method}", called, asked)


def _is_magic(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_asked_for(function: Function, value: int) -> bool:
    """Whether code around asks first if the library has it: by version, by `hasattr`, by catching its absence."""
    if any(r.kind == "except" and r.subject >= 0 and _catches(function, r.subject) for r in function.regions):
        return True
    return any(_asks(function, condition, 6) for condition, _ in function.guards(value))


def _catches(function: Function, value: int) -> bool:
    step = function.values[value]
    if type(step) is f.Collection:
        return any(_catches(function, item) for item in step.items)
    return type(step) is f.Ref and step.path in _EXPECTED


def _asks(function: Function, value: int, depth: int) -> bool:
    step = function.values[value]
    name = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call else ""
    name = step.name if type(step) is f.Attr else name
    if "version" in name.lower() or name in ("!hasattr", "!getattr") or name.isupper():
        return True
    return depth > 0 and any(_asks(function, one, depth - 1) for one in f.operands(step))
