"""What a test looks at without asking: claims that nothing reaches, and comparisons that nothing asserts."""

import re
from collections.abc import Iterator, Sequence

from seatrial.model import facts as f
from seatrial.program import Function, Program
from seatrial.rules.honesty._claims import Claim, sources
from seatrial.rules.honesty._tautologies import SURE

_ANY_ERROR = ("AssertionError", "!Exception", "!BaseException")
_LOOKED_UP = ("AttributeError", "KeyError", "IndexError", "LookupError", "TypeError", "NameError")
"""Errors that a look at a value itself may raise."""
_PLAIN = frozenset(
    {"status_code", "returncode", "exit_code", "call_count", "called", "text", "content", "data", "headers"}
)
"""Attributes that are there, and raise nothing when they are read."""
_RAISES = re.compile(r"(?i)raises|warns|suppress|expect|throws")
"""What a block is called that waits for an error, also those of a project's own: `assertRaisesMessage`."""
_COMPARED, _CALLS = frozenset({f.Compare}), frozenset({f.Call})
_LOOKS = frozenset({f.Index, f.Await, f.Binary, f.Call})


def unreached(program: Program, function: Function, said: Sequence[Claim]) -> Iterator[int]:
    """Claims within a block that expects an error, behind what is to raise it."""
    for region in function.regions if said else ():
        if region.kind == "with" and (expected := _expected(program, function, region.subject)):
            inside = (one for one in said if region.start < one.value < region.end)
            for claim in (one for one in inside if next(function.enclosing(one.value)) == region):
                if _is_of_error(function, region, claim) or _is_plain(function, region, claim, expected):
                    yield claim.value


def _expected(program: Program, function: Function, subject: int) -> str:
    """The error that a block expects, as it is written; empty if it expects none, or any."""
    step = function.values[subject] if subject >= 0 else None
    if type(step) is not f.Call or not step.args:
        return ""
    model = program.models.method("", step.callee) if step.receiver >= 0 else program.models.function(step.callee)
    kind = function.values[step.args[0]]
    is_meant = type(kind) is f.Ref and not kind.path.endswith(_ANY_ERROR)
    return kind.path if type(kind) is f.Ref and is_meant and model is not None and model.scope == "raises" else ""


def _is_of_error(function: Function, region: f.Region, claim: Claim) -> bool:
    """The claim is about the error that the block gives, and stands after the last call of the block."""
    about = sources(function, claim)
    entered = [v for v in about if type(s := function.values[v]) is f.Enter and s.manager == region.subject]
    own = set(about)
    calls = [c for c in function.calls if region.start <= c < region.end and c not in own and c != claim.value]
    return bool(entered) and bool(calls) and max(calls) < claim.value


def _is_plain(function: Function, region: f.Region, claim: Claim, expected: str) -> bool:
    """Looking at its values raises nothing, so what is expected was raised by a call before: `assert result == 1`."""
    if claim.says == "true" or expected.endswith(_LOOKED_UP):
        return False
    line = function.values[claim.value].line
    before = [c for c in function.calls if region.start <= c < claim.value and function.values[c].line < line]
    own = range(max(before, default=region.start) + 1, claim.value)
    return bool(before) and all(_raises_nothing(function.values[value]) for value in own)


def _raises_nothing(step: f.AnyValue) -> bool:
    if type(step) is f.Attr:
        return step.name in _PLAIN
    if type(step) is f.Call:
        return step.callee == "!len"
    return type(step) not in _LOOKS


def unasked(function: Function) -> Iterator[tuple[int, str, float]]:
    """Comparisons that are made and dropped, and what was to be compared given as a message."""
    subjects = {region.subject for region in function.regions}
    cases = {region.line for region in function.regions if region.kind == "case"}
    for value in function.of(_COMPARED):
        is_asked = value in function.users or value in subjects or function.values[value].line in cases
        if not is_asked and not _is_tried(function, value):
            yield value, "nothing asserts this comparison, so nothing is checked", SURE
    for value in function.of(_CALLS):
        step = function.values[value]
        if type(step) is f.Call and step.callee == "assertTrue" and _expects_a_message(function, value, step):
            yield value, "holds for all that is not empty: the second argument is a message, not what is expected", SURE


def _is_tried(function: Function, value: int) -> bool:
    """Whether two things can be compared at all is what is tried."""
    for region in function.enclosing(value):
        step = function.values[region.subject] if region.kind == "with" and region.subject >= 0 else None
        if region.kind == "try" or (type(step) is f.Call and _RAISES.search(step.callee.rpartition(".")[2])):
            return True
    return False


def _expects_a_message(function: Function, call: int, step: f.Call) -> bool:
    """A number or a list stands there, written out."""
    if len(step.args) != 2 or type(function.values[function.origin(step.args[0])]) is f.Compare:
        return False
    told = function.values[step.args[1]]
    is_number = type(told) is f.Const and told.kind in {"int", "float"}
    is_list = type(told) is f.Collection and told.kind == "list" and told.region < 0
    return (is_number or is_list) and tuple(function.users.get(step.args[1], ())) == (call,)
