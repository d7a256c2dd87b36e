"""Conditions: which values are harmless when a test has a given outcome."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.taint import patterns
from seatrial.program.taint.nouns import Condition
from seatrial.program.taint.shapes import is_normal, listed, made, made_by, shape, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seatrial.libraries.form import Danger
    from seatrial.program.parts import Function
    from seatrial.program.program import Program
    from seatrial.program.taint.harmless import Harmless

_COMMON = frozenset({"os.path.commonpath", "os.path.commonprefix"})
_SEPARATORS = frozenset({"/", "..", "\\", "../", "os.sep", "os.path.sep"})
_ABSENT: Mapping[Danger, frozenset[str]] = {
    "path": _SEPARATORS,
    "xpath": frozenset({"'"}),
    "sql": frozenset({"'"}),
    "code": frozenset({"'", '"'}),
}
"""What a text must not have in it to be harmless; of code, between the quotes that it is a literal by."""
_SAFE = re.compile(r"(?:^|[._!:])(?:is_)?(?:safe|allowed)_(?:\w+_)?(?:url|uri|domain|host|redirect|target)$")
"""Names of functions that say of an address whether one may go there, however they find out."""
_HOST = re.compile(r"\w+://[^/@\\]+/")
"""The beginning of an address up to where its host has ended."""
_SIGNS = frozenset({"hmac.new", "hmac.digest"})
_REGEX = frozenset({"match", "fullmatch", "search"})
_WITHIN = frozenset({"is_relative_to", "startswith"})
_NEGATIVE = {"not in": "in", "!=": "==", "is not": "is"}
_COLLECTED = frozenset({f.Collection, f.Ref, f.Attr, f.Call, f.Free, f.Param, f.Binary, f.Phi})


class Conditions:
    """Reads tests for one danger. `checked` says which arguments of a call are good once a function has answered."""

    def __init__(
        self,
        program: Program,
        danger: Danger,
        harmless: Harmless,
        checked: Callable[[Function, Condition], Iterator[int]],
    ) -> None:
        self.program = program
        self.danger = danger
        self.harmless = harmless
        self.checked = checked

    def good(self, function: Function, condition: Condition) -> Iterator[int]:
        """The values that are harmless when the condition holds."""
        if condition.value < 0:
            return
        condition = condition._replace(value=function.origin(condition.value))
        rule = _TABLE.get(type(function.values[condition.value]))
        if rule is not None:
            yield from rule(self, function, condition)


def _not(read: Conditions, function: Function, condition: Condition) -> Iterator[int]:
    step = function.values[condition.value]
    if type(step) is f.Unary and step.op == "not":
        yield from read.good(function, Condition(step.value, not condition.holds))


def _both(read: Conditions, function: Function, condition: Condition) -> Iterator[int]:
    """`and` that holds, `or` that does not: both sides are known. Else only what either side would say."""
    step = function.values[condition.value]
    if type(step) is not f.Binary or step.op not in {"and", "or"}:
        return
    left = list(read.good(function, Condition(step.left, condition.holds)))
    right = list(read.good(function, Condition(step.right, condition.holds)))
    if step.op == ("and" if condition.holds else "or") or is_switch(function, step.left):
        yield from (*left, *right)
    else:
        known = {shape(function, value) for value in right}
        yield from (value for value in left if shape(function, value) in known)


def is_switch(function: Function, value: int) -> bool:
    """A setting in capitals (`DEBUG`): `if not DEBUG and not safe(url): return` is there for the program in use."""
    step = function.values[function.origin(value)]
    if type(step) is f.Unary:
        step = function.values[function.origin(step.value)]
    name = step.path.rpartition(".")[2].lstrip(":?") if type(step) is f.Ref else ""
    return name.isupper()


def _compare(read: Conditions, function: Function, condition: Condition) -> Iterator[int]:
    step = function.values[condition.value]
    if type(step) is not f.Compare:
        return
    op = _NEGATIVE.get(step.op, step.op)
    holds = bool(condition.holds) == (op == step.op)
    right = function.values[function.origin(step.right)]
    if op == "in":
        yield from _member(read, function, step, Condition(condition.value, holds))
    elif op in {"==", "is"} and type(right) is f.Const and (right.value is None or right.value is False):
        yield from read.good(function, Condition(step.left, not holds))
    elif op in {"==", "is"} and holds:
        yield from _equal(read, function, step.left, step.right)
        yield from _equal(read, function, step.right, step.left)


def _member(read: Conditions, function: Function, step: f.Compare, condition: Condition) -> Iterator[int]:
    """`x in ALLOWED`; for paths also `root in x.parents`, and that no `..` or `/` is in it."""
    right = function.values[function.origin(step.right)]
    sought = text(read.program, function, step.left)
    if type(right) is f.Attr and right.name == "parents":
        yield from (right.base,) if condition.holds and read.danger == "path" else ()
    elif sought is not None:
        if not condition.holds and sought in _ABSENT.get(read.danger, ()):
            yield from (step.right, *_part_of(read, right))
    elif condition.holds and _is_closed(read, function, step.right):
        yield step.left


def _part_of(read: Conditions, step: f.AnyValue) -> Iterator[int]:
    """What is good when this part of it is: `path` by `path.parts`, a call that is run by the name in front."""
    if (type(step) is f.Index and read.danger == "code") or (type(step) is f.Attr and step.name == "parts"):
        yield step.base


def _is_closed(read: Conditions, function: Function, value: int) -> bool:
    """A collection: being part of a text says nothing."""
    found = read.program.type_of(function, value)
    is_text = found is not None and found.name in {"builtins.str", "builtins.bytes"}
    return type(function.values[function.origin(value)]) in _COLLECTED and not is_text


def _equal(read: Conditions, function: Function, value: int, other: int) -> Iterator[int]:
    """What is equal to something that the program chose, or stays as it is when it is cleaned."""
    step, against = function.values[function.origin(value)], function.values[function.origin(other)]
    if (
        type(against) in {f.Const, f.Ref}
        or (type(against) is f.Attr and type(step) is not f.Call)
        or (read.danger == "path" and is_normal(function, other))
    ):
        yield value
    if type(step) is f.Call and step.callee.removeprefix("?") in _COMMON and read.danger == "path":
        yield from listed(function, step)
    if type(against) is f.Call and value in {*against.args, against.receiver}:
        model = read.program.model(function, function.origin(other))
        if model is not None and read.harmless.cleans(model.cleans):
            yield value


def _call(read: Conditions, function: Function, condition: Condition) -> Iterator[int]:
    step = function.values[condition.value]
    if type(step) is not f.Call:
        return
    yield from _matched(read, function, step, condition)
    if condition.holds and read.danger == "deserialize" and step.callee.rpartition(".")[2] == "compare_digest":
        yield from _signed(function, step)
    if condition.holds and read.danger == "redirect" and _SAFE.search(step.callee):
        yield from step.args[:1]
    target = read.program.target(function, condition.value)
    if target.functions:
        yield from read.checked(function, condition)
    elif not condition.holds:
        return
    elif step.callee in _WITHIN and step.receiver >= 0:
        yield from (step.receiver,) if _is_within(read, function, step) else ()
    elif target.model is not None and read.harmless.cleans(target.model.validates):
        yield from (v for v in (step.receiver, *step.args, *(v for _, v in step.keywords)) if v >= 0)
    elif step.callee == "!isinstance" and len(step.args) == len(("value", "type")):
        yield from _instance(read, function, step)
    elif step.callee == "!all" and step.args:
        yield from _every(read, function, step.args[0])


def _signed(function: Function, step: f.Call) -> Iterator[int]:
    """What was signed with a key: `compare_digest(signature, hmac.new(key, data, sha256).hexdigest())`."""
    for value in step.args:
        held = function.values[function.origin(value)]
        maker = function.values[function.origin(held.receiver)] if type(held) is f.Call and held.receiver >= 0 else held
        if type(maker) is f.Call and maker.callee.removeprefix("?") in _SIGNS:
            yield from maker.args[1:2]


def _is_within(read: Conditions, function: Function, step: f.Call) -> bool:
    """A whole path lies in a folder; an address begins with one of this site's (a literal `/` may begin `//host`)."""
    if read.danger == "path":
        return is_normal(function, step.receiver)
    begins = text(read.program, function, step.args[0]) if step.args else ""
    if step.callee != "startswith" or begins is None:
        return read.danger == "redirect" and step.callee == "startswith"
    return "://" in begins if read.danger == "redirect" else read.danger == "url" and _HOST.match(begins) is not None


