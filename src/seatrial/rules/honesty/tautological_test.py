"""An assertion holds whatever the code does: it compares a thing with itself, or is never reached.

The test is green today, after the bug, and for ever. It is counted as proof, so nobody writes the test that is missing.

Assert what the code under test gave back or left behind, against a value that stands in the test.

## Bad: it cannot fail

```test_shop.py
import unittest
from unittest.mock import Mock
from shop import Order, total

def test_placeholder():
    assert True  # finding: always holds

def test_message():
    order = Order()
    assert (order.size == 3, "three are ordered")  # finding: a tuple

def test_result():
    result = total([1, 2])
    assert result == result  # finding: with itself

def test_size():
    assert len(total([1])) >= 0  # finding: never below 0

def test_or():
    result = total([1])
    assert result == 3 or True  # finding: always holds

def test_not_called():
    order = Order()
    assert order.is_paid  # finding: is_paid is a method

def test_made():
    order = Order()
    assert order is not None  # finding: made here

def test_kind():
    assert isinstance(Order(), Order)  # finding: made here

def test_own_answer():
    gateway = Mock()
    gateway.charge.return_value = 5
    assert gateway.charge() == 5  # finding: what the test itself

class Orders(unittest.TestCase):
    def test_true(self):
        self.assertTrue(True)  # finding: always holds

    def test_count(self):
        self.assertGreaterEqual(len(total([1])), 0)  # finding: never below 0

    def test_known(self):
        expected = 3
        self.assertEqual(expected, 3)  # finding: always holds
```

```shop.py
class Order:
    size = 0

    def is_paid(self):
        return False

def total(values):
    return values
```

## Bad: it is not reached, or not called

```test_errors.py
import pytest
from unittest.mock import Mock
from shop import total

def test_error():
    try:
        total(None)
    except TypeError as error:
        assert "None" in str(error)  # finding: nothing fails when

def test_after():
    with pytest.raises(TypeError) as caught:
        total(None)
        assert "None" in str(caught.value)  # finding: not reached

def test_sent():
    sender = Mock()
    total([sender])
    sender.assert_called_once  # finding: not called

def test_was_sent():
    sender = Mock()
    total([sender])
    assert sender.called_once_with(1)  # finding: called_once_with
```

```shop.py
def total(values):
    return sum(values)
```

## Good

```test_shop.py
import unittest
import pytest
from hypothesis import given, strategies as st
from unittest.mock import Mock
from shop import Order, total

LIMIT = 3

def test_total():
    result = total([1, 2])
    assert result == 3 and result is not None

def test_equality():
    order = Order()
    assert order == order
    assert hash(order) == hash(order)

def test_callback():
    called = False
    ready = True

    def note():
        nonlocal called, ready
        called = True
        ready = False

    total([1], note)
    assert ready
    assert called == False

def test_kept():
    order = Order()
    size = order.size
    total([order])
    assert order.size == size

def test_no_error():
    try:
        total(None)
    except TypeError:
        assert False, "an error"

def test_own_error():
    def fail():
        raise TypeError("None")
    try:
        fail()
    except TypeError as error:
        assert "None" in str(error)

def test_loop():
    count = 0
    for value in total([1]):
        count += value
    assert count == 0 or count == 1

def test_error():
    try:
        total(None)
    except TypeError as error:
        assert "None" in str(error)
    else:
        pytest.fail("no error")

@given(st.binary())
def test_any(data):
    try:
        total(data)
    except TypeError as error:
        assert "bytes" in str(error)

def test_error_again():
    try:
        total(None)
        assert False
    except TypeError as error:
        assert "None" in str(error)

def test_cleanup(path):
    with pytest.raises(TypeError) as caught:
        total(None)
    assert "None" in str(caught.value)

def test_asserts_inside():
    with pytest.raises(ValueError):
        order = total([1])
        assert order.lazy == 3

def test_made():
    order = Order()
    assert order is not None
    assert order.size == 0

def test_reached():
    if total([1]):
        assert True
    else:
        pytest.fail("nothing")

def test_paid():
    order = Order()
    assert order.is_paid()
    assert order.is_open
    assert total

def test_gateway():
    gateway = Mock()
    gateway.charge.return_value = 5
    assert total([gateway]) == 5
    gateway.charge.assert_called_once()

class Orders(unittest.TestCase):
    def test_parts(self):
        for i in range(2):
            with self.subTest(index=i):
                self.assertEqual(i, i)

    def test_count(self):
        self.assertGreaterEqual(len(total([1])), 1)
        self.assertEqual(LIMIT, 3)
```

```shop.py
class Order:
    size = 0

    def is_paid(self):
        return False

    @property
    def is_open(self):
        return False

def total(values):
    return values
```

"""

import re
from collections import Counter
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.rules.contract import Match, rule
from seatrial.rules.honesty._claims import Claim, claims, excuses, is_about_errors, is_skipped, is_test
from seatrial.rules.honesty._tautologies import SURE, always_holds
from seatrial.rules.honesty._vacuous import unasked, unreached

_WEAK = 0.5
_BRANCHES = frozenset({"if", "else", "except", "orelse", "case", "finally"})
_SAMPLES = re.compile(r"(?i)(^|/)(fixtures?|samples?|examples?|data|testdata|resources|assets|\w+_apps)(/|$)")
"""Folders of test code that other tests run or read."""
_CHECKS = re.compile(r"(?i)^_*(assert|expect|check|verify|fail|should|raises|must|abort|skip)")
_MISSPELT = frozenset({"called_once", "called_once_with", "called_with", "has_calls", "not_called", "has_been_called"})
_MOCK_CHECK = re.compile(r"assert_(not_called|called|has_calls|any_call|(not_)?awaited|has_awaits|any_await)\w*$")
_ATTRIBUTES = frozenset({f.Attr})


