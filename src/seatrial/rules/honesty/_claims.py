"""What tests say: their assertions, as statements and as calls, in one form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from seatrial.model import facts as f
from seatrial.program import Function, Program, written
from seatrial.program.ancestry import made_of

_COLLECTED = re.compile(r"(?:^|/)tests?[^/]*\Z|[._-](?:tests?|spec)\.\w+\Z")
"""Files that runners look into (pytest `python_files`, unittest `test*.py`, Django `tests.py`)."""
_SKIPS = re.compile(r"(?:^|\.)skip\Z")
_NO_ERROR = re.compile(r"(?i)(\b(not|without|no|never)|n't) (an? |any )?(rais|fail|crash|error|exception|throw|warn)")
_ASSERTS = frozenset({f.Assert, f.Call})
_LATER = frozenset({f.Caught, f.Call, f.Await})
"""Values that come of an error, or are worked out when it has come."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion: `value` is the id of the statement or call, `says` what must hold of `left` (and `right`, or NONE)."""

    value: int
    says: str
    left: int
    right: int = f.NONE


def is_test(function: Function) -> bool:
    """A test as runners collect it: by its name, at the top level of a class or a file that is named as one of tests.

    Others are given to a program as its input: `tests/data/formatted.py`.
    """
    outer = function.parent
    return (
        function.facts.kind == "function"
        and _COLLECTED.search(function.file.path) is not None
        and function.name.startswith("test")
        and outer is not None
        and not outer.is_callable
    )


def is_skipped(function: Function) -> bool:
    """A decorator on it, or on its class, lets no runner call it: `@unittest.skip("later")`; `skipif` may let it."""
    said = [written(function.parent, one) for one in function.facts.decorators] if function.parent else []
    if function.cls is not None:
        said += [written(function.cls.outer, one) for one in function.cls.facts.decorators]
    return any(_SKIPS.search(one.removesuffix("(…)")) for one in said)


def is_about_errors(function: Function) -> bool:
    """A docstring or comment says what the test is for: that no error comes."""
    lines = range(function.facts.line, function.facts.end_line + 1)
    return any(c.line in lines and _NO_ERROR.search(c.text) for c in function.file.facts.comments)


def claims(program: Program, function: Function) -> Iterator[Claim]:
    """The assertions in a body, in order."""
    for value in function.of(_ASSERTS):
        step = function.values[value]
        if type(step) is f.Assert:
            yield from _parts(function, value, step.test)
        elif type(step) is f.Call and (said := _said(program, step)) and len(step.args) > ("true" not in said):
            right = step.args[1] if len(step.args) > 1 and said not in {"true", "false"} else f.NONE
            yield Claim(value, said, step.args[0], right)


def _said(program: Program, step: f.Call) -> str:
    """By the name alone: tests are many, and the types of what they call are not needed here."""
    if not step.callee.startswith("assert") or step.receiver < 0:
        return ""
    model = program.models.method("", step.callee)
    return model.claims or "" if model else ""


def _parts(function: Function, value: int, test: int) -> Iterator[Claim]:
    """`assert a == b and c` says two things."""
    step = function.values[test]
    if type(step) is f.Binary and step.op == "and":
        yield from _parts(function, value, step.left)
        yield from _parts(function, value, step.right)
    elif type(step) is f.Compare:
        yield _compared(function, value, step)
    elif type(step) is f.Call and step.callee == "!isinstance" and len(step.args) > 1:
        yield Claim(value, "isinstance", step.args[0], step.args[1])
    elif type(step) is f.Unary and step.op == "not":
        yield Claim(value, "false", step.value)
    else:
        yield Claim(value, "true", test)


def _compared(function: Function, value: int, step: f.Compare) -> Claim:
    right = function.values[step.right]
    is_none = type(right) is f.Const and right.kind == "none"
    says = "is not None" if step.op == "is not" and is_none else step.op
    return Claim(value, says, step.left, step.right)


def excuses(function: Function, claim: Claim) -> bool:
    """It says when an error may come, by what was known before: `except NotFound: assert self.kind == "draft"`."""
    about = {type(function.values[value]) for value in sources(function, claim)}
    return f.Attr in about and _LATER.isdisjoint(about)


def sources(function: Function, claim: Claim) -> list[int]:
    """All values that a claim is made from."""
    return sorted(made_of(function, claim.left, claim.right))
