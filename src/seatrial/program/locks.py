"""Locks: what a function locks (rows of tables, locks between threads), in which order, and what they protect."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program.arguments import passed
from seatrial.program.chains import chain
from seatrial.program.names import Variable
from seatrial.program.parts import Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.model.finding import Step
    from seatrial.program.calls import Calls
    from seatrial.program.effects import Effects
    from seatrial.program.index import Index
    from seatrial.program.types import Types

LONGEST = 16
"""How many locks of one function are kept in order."""
DEPTH = 6
"""How many calls deep locks are looked for."""
_ENDS = frozenset({"commit", "rollback"})
_LOCKING = ("select_for_update", "with_for_update")
_WITHOUT_WAITING = frozenset({"skip_locked", "nowait"})
_LOCK_KINDS = frozenset({"lock", "async-lock"})


class Taken(msgspec.Struct, frozen=True):
    """A lock is taken: rows of the table `what` (`rows`), or the lock named `what`.

    `path` leads there from the function asked about. `until`: the id of the first value after which it is surely given
    back, in that function.
    """

    what: str
    function: Function
    value: int
    path: tuple[Step, ...]
    until: int
    rows: bool = False
    flag: str = ""
    """The parameter of the function asked about that must be true for it (`locked=False`); empty if none decides."""
    waits: bool = True
    """False where rows that somebody else holds are left out, or refused: `skip_locked=True`, `nowait=True`."""


class Locks:
    """Answers what is locked; remembers."""

    def __init__(
        self, types: Types, calls: Calls, effects: Effects, functions: Sequence[Function], index: Index
    ) -> None:
        self._types = types
        self._calls = calls
        self._effects = effects
        self._functions = functions
        self._index = index
        self._memo: dict[int, tuple[Taken, ...]] = {}
        self._decorated: dict[Function, bool] = {}

    def taken(self, function: Function, depth: int = 0) -> tuple[Taken, ...]:
        """The locks that a function takes, itself or through calls, in the order of its text."""
        key = id(function)
        if key not in self._memo:
            self._memo[key] = ()  # a circle of calls
            if depth > DEPTH:
                del self._memo[key]
                return ()
            found = [*self._own(function), *self._of_calls(function, depth)] if self._may_lock(function) else []
            self._memo[key] = tuple(sorted(found, key=lambda t: t.value)[:LONGEST])
        return self._memo[key]

    @cached_property
    def takers(self) -> tuple[Function, ...]:
        """The functions of the judged code that may take some, in order."""
        return tuple(fn for fn in self._functions if id(fn) in self._locking and fn.file.role is Role.CODE)

    def _may_lock(self, function: Function) -> bool:
        return id(function) in self._locking or function.file.role is not Role.CODE

    @cached_property
    def _locking(self) -> frozenset[int]:
        """The functions (by `id`) of the judged code that lock something or call, however deep, what may."""
        perhaps = {effect.function for effect in self._effects.sources("db.lock")}
        perhaps.update(self._index.calling(*_LOCKING), self._index.with_regions("with"))
        waiting = [
            fn for fn in self._functions if fn.file.role is not Role.CODE or (fn in perhaps and any(self._own(fn)))
        ]
        found = set(map(id, waiting))
        while waiting:
            callers = [fn for fn, _ in self._calls.callers(waiting.pop()) if id(fn) not in found]
            found.update(map(id, callers))
            waiting.extend(callers)
        return frozenset(found)

    def is_locked(self, function: Function, value: int, table: str) -> bool:
        """True when rows of the table, or any lock between threads, were locked before the value and still are."""
        held = [t for t in self.taken(function) if t.value < value < t.until]
        return any(not t.rows or t.what in {table, ""} for t in held)

    def transactions(self, function: Function) -> Iterator[tuple[int, int]]:
        """The stretches of values (start, end) of a body that lie in a transaction which it opens itself."""
        if self._is_decorated(function):
            yield 0, len(function.values)
            return
        for region in function.regions:
            if region.kind == "with" and self._is_transaction(function, region.subject):
                yield region.start, region.end

    def name(self, function: Function, value: int) -> str:
        """Name of the lock between threads that a value holds, the same wherever it is used; empty if it is none."""
        value = function.origin(value)
        step = function.values[value]
        found = self._types.of(function, value)
        if found is None or not self._types.kinds(found) & _LOCK_KINDS:
            return ""
        if type(step) is f.Ref:
            entity = self._types.names.resolve(function.file, step.path).entity
            return f"{entity.function.dotted}.{entity.name}" if isinstance(entity, Variable) else step.path
        if type(step) is f.Attr:
            base = self._types.of(function, step.base)
            return f"{base.name}.{step.name}" if base else ""
        return ""

    def _own(self, function: Function) -> Iterator[Taken]:
        """What the body itself locks."""
        for region in function.regions:
            if region.kind != "with" or region.subject < 0:
                continue
            name = self.name(function, region.subject)
            if name:
                step = function.step(region.subject, f"takes {name}")
                yield Taken(name, function, region.start - 1, (step,), region.end)

        for effect in self._effects.local(function):
            if effect.kind == "db.lock":
                step = function.step(effect.value, _says(effect.what))
                until, _ = self._until(function, effect.value)
                flag, waits = _flag(function, effect.value), _waits(function, effect.value)
                yield Taken(effect.what, function, effect.value, (step,), until, rows=True, flag=flag, waits=waits)
        values = function.values
        for call in function.calls:
            if values[call].callee.endswith(_LOCKING) and self._is_unknown_lock(function, call):  # type: ignore[union-attr]  # they are calls
                until, _ = self._until(function, call)
                yield Taken("", function, call, (function.step(call, _says("")),), until, rows=True)

    def _of_calls(self, function: Function, depth: int) -> Iterator[Taken]:
        for call in function.calls:
            for reached in self._calls.target(function, call).functions:
                for inner in self.taken(reached, depth + 1):
                    until, inside = self._until(function, call)
                    decides = _decides(function, call, reached, inner.flag)
                    if decides is None:
                        continue
                    path = (function.step(call, f"calls {reached.symbol}"), *inner.path)
                    if not inner.rows:
                        yield Taken(inner.what, function, call, path, call, flag=decides)
                    elif inside or self._outlives(reached, inner):
                        yield replace(inner, function=function, value=call, path=path, until=until, flag=decides)

    def _is_unknown_lock(self, function: Function, call: int) -> bool:
        """Rows are locked through a manager of which nothing is known but the method's name."""
        target = self._calls.target(function, call)
        return target.model is None and not target.functions

    def _until(self, function: Function, value: int) -> tuple[int, bool]:
        """Where rows locked at a value are given back, and whether a transaction that is open here decides it.

        With the outermost transaction around the value; else with the next commit; else later than the body.
        """
        scopes = [
            r for r in function.enclosing(value) if self._is_transaction(function, r.subject) and r.kind == "with"
        ]
        if scopes:
            return scopes[-1].end, True
        end = next((e for e in self._ends(function) if e > value), len(function.values))
        return end, self._is_decorated(function)

    def _outlives(self, function: Function, taken: Taken) -> bool:
        """What a function locked without a transaction of its own stays locked in its caller's."""
        return not self._is_decorated(function) and taken.until >= len(function.values)

    def _is_transaction(self, function: Function, value: int) -> bool:
        step = function.values[value] if value >= 0 else None
        if type(step) is f.Call:
            model = self._calls.target(function, value).model
        else:
            model = self._calls.value(function, value).model if type(step) in {f.Ref, f.Attr} else None
        return model is not None and model.scope == "transaction"

    def _is_decorated(self, function: Function) -> bool:
        if not function.facts.decorators:
            return False
        if function not in self._decorated:
            outer = function.parent
            found = outer is not None and any(self._is_transaction(outer, d) for d in function.facts.decorators)
            self._decorated[function] = found
        return self._decorated[function]

    def _ends(self, function: Function) -> list[int]:
        """Where a transaction ends: what rows were locked is given back."""
        return [e.value for e in self._effects.local(function) if e.kind in _ENDS]


