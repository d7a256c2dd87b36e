"""Markup by hand: text with tags in it into which a program puts what people wrote, without escaping it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from seatrial.model import facts as f
from seatrial.program import Function, Program, written
from seatrial.program.taint import literals
from seatrial.rules.security._purpose import words

_TAG = re.compile(r"</?[a-zA-Z]|\b[a-z-]+=[\"']")
_PEOPLE = frozenset(
    {"name", "names", "fullname", "username", "nickname", "firstname", "lastname", "filename", "email", "comment", "subject", "content", "bio",
     "company", "message", "note", "notes", "title"}
)  # fmt: skip
"""Words for text that people write about themselves and their things."""
_PROGRAM = frozenset(
    {"self", "cls", "field", "form", "column", "settings", "meta", "tag", "widget", "module", "app", "config", "option", "opts", "func", "klass", "model",
     "type", "class", "action", "menu", "icon", "format", "lang", "language", "file", "template", "event"}
)  # fmt: skip
"""Words for what belongs to the program: names and titles of these are its own."""
_MARKED = frozenset(
    {
        "help",
        "html",
        "safe",
        "rendered",
        "display",
        "verbose",
        "class",
        "css",
        "icon",
        "method",
        "module",
        "field",
        "type",
        "column",
    }
)
"""Words in a name that say that it holds markup, or a name of the program's own."""
_USERS = ("django.contrib.auth.models.User", "django.contrib.auth.models.AbstractUser")
_FAILED = "traceback.format_exc"
"""What tells of an error, which quotes what was sent."""
_MEMBER = (f.Attr, f.Index)
DEPTH = 12
"""How deep text is taken apart."""


class Raw(NamedTuple):
    """What people wrote, as markup holds it: how the source calls it, and its id."""

    name: str
    value: int


def raw(program: Program, function: Function, value: int) -> Raw | None:
    """The first unescaped text of people that is put into markup; None if the text is no markup or holds none."""
    if not any(_TAG.search(text) for text in literals(program, function, value)):
        return None
    known = _looked_up(function, value)
    leaves = (leaf for leaf in _leaves(function, value) if written(function, leaf) not in known)
    found = (leaf for leaf in leaves if _is_written_by_people(program, function, leaf))
    return next((Raw(_name(function, leaf), leaf) for leaf in found), None)


def is_login(program: Program, function: Function, found: Raw) -> bool:
    """Django's own name of a user, whose forms take letters, digits and `@.+-_` alone."""
    step = function.values[function.origin(found.value)]
    held = program.type_of(function, step.base) if isinstance(step, f.Attr) and step.name == "username" else None
    return held is not None and any(program.types.derives(held, user) for user in _USERS)


def is_entry(program: Program, function: Function, found: Raw) -> bool:
    """An entry of a mapping of which nothing is known: it describes a field or an icon as well as a person."""
    step = function.values[function.origin(found.value)]
    return isinstance(step, f.Index) and program.type_of(function, step.base) is None


def _looked_up(function: Function, at: int) -> frozenset[str]:
    """What is a key of a table of the program's own, since something was found under it: `if HELP.get(group.name):`."""
    pending = [condition for condition, outcome in function.guards(at) if outcome]
    found, seen = set(), set(pending)
    while pending:
        step = function.values[function.origin(pending.pop())]
        if isinstance(step, f.Call) and step.callee.rpartition(".")[2] == "get" and step.args:
            found.add(written(function, step.args[0]))
        elif isinstance(step, f.Call | f.Attr | f.Index | f.Unary):
            inner = [i for i in f.operands(step) if i >= 0 and i not in seen]
            seen.update(inner)
            pending.extend(inner)
    return frozenset(found)


def _leaves(function: Function, value: int, depth: int = 0) -> Iterator[int]:
    """The values that a text is put together from; what a call makes of a value is its own."""
    at = function.origin(value) if value >= 0 else -1
    step = function.values[at] if at >= 0 else None
    if step is None or depth > DEPTH:
        return
    inside: tuple[int, ...]
    if isinstance(step, f.Template | f.Phi | f.Conditional):
        inside = tuple(f.operands(step))
    elif isinstance(step, f.Binary):
        inside = (step.left, step.right) if step.op in {"+", "%", "or"} else ()
    elif isinstance(step, f.Collection):
        inside = step.items
    elif isinstance(step, f.Call) and step.callee.rpartition(".")[2] in {"format", "join", "strip"}:
        inside = (*step.args, *(held for _, held in step.keywords), step.receiver)
    else:
        yield at
        return
    for held in inside:
        if held < at:
            yield from _leaves(function, held, depth + 1)


def _is_written_by_people(program: Program, function: Function, value: int) -> bool:
    """`order.comment`, `files[key].name`: a field of something that is not the program's own; a row as text."""
    step = function.values[value]
    if isinstance(step, f.Call):
        if program.target(function, value).external == _FAILED:
            return True
        return step.callee == "save" and "form" in words(written(function, step.receiver))
    if not isinstance(step, _MEMBER):
        return False
    base = program.type_of(function, step.base)
    if base is not None and (base.meta or base.name.partition(".")[0] == "builtins"):
        return False
    said = words(_name(function, value))
    return bool(said & _PEOPLE) and not said & _MARKED and not words(_holder(function, step.base)) & _PROGRAM


def _name(function: Function, value: int) -> str:
    step = function.values[value]
    if isinstance(step, f.Attr):
        return step.name
    if isinstance(step, f.Index):
        key = function.values[function.origin(step.key)]
        return key.value if isinstance(key, f.Const) and isinstance(key.value, str) else ""
    return "what the form saves" if isinstance(step, f.Call) and step.callee == "save" else "the error"


def _holder(function: Function, value: int) -> str:
    """How the source calls what a field belongs to, without what that belongs to."""
    step = function.values[function.origin(value)]
    if isinstance(step, f.Index):
        return _holder(function, step.base)
    return step.name if isinstance(step, f.Attr) else written(function, value)