def _part(read: Conditions, function: Function, condition: Condition) -> Iterator[int]:
    step = function.values[condition.value]
    if type(step) is f.Part:
        call = function.origin(step.of)
        yield from read.checked(function, Condition(call, condition.holds, step.index))


def _matched(read: Conditions, function: Function, step: f.Call, condition: Condition) -> Iterator[int]:
    """A pattern that no attack matches, or (when it does not match) that every attack does."""
    method = step.callee.rpartition(".")[2]
    found = _pattern(read, function, step) if method in _REGEX and step.args else None
    if found is None:
        return
    pattern, subject = found
    refused = patterns.refuses(pattern, read.danger, method)
    if refused if condition.holds else patterns.finds(pattern, read.danger):
        yield subject


def _pattern(read: Conditions, function: Function, step: f.Call) -> tuple[str, int] | None:
    """The pattern of a match and the value that it is tried on."""
    if step.callee.removeprefix("?").startswith("re.") and len(step.args) >= len(("pattern", "string")):
        pattern = text(read.program, function, step.args[0])
        if pattern is None:
            pattern = _compiled(read, *made(read.program, function, step.args[0]))
        return (pattern, step.args[1]) if pattern is not None else None
    pattern = _compiled(read, *made_by(read.program, function, step))
    return (pattern, step.args[0]) if pattern is not None else None


def _compiled(read: Conditions, body: Function, value: int) -> str | None:
    step = body.values[value] if value >= 0 else None
    if type(step) is not f.Call or step.callee.removeprefix("?") != "re.compile" or not step.args:
        return None
    return text(read.program, body, step.args[0])


def _instance(read: Conditions, function: Function, step: f.Call) -> Iterator[int]:
    kinds = function.values[step.args[1]]
    named = kinds.items if type(kinds) is f.Collection else (step.args[1],)
    types = [read.program.type_of(function, kind) for kind in named]
    if all(t is not None and t.meta and read.harmless.cleaner(t.name) for t in types):
        yield step.args[0]


def _every(read: Conditions, function: Function, value: int) -> Iterator[int]:
    """`all(c in LETTERS for c in x)`."""
    step = function.values[value]
    if type(step) is not f.Collection or step.region < 0:
        return
    subject = function.regions[step.region].subject
    for item in step.items:
        for held in read.good(function, Condition(item, holds=True)):
            element = function.values[held]
            if type(element) is f.Element and element.of == subject:
                yield subject


_TABLE: Mapping[type, Callable[[Conditions, Function, Condition], Iterator[int]]] = {
    f.Unary: _not,
    f.Binary: _both,
    f.Compare: _compare,
    f.Call: _call,
    f.Part: _part,
}