def _flag(function: Function, value: int) -> str:
    """The parameter that must be true for a value to be reached: `if locked:`, `if found and locked:`."""
    pending = [condition for condition, outcome in function.guards(value) if outcome]
    while pending:
        step = function.values[function.origin(pending.pop())]
        if type(step) is f.Param and any(p.name == step.name and p.default >= 0 for p in function.facts.params):
            return step.name
        if type(step) is f.Binary and step.op == "and":
            pending += [step.left, step.right]
    return ""


def _decides(function: Function, call: int, reached: Function, flag: str) -> str | None:
    """The flag of the caller that decides a flag of the function it calls; empty if none does, None if it is off."""
    step = function.values[call]
    if not flag or type(step) is not f.Call:
        return ""
    given = passed(step, reached, flag)
    if given < 0:
        default = next(p.default for p in reached.facts.params if p.name == flag)
        outer = reached.parent
        return None if outer and _is_off(outer, default) else ""
    value = function.values[function.origin(given)]
    return value.name if type(value) is f.Param else None if _is_off(function, given) else ""


def _waits(function: Function, value: int) -> bool:
    """The lock waits for whoever holds the rows: nothing on the way to it says that they are left out, or refused."""
    given = ((name, said) for _, step in chain(function, value) for name, said in step.keywords)
    return all(name not in _WITHOUT_WAITING or _is_off(function, said) for name, said in given)


def _is_off(function: Function, value: int) -> bool:
    step = function.values[value]
    return type(step) is f.Const and not step.value


def _says(table: str) -> str:
    return f"locks rows of {table.rpartition('.')[2]}" if table else "locks rows"
