"""Ahead: which relations a query loads with its rows, by the names, options and helpers that it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from seatrial.program.calls import Calls
    from seatrial.program.parts import Function


ALSO_OF_SOME = "::"
"""Between a relation and what comes with its rows however these are narrowed: the query of a `Prefetch` says so.

`order.lines.filter(…)` begins with that query; of what `prefetch_related("lines__seller")` has loaded it has nothing.
"""


class Ahead:
    """Reads what a query is told to load. `loaded`: the relations that a query of the program loads."""

    def __init__(self, calls: Calls, loaded: Callable[[Function, int], frozenset[str]]) -> None:
        self._calls = calls
        self._loaded = loaded
        self._entered: set[Function] = set()
        """Helpers whose names are being worked out: one may ask itself."""

    def named(self, function: Function, value: int) -> Iterator[str]:
        """The names of the relations that an argument of `prefetch_related`, `options` and the like speaks of."""
        step = function.values[function.origin(value)]
        if type(step) is f.Const and isinstance(step.value, str):
            yield step.value
        elif type(step) is f.Ref:  # selectinload(Order.items)
            yield step.path.rpartition(".")[2]
        elif type(step) is f.Attr:
            yield step.name
        elif type(step) is f.Call:  # Prefetch("items", …), joinedload(Order.items).joinedload(…)
            helpers = self._calls.target(function, function.origin(value)).functions
            if step.receiver >= 0:
                yield from self.named(function, step.receiver)
            if not helpers:
                yield from self._with_inner(function, step, list(self._first(function, step)))
            for helper in (one for one in helpers if one not in self._entered):
                self._entered.add(helper)
                yield from list(self._named_by(helper, step))
                self._entered.discard(helper)
        elif type(step) in {f.Spread, f.Param, f.Free, f.Phi}:
            yield "*"  # not known which: believe that it is right

    def _first(self, function: Function, call: f.Call) -> Iterator[str]:
        for argument in call.args[:1]:
            yield from self.named(function, argument)

    def _with_inner(self, function: Function, call: f.Call, names: list[str]) -> Iterator[str]:
        """The relations named, and what the rows behind them load: `Prefetch("items", queryset=…)`."""
        yield from names
        rows = [value for name, value in call.keywords if name == "queryset"] or list(call.args[1:2])
        inner = self._loaded(function, rows[0]) if rows else frozenset()
        ways = ("__", ALSO_OF_SOME) if call.callee.rpartition(".")[2] == "Prefetch" else ("__",)
        kept = (more for more in sorted(inner) if more != "*" and ALSO_OF_SOME not in more)
        yield from (f"{name}{way}{more}" for more in kept for name in names for way in ways)

    def _named_by(self, helper: Function, call: f.Call) -> Iterator[str]:
        """The relations that a function of the program names, as they stand there or as its parameters' defaults."""
        for returned in helper.returns:
            made = helper.values[helper.origin(returned)]
            if type(made) is not f.Call or call.args or call.keywords:
                yield from self.named(helper, returned)
                continue
            for argument in made.args[:1]:
                param = helper.values[helper.origin(argument)]
                default = _default(helper, param.name) if type(param) is f.Param else f.NONE
                names = (
                    self.named(helper.parent, default) if helper.parent and default >= 0 else self._first(helper, made)
                )
                yield from self._with_inner(helper, made, list(names))


def _default(function: Function, name: str) -> int:
    return next((param.default for param in function.facts.params if param.name == name), f.NONE)


def apart_of(function: Function, step: f.Call) -> Iterator[str]:
    """The paths that `prefetch_related("lines__product", Prefetch("tags"))` names."""
    for value in step.args if step.callee.rpartition(".")[2] == "prefetch_related" else ():
        given = function.values[function.origin(value)]
        first = function.values[function.origin(given.args[0])] if type(given) is f.Call and given.args else given
        if type(first) is f.Const and isinstance(first.value, str):
            yield first.value


def asked_of(function: Function, value: int, methods: Container[str]) -> f.AnyValue:
    """What a query of one of these methods is asked of: `order.lines` of `order.lines.all().exists()`."""
    step = function.values[value]
    for names in (methods, {"all"}):
        if type(step) is f.Call and step.receiver >= 0 and step.callee in names:
            step = function.values[function.origin(step.receiver)]
    return step
