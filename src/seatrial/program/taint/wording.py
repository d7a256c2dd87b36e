"""Wording: the literal text around a value that is put into text, which says what the value stands for."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.derived import derived
from seatrial.program.names import Variable
from seatrial.program.parts import File, Function
from seatrial.program.taint.nouns import Flow, Sinking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.program.program import Program

DEPTH = 40
"""How deep text is taken apart."""

_VERB = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*|\()*(?:select|insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from|replace\s+into|merge\s+into|with\s+\w+"
    r"|create|drop|alter|truncate|grant|revoke|pragma|explain|call|exec|show|copy|vacuum|set|lock|use|declare)\s",
    re.IGNORECASE | re.DOTALL,
)
_STATEMENT = re.compile(
    r"\s*\(?(?:select\b.+\bfrom\b|insert\s+(?:or\s+\w+\s+)?into\b|update\s+\S+\s+set\b|update\s+\S*\s*$|delete\s+from\b|replace\s+into\b"
    r"|select\b[^.!?]*$)",
    re.IGNORECASE | re.DOTALL,
)
"""How a statement begins that is no sentence of English."""

SHORTEST = 12
"""Shorter texts say too little to be taken for a statement."""

_LITERALS = frozenset({f.Const})
_WORD = re.compile(r"[^\W\d_]")
_PLACE = re.compile(r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}")


def speaks_sql(program: Program, function: Function, value: int) -> bool:
    """True when the text that a value holds begins like a statement of SQL, as far as it is written in the program."""
    return any(_VERB.match(text) for text in literals(program, function, value))


def statements(program: Program, files: Iterable[File]) -> Iterator[Sinking]:
    """Statements of SQL, put together from parts, that are given to what nobody knows: a helper outside the program."""
    for file in files:
        for at, value in _worded(file):
            yield from _given(program, file.functions[at], value)


@derived(list[tuple[int, int]])
def _worded(file: File) -> list[tuple[int, int]]:
    """The literals that are statements: index of the body, id of the value."""
    found = ((body, value) for body in file.functions for value in body.of(_LITERALS))
    return [(body.index, value) for body, value in found if _is_statement(body.values[value])]


def _is_statement(step: f.AnyValue) -> bool:
    text = step.value if type(step) is f.Const else None
    return isinstance(text, str) and len(text) > SHORTEST and _STATEMENT.match(text) is not None


def _given(program: Program, function: Function, value: int) -> Iterator[Sinking]:
    pending, seen = [value], {value}
    while pending:
        current = pending.pop()
        for user in function.users.get(current, ()):
            step = function.values[user]
            if type(step) is f.Call and current != step.receiver and current in step.args:
                target = program.target(function, user)
                if current != value and not target.functions and target.model is None and target.made is None:
                    yield Sinking(function, user, current, "sql", target.external or step.callee)
            elif user not in seen and _holds_text(step):
                seen.add(user)
                pending.append(user)


def _holds_text(step: f.AnyValue) -> bool:
    if type(step) is f.Call:
        return step.callee in {"format", "strip", "replace"}
    return type(step) in {f.Template, f.Phi, f.Conditional} or (type(step) is f.Binary and step.op in {"+", "%"})


def literals(program: Program, function: Function, value: int, depth: int = 0) -> Iterator[str]:
    """The literal texts that a value is put together from, in the order of the source."""
    if value < 0 or depth > DEPTH:
        return
    step = function.values[value]
    if type(step) is f.Const:
        if isinstance(step.value, str):
            yield step.value
    elif type(step) is f.Ref:
        entity = program.names.resolve(function.file, step.path).entity
        if isinstance(entity, Variable) and entity.function is not function:
            yield from literals(program, entity.function, entity.value, depth + 1)
    elif type(step) in {f.Template, f.Binary, f.Phi, f.Conditional, f.Call, f.Collection, f.Await, f.Store}:
        for operand in f.operands(step):
            if operand < value:
                yield from literals(program, function, operand, depth + 1)


def before(flow: Flow) -> str | None:
    """The literal text right before the place in which the value is put, None if it is not put into any text.

    Of several texts that it is put into, the innermost one that has words before the place, with what stands before it
    in those further inside: of `"WHERE name = '%s'" % (first + "-" + second)`, `WHERE name = '?-` for the second.
    """
    found: str | None = None
    for text in all_before(flow):
        found = text + (found or "").strip(" ")
        if _WORD.search(found):
            return found
    return found


def all_before(flow: Flow) -> Iterator[str]:
    """The literal text right before the place, in each text that the value is put into, the innermost first."""
    for inner, outer in pairwise(flow.spots):
        text = _before(outer.function, outer.value, inner.value) if inner.function is outer.function else None
        if text is not None:
            yield text


def _before(function: Function, whole: int, part: int) -> str | None:
    step = function.values[whole]
    if type(step) is f.Template and part in step.parts:
        return "".join(_literal(function, p) for p in step.parts[: step.parts.index(part)])
    if type(step) is f.Binary and step.op == "+":
        return _ending(function, step.left) if part == step.right else ""
    if type(step) is f.Binary and step.op == "%" and part != step.left:
        return _until(_ending(function, step.left), _index(function, step.right, part))
    name = step.callee.rpartition(".")[2] if type(step) is f.Call and part != step.receiver else ""
    if type(step) is f.Call and name == "format":
        return _before_place(_ending(function, step.receiver), step, part)
    if type(step) is f.Call and name == "join" and part in step.args[1:]:
        return " ? /"
    if type(step) is f.Collection and part in step.items[1:] and _is_joined(function, whole):
        before_it = step.items[: step.items.index(part)]
        return "" if all(_literal(function, item) == "" for item in before_it) else " ? "
    return None


def _before_place(text: str, step: f.Call, part: int) -> str:
    """What stands before the place that `format` fills with a value, by its number or by its name."""
    if part in step.args:
        return _until(text, step.args.index(part))
    named = (re.search(r"\{" + name + r"\b", text) for name, value in step.keywords if value == part)
    return text[: found.start()] if (found := next(named, None)) else _until(text, 0)


def _is_joined(function: Function, listed: int) -> bool:
    """The list becomes one text: `"?".join([base, query])`."""
    users = (function.values[user] for user in function.users.get(listed, ()))
    return any(type(step) is f.Call and step.callee == "join" and listed in step.args for step in users)


def _index(function: Function, right: int, part: int) -> int:
    """Which place of a `%` format a value fills; names are taken in the order of the dictionary."""
    given = function.values[function.origin(right)]
    if type(given) is not f.Collection or part not in given.items:
        return 0
    index = given.items.index(part)
    return index // 2 if given.kind == "dict" else index


def _ending(function: Function, value: int, depth: int = 0) -> str:
    if value < 0:
        return " ? "
    value = function.origin(value)
    step = function.values[value]
    if type(step) is f.Const:
        return _literal(function, value)
    if depth < DEPTH and type(step) is f.Binary and step.op == "+":
        return _ending(function, step.left, depth + 1) + _ending(function, step.right, depth + 1)
    if type(step) is f.Template:
        return "".join(_literal(function, p) for p in step.parts)
    if type(step) is f.Collection and not step.items:
        return ""
    if depth < DEPTH and type(step) is f.Phi:  # of a loop that adds to it, as it was before
        first = [option for option in step.options if option < value]
        return _ending(function, first[0], depth + 1) if len(first) == 1 < len(step.options) else " ? "
    return " ? "


def _literal(function: Function, value: int) -> str:
    step = function.values[function.origin(value)]
    return step.value if type(step) is f.Const and isinstance(step.value, str) else " ? "


def _until(text: str, index: int) -> str:
    """The text before the place of this number."""
    for number, match in enumerate(_PLACE.finditer(text)):
        if number == index:
            return text[: match.start()]
    return text
