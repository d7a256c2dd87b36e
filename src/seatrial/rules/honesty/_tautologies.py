"""Claims that hold whatever the code under test does."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from seatrial.model import facts as f
from seatrial.program import Function, Program, written
from seatrial.rules.contract import SLIGHT
from seatrial.rules.honesty._claims import Claim

SURE, LIKELY, _WEAK = 0.85, 0.75, 0.5
Verdict: TypeAlias = tuple[str, float] | None
"""Why a claim always holds, and how sure that is; None if it may fail."""
_OF_IDENTITY = re.compile(r"(?i)eq|hash|same|ident|compar|cmp|reflex|nan|cache|memo|descriptor|singleton|lazy|once")
_SAYS_SO = re.compile(r"(?i)(not|no|without)_|smoke|import|works|doesnt")
_MAKES = re.compile(r"(?i)creat|instantiat|initiali[sz]|construct|set_?up|(?:^|_)init(?:_|\Z)")
"""Names of tests that are to show that something can be made at all."""
_ENDS = re.compile(r"(?i)(?:_|\b)(?:stop|end|finish|shut_?down|tear_?down|clean_?up)(?:_|\Z)")
"""Names of what a runner calls as the last test, to put away."""
_STORES_ATTRIBUTE = frozenset({f.StoreAttr})


def always_holds(program: Program, function: Function, claim: Claim) -> Verdict:
    """The first reason for which a claim cannot fail."""
    return next((found for judge in _JUDGES if (found := judge(program, function, claim))), None)


def _is_true(program: Program, function: Function, claim: Claim) -> Verdict:
    if claim.says != "true" or _is_rewritten(function, claim.left):
        return None
    step = function.values[claim.left]
    if type(step) is f.Const and step.value:
        likely = SURE if step.kind == "str" else SLIGHT if _is_the_end(function, claim) else LIKELY
        return "always holds: it asserts a constant", likely
    if type(step) is f.Collection and step.kind == "tuple" and step.items:
        return "always holds: a tuple is true, whatever it holds", SURE
    if type(step) is f.Binary and step.op == "or" and _is_constant_true(function, step.right):
        return "always holds: `or` has a constant beside it", SURE
    return _is_method(program, function, step)


def _is_the_end(function: Function, claim: Claim) -> bool:
    """The test does something, or puts away what others did: that nothing is raised is all that is to be seen."""
    return bool(_ENDS.search(function.name)) or any(call != claim.value for call in function.calls)


def _is_constant_true(function: Function, value: int) -> bool:
    step = function.values[value]
    return type(step) is f.Const and bool(step.value)


def _is_method(program: Program, function: Function, step: f.AnyValue) -> Verdict:
    owner = program.type_of(function, step.base) if type(step) is f.Attr else None
    if type(step) is not f.Attr or owner is None or owner.cls is None or owner.meta:
        return None
    member = program.types.member(owner.cls, step.name)
    method = member.entity if member else None
    if not isinstance(method, Function) or method.facts.decorators or method.facts.kind != "function":
        return None
    return f"always holds: {step.name} is a method and is not called", SURE


def _is_equal(program: Program, function: Function, claim: Claim) -> Verdict:
    del program
    if claim.says not in {"==", "is", "<=", ">="} or claim.right < 0:
        return None
    left, right = function.values[claim.left], function.values[claim.right]
    if type(left) is f.Const and type(right) is f.Const:
        holds = claim.says in {"==", "is"} and left.value == right.value and not _is_rewritten(function, claim.left)
        return ("always holds: both sides stand in the test", LIKELY) if holds else None
    same = claim.left == claim.right or _is_same_attribute(left, right, claim)
    if not same or _OF_IDENTITY.search(function.symbol) or _is_rewritten(function, claim.left):
        return None
    sure = _WEAK if claim.says == "is" and type(left) is f.Attr else LIKELY  # a descriptor may make a new one each time
    return f"always holds: {written(function, claim.left) or 'a value'} is compared with itself", sure


def _is_same_attribute(left: f.AnyValue, right: f.AnyValue, claim: Claim) -> bool:
    """Read twice in the assertion itself; what was read before may have changed since."""
    if type(left) is not f.Attr or type(right) is not f.Attr or claim.right != claim.left + 1:
        return False
    return (left.base, left.name) == (right.base, right.name)


def _is_rewritten(function: Function, value: int) -> bool:
    """A function inside the test gives the variable another value."""
    names = {s.name for u in function.users.get(value, ()) if type(s := function.values[u]) is f.Store}
    return bool(names) and any(
        type(s) is f.Store and s.outer and s.name in names
        for inner in function.file.functions
        if inner.parent is function
        for s in inner.values
    )


def _is_size(program: Program, function: Function, claim: Claim) -> Verdict:
    del program
    if claim.says not in {">=", ">"} or claim.right < 0:
        return None
    left, right = function.values[claim.left], function.values[claim.right]
    bound = 0 if claim.says == ">=" else -1
    is_bound = (type(right) is f.Const and right.kind == "int" and right.value == bound) or (
        bound < 0 and type(right) is f.Unary and right.op == "-" and _is_constant_true(function, right.value)
    )
    if is_bound and type(left) is f.Call and left.callee in {"!len", "count"}:
        return "always holds: a size is never below 0", SURE
    return None


def _is_made_here(program: Program, function: Function, claim: Claim) -> Verdict:
    """`is not None` and `isinstance` of what a class has just made."""
    made = function.values[claim.left]
    if claim.says not in {"is not None", "isinstance"} or type(made) is not f.Call or made.receiver >= 0:
        return None
    if claim.says == "isinstance":
        kind = function.values[claim.right]
        if type(kind) is not f.Ref or kind.path != made.callee:
            return None
    cls = program.target(function, claim.left).made
    if (
        cls is None
        or program.types.member(cls, "__new__")
        or _SAYS_SO.search(function.name)
        or cls.facts.keywords
        or made.args
        or made.keywords
    ):
        return None
    return f"always holds: the {cls.name} is made here", _WEAK if _MAKES.search(function.name) else LIKELY


def _is_own_answer(program: Program, function: Function, claim: Claim) -> Verdict:
    """A mock is asked for what the test told it to answer."""
    del program
    if claim.says not in {"==", "is"} or claim.right < 0:
        return None
    for asked, expected in ((claim.left, claim.right), (claim.right, claim.left)):
        call = function.values[function.origin(asked)]
        if (
            type(call) is f.Call
            and call.receiver >= 0
            and any(_is_alike(function, answer, expected) for answer in _answers(function, call, asked))
        ):
            return "always holds: the mock gives what the test itself told it to give", LIKELY
    return None


def _answers(function: Function, call: f.Call, before: int) -> Iterator[int]:
    """The values that were given to `return_value` of what is called."""
    for value in function.of(_STORES_ATTRIBUTE):
        step = function.values[value]
        if type(step) is f.StoreAttr and step.name == "return_value" and value < before:
            mock = function.values[step.base]
            if step.base == call.receiver if not call.callee else _is_attribute(mock, call):
                yield step.value


def _is_attribute(mock: f.AnyValue, call: f.Call) -> bool:
    return type(mock) is f.Attr and (mock.base, mock.name) == (call.receiver, call.callee)


def _is_alike(function: Function, one: int, other: int) -> bool:
    a, b = function.values[one], function.values[other]
    return one == other or (type(a) is f.Const and type(b) is f.Const and a.value == b.value)


_JUDGES: tuple[Callable[[Program, Function, Claim], Verdict], ...] = (
    _is_true, _is_equal, _is_size, _is_made_here, _is_own_answer,
)  # fmt: skip
