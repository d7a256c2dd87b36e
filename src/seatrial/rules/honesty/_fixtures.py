"""Fixtures that check something when the test is over: what stands behind their `yield`."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program import Function, Program, written

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHECKS = frozenset({f.Assert, f.Raise})
_YIELDS = frozenset({f.Yield})


class Fixtures:
    """The checking fixtures of a program, by their names; asked by the tests that take them."""

    def __init__(self, program: Program) -> None:
        self._folders: dict[str, list[str]] = defaultdict(list)
        for function in program.tests:
            if function.facts.is_generator and _is_fixture(function) and _checks_behind(function):
                whole = function.file.path.rpartition("/")[2] == "conftest.py"
                self._folders[function.name].append(function.file.folder if whole else function.file.path)

    def check(self, test: Function) -> bool:
        """True when one that the test takes, as a parameter or by `usefixtures`, checks something behind it."""
        return any(test.file.path.startswith(place) for name in _taken(test) for place in self._folders.get(name, ()))


def _is_fixture(function: Function) -> bool:
    outer = function.parent
    return outer is not None and any("fixture" in written(outer, d) for d in function.facts.decorators)


def _checks_behind(function: Function) -> bool:
    given = min(function.of(_YIELDS), default=f.NONE)
    calls = (function.values[call] for call in function.calls if call > given >= 0)
    asserts = any(type(step) is f.Call and "assert" in step.callee for step in calls)
    return asserts or any(value > given >= 0 for value in function.of(_CHECKS))


def _taken(test: Function) -> Iterator[str]:
    yield from (param.name for param in test.facts.params)
    outer = test.parent
    for decorator in test.facts.decorators if outer is not None else ():
        step = outer.values[decorator] if outer is not None else None
        if type(step) is f.Call and step.callee.endswith("usefixtures") and outer is not None:
            named = (outer.values[value] for value in step.args)
            yield from (str(one.value) for one in named if type(one) is f.Const)
