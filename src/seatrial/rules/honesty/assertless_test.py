"""A test runs code and checks nothing: it can only fail if the code crashes.

It counts as coverage and as proof, and it stays green while the result is wrong; a suite of such tests lets every mistake through
that does not raise.

Assert what the code is for: the value, the row, the response, the message that was sent. If "does not raise" is all that is meant, say so
in the name.

## Bad

```test_shop.py
from shop import total

def test_total():
    result = total([1, 2])  # finding: test_total

class TestOrders:
    def test_place(self, client):
        response = client.post("/orders", json={})  # finding: test_place
        print(response.status_code)
```

## Good

```test_shop.py
import pytest
import unittest
from shop import total

def test_total():
    assert total([1, 2]) == 3

def test_empty():
    with pytest.raises(ValueError):
        total([])

def check(value):
    assert value > 0

def test_through_a_helper():
    check(total([1]))

def test_does_not_raise():
    total([1])

class Orders(unittest.TestCase):
    def test_place(self):
        self.assertEqual(total([1]), 1)

    @unittest.skip("later")
    def test_later(self):
        pass

def test_mock(sender):
    total([1])
    sender.assert_called_once()

def test_made():
    order = total([1])

def test_result_is_meant_to_be_dropped():
    result = total([1])  # noqa: F841

def test_large():
    # Should not raise an exception.
    result = total([1] * 1000)
```

```shop.py
def total(values):
    return sum(values)
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.program.ancestry import made_of
from seatrial.program.texts import text_of
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.honesty._claims import is_about_errors, is_test
from seatrial.rules.honesty._fixtures import Fixtures

DEPTH = 4
"""How many helpers deep an assertion is looked for."""
_CHECKS = re.compile(
    r"(?i)^_*(assert|expect|verify|check|should|ensure|validate|compare|fail|raises|warns|deprecated|match|snapshot|test|run_?test|must)"
)
_SAYS_SO = re.compile(
    r"(?i)(not|no|without)_(raise|error|fail|crash|exception|warn)|smoke|import|works|doesnt|benchmark|crash|regression"
    r"|ticket|issue_?\d|bug_?\d|_ok$"
)
_RESULT = re.compile(
    r"(?i)(?!_)(.*_)?(result|res|response|resp|ret|rv|actual|output|out|got|answer|reply|returned|value|data)s?\d?\Z"
)
"""Names of what a test was to look at; others may be made for what their making does, and `_values` is not to be used."""
_REQUESTS = frozenset({"get", "post", "put", "patch", "delete"})
_STRICT = frozenset({"app", "testapp", "test_app"})
"""How the application under test is called where its library (WebTest) fails for every answer that is an error."""
_EXPECTED = frozenset({"status", "expected", "expected_status", "check"})
"""Keywords by which a call says what has to come out: `submit(status=303)`, `run(command, check=True)`."""
_HARMLESS = (
    "parametrize(…)",
    "usefixtures(…)",
    "patch(…)",
    "patch.object(…)",
    "override_settings(…)",
    "asyncio",
    "django_db",
    "django_db(…)",
)
"""Decorators that leave a test a test; others skip it, count its calls, or check it in their own way."""


@rule(severity=Severity.WARNING, cwe=(1126,), about_tests=True)
def check(program: Program) -> Iterator[Match]:
    """Test functions in which no assertion can be reached."""
    fixtures = Fixtures(program)
    for function in program.tests:
        if (
            is_test(function)
            and "typing" not in function.file.path.split("/")  # read by type checkers
            and not _is_measured(function)
            and not _is_skipped(function)
            and not _is_asked_for(program, function)
            and not (_asserts(program, function, 0) or fixtures.check(function))
        ):
            calls = [c for c in function.calls if not function.is_annotation(c)]
            if calls and not _SAYS_SO.search(function.name) and not _returns(function):
                yield Match(
                    message=f"{function.name} checks nothing",
                    function=function,
                    line=function.values[calls[0]].line,
                    key="no assertion",
                    confidence=_confidence(program, function),
                )


def _confidence(program: Program, function: Function) -> float:
    if not _drops_a_result(function) or is_about_errors(function):
        return 0.5
    return SLIGHT if _asks_a_fixture(program, function) or _tells_all(function) else 0.78


_KNOWN = frozenset({"self", "client"})
"""Parameters of tests that check nothing by themselves."""


def _asks_a_fixture(program: Program, function: Function) -> bool:
    """What does the work is given to the test, and nothing is known of it: it may check by itself."""
    for call in function.calls:
        step, target = function.values[call], program.target(function, call)
        asks = type(step) is f.Call and step.receiver >= 0 and bool(step.callee)  # a bare call makes things
        given = function.values[function.origin(step.receiver)] if type(step) is f.Call and asks else None
        if type(given) is f.Param and given.name not in _KNOWN and not target.functions and target.model is None:
            return True
    return False


def _tells_all(function: Function) -> bool:
    """What it finds is gathered outside, where something else fails for it."""
    printed = (s.args for s in function.values if type(s) is f.Call and s.callee == "!print")
    return any(type(function.values[function.origin(value)]) is f.Call for args in printed for value in args)


def _returns(function: Function) -> bool:
    """It gives an answer to whoever calls it: a function of the program that is named like a test."""
    given = (function.values[s.value] for s in function.values if type(s) is f.Return and s.value >= 0)
    return any(type(step) is not f.Const or step.kind != "none" for step in given)


def _drops_a_result(function: Function) -> bool:
    """A result is given a name, or printed, and never looked at: the check was forgotten."""
    used = _used(function)
    meant = {c.line for c in function.file.facts.comments if "F841" in c.text}
    for step in function.values:
        is_named = type(step) is f.Store and step.value >= 0 and step.name not in used and _RESULT.match(step.name)
        if (
            type(step) is f.Store
            and is_named
            and type(function.values[step.value]) is f.Call
            and step.line not in meant
        ):
            return True
        if type(step) is f.Call and step.callee == "!print" and _shows_a_result(function, step):
            return True
    return not function.facts.has_doc and _drops_a_response(function)


def _shows_a_result(function: Function, step: f.Call) -> bool:
    """It prints what it was to look at, or the error that it takes: not how far it has come."""
    shown = set(made_of(function, *step.args))
    if any(type(function.values[value]) is f.Caught for value in shown):
        return True
    names = [one.name for one in function.values if type(one) is f.Store and one.value in shown]
    return any(map(_RESULT.match, names))


def _used(function: Function) -> set[str]:
    """The variables that are read at some time: one that is written again at the end is only carried on."""
    inner = [g for g in function.file.functions if g.parent is function]
    read = {v.name for g in inner for v in g.values if type(v) is f.Free}
    for step in function.values:
        users = function.users.get(step.value, ()) if type(step) is f.Store else ()
        if type(step) is f.Store and any(type(function.values[u]) is not f.Store for u in users):
            read.add(step.name)
    return read


def _drops_a_response(function: Function) -> bool:
    """The last thing that the test does is to send a request, and nobody looks at the answer."""
    last = function.values[function.calls[-1]] if function.calls else None
    if type(last) is not f.Call or last.receiver < 0 or last.callee not in _REQUESTS or not last.args:
        return False
    if written(function, last.receiver).rpartition(".")[2] in _STRICT:
        return False
    address = text_of(function, last.args[0])
    return address.startswith(("/", "http")) and not function.users.get(function.calls[-1])


def _is_measured(function: Function) -> bool:
    """A fixture does the checking: a benchmark compares times, a snapshot texts."""
    return any(p.name.endswith(("benchmark", "snapshot", "regression")) for p in function.facts.params)


def _is_skipped(function: Function) -> bool:
    outer = function.parent
    decorators = [written(outer, d) for d in function.facts.decorators] if outer else []
    return any(not d.endswith(_HARMLESS) for d in decorators)


def _is_asked_for(program: Program, function: Function) -> bool:
    """The program itself calls it: a command that tries something out and tells what came of it."""
    return any(not caller.file.is_test for caller, _ in program.calls.callers(function))


def _asserts(program: Program, function: Function, depth: int) -> bool:
    for value, step in enumerate(function.values):
        if type(step) in {f.Assert, f.Raise}:
            return True
        if type(step) is f.Call and _call_asserts(program, function, value, step, depth):
            return True
        if type(step) is f.Closure and _asserts(program, function.file.functions[step.function], depth + 1):
            return True  # in a callback
        if type(step) is f.Const and isinstance(step.value, str) and "\nassert " in step.value:
            return True  # in a text that is run
        if type(step) is f.Yield and depth == 0:  # a generator test, or a step of another framework
            return True
    return False


def _call_asserts(program: Program, function: Function, value: int, step: f.Call, depth: int) -> bool:
    if _CHECKS.match(step.callee.rpartition(".")[2].lstrip("!:?")) or any(
        name in _EXPECTED for name, _ in step.keywords
    ):
        return True
    reached = program.target(function, value).functions
    return depth < DEPTH and any(_asserts(program, r, depth + 1) for r in reached if r.file.is_test)