@rule(severity=Severity.WARNING, cwe=(1126,), about_tests=True)
def check(program: Program) -> Iterator[Match]:
    """Assertions that hold whatever happens, and those that nothing reaches; each reason once for a test."""
    for function in program.tests:
        if is_test(function) and not is_skipped(function):
            said = list(claims(program, function))
            found = [
                *_empty(program, function, said),
                *_unreached(program, function, said),
                *_uncalled(function),
                *unasked(function),
            ]
            times = Counter(message for _, message, _ in found)
            for value, message, confidence in found:
                if times[message]:
                    yield _match(function, value, message, confidence, times[message])
                    times[message] = 0


def _empty(program: Program, function: Function, said: list[Claim]) -> Iterator[tuple[int, str, float]]:
    """Claims that cannot fail. Beside others that can, the less certain ones do no harm."""
    empty = [(claim.value, *found) for claim in said if (found := always_holds(program, function, claim))]
    alone = 0 < len(empty) == len(said) and not _is_checked_elsewhere(program, function)
    for value, message, confidence in empty:
        in_branch = any(region.kind in _BRANCHES for region in function.enclosing(value))
        sure = confidence == SURE or (alone and not in_branch)
        yield value, message, confidence if sure and not _is_sample(function) else _WEAK


def _is_sample(function: Function) -> bool:
    """Other tests run it or read it, or it is there to try what runs tests: `subTest`."""
    runs = any(step.callee == "subTest" for c in function.calls if type(step := function.values[c]) is f.Call)
    return runs or _SAMPLES.search(function.file.folder) is not None


def _is_checked_elsewhere(program: Program, function: Function) -> bool:
    """Helpers, mocks and blocks that expect an error check something too."""
    calls = (function.values[c] for c in function.calls)
    names = [c.callee.rpartition(".")[2].lstrip("!:?") for c in calls if type(c) is f.Call]
    claiming = (m for n in names if _CHECKS.match(n) and (m := program.models.method("", n)) and m.claims)
    return sum(1 for n in names if _CHECKS.match(n)) > sum(1 for _ in claiming)


def _unreached(program: Program, function: Function, said: list[Claim]) -> Iterator[tuple[int, str, float]]:
    """Claims after what is expected to raise, and tests whose claims all wait for an error that nothing demands."""
    for value in unreached(program, function, said):
        yield value, "not reached: the line before it is expected to raise", SURE
    inside = [c for c in said if any(r.kind == "except" for r in function.enclosing(c.value))]
    if any(_is_failure(function, claim) for claim in inside):
        return
    if inside and len(inside) == len(said) and not _demands_error(program, function, inside):
        denies = all(claim.says in {"not in", "!=", "isinstance"} or excuses(function, claim) for claim in inside)
        sure = _WEAK if denies or is_about_errors(function) or _is_property(function) else 0.78
        yield inside[0].value, "nothing fails when there is no error: this is all that is asserted", sure


def _is_property(function: Function) -> bool:
    """Whatever input comes, an error is one of its right answers: `@given(st.binary())`."""
    outer = function.parent
    return outer is not None and any("given(" in written(outer, d) for d in function.facts.decorators)


def _is_failure(function: Function, claim: Claim) -> bool:
    """`assert False`: what it stands in must not happen."""
    step = function.values[claim.left]
    return claim.says == "true" and type(step) is f.Const and not step.value


def _demands_error(program: Program, function: Function, inside: list[Claim]) -> bool:
    """Something else fails when no error comes: a call that says so, a raise, or a look at what the handler kept.

    Or the error comes each time: what is called does nothing but raise.
    """
    handlers = [r for c in inside for r in function.enclosing(c.value) if r.kind == "except"]
    outside = [v for v in range(len(function.values)) if not any(r.start <= v < r.end for r in handlers)]
    steps = [function.values[v] for v in outside]
    calls = (s.callee.rpartition(".")[2].lstrip("!:?") for s in steps if type(s) is f.Call)
    raising = any(type(s) is f.Raise for g in function.file.functions if g.parent is function for s in g.values)
    leaving = any(type(s) in {f.Raise, f.Return, f.Yield} for s in steps)
    made = any(_only_raises(g) for c in function.calls for g in program.target(function, c).functions)
    return raising or leaving or made or any(_CHECKS.match(name) for name in calls)


def _only_raises(function: Function) -> bool:
    """A function that comes to a `raise` on every way."""
    ways = [v for v, step in enumerate(function.values) if type(step) in {f.Raise, f.Return, f.Yield}]
    return (
        bool(ways) and type(function.values[ways[-1]]) is f.Raise and len(ways) == 1 and function.region_of[ways[0]] < 0
    )


def _uncalled(function: Function) -> Iterator[tuple[int, str, float]]:
    """Checks of mocks that are only named, and names that a mock answers with another mock."""
    for value in function.of(_ATTRIBUTES):
        step = function.values[value]
        if type(step) is f.Attr and _MOCK_CHECK.match(step.name) and value not in function.users:
            yield value, f"{step.name} is not called, so nothing is checked", SURE
    for value in function.calls:
        call = function.values[value]
        if type(call) is f.Call and call.receiver >= 0 and call.callee in _MISSPELT:
            yield value, f"{call.callee} is no check: a mock answers it with another mock", SURE


def _match(function: Function, value: int, message: str, confidence: float, times: int) -> Match:
    return Match(
        message=f"{message} ({times} times in this test)" if times > 1 else message,
        function=function,
        line=function.values[value].line,
        key=message,
        confidence=confidence,
    )
