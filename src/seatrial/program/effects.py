"""Effects: what each function does to the world, carried through the call graph, with the path that leads to it."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from seatrial.model.facts import Attr, Binary, Call, Collection, Compare, Index, Phi, Ref, Region, Unary
from seatrial.model.source import Role
from seatrial.program.branches import is_off
from seatrial.program.derived import derived
from seatrial.program.parts import LOOPS, File, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from seatrial.model.finding import Step
    from seatrial.program.calls import Calls, Target
    from seatrial.program.queries import Queries


_CACHE = re.compile("cache|memo(?!ry)")
_NO_CACHE = re.compile("never|no_?cache|uncache|control|invalid|clear|evict|delete|flush|reset")
"""Decorators about caches that keep nothing: `never_cache`, `cache_control`, `clear_cache`."""


class Effect(msgspec.Struct, frozen=True):
    """One effect of a function.

    `kind`: `db.read`, `db.write`, `http`, `block`, … (see `libraries.form.Effect`). `what`: the table's class, the
    library function, or empty. `function` and `value` say where it happens (a library call) or what leads to it (`via`,
    the effect of the function that is called).
    """

    kind: str
    what: str
    function: Function
    value: int
    via: Effect | None = None
    once: bool = False
    """It happens only while something is not remembered yet: where results are cached, or under `if x is None`."""
    depth: int = 0
    """How many calls lie between the function and the library."""

    def through(self, function: Function, call: int, *, once: bool = False) -> Effect:
        """The effect of a call that leads to the function that has this one."""
        return Effect(self.kind, self.what, function, call, self, once, self.depth + 1)

    @property
    def source(self) -> Effect:
        """The effect at the place where the library is called."""
        return self.chain[-1]

    @property
    def chain(self) -> tuple[Effect, ...]:
        """The effect itself and those that it comes about through, down to the library call."""
        found, effect = [self], self.via
        while effect is not None:
            found.append(effect)
            effect = effect.via
        return tuple(found)

    def path(self, last: str) -> tuple[Step, ...]:
        """The steps from this function to the library call; `last` says what happens there."""
        if self.via is None:
            return (self.function.step(self.value, last),)
        name = self.via.function.symbol or self.via.function.file.module
        return (self.function.step(self.value, f"calls {name}"), *self.via.path(last))


_NOTHING: Mapping[str, Effect] = MappingProxyType({})
_BINARY = frozenset({Binary})
_INDEX = frozenset({Index})
_READ = frozenset(
    {"!list", "!tuple", "!set", "!frozenset", "!dict", "!sorted", "!len", "!bool", "!sum", "!min", "!max", "!any"}
)
"""Functions that go through what they are given."""


class Effects:
    """Answers what functions and calls do. Summaries are made once for each kind of effect, by the shortest way.

    A kind's effects spread from where they happen to all callers, breadth first, so every function is met once for each
    effect and circles of calls need no iteration.
    """

    def __init__(self, calls: Calls, queries: Queries, functions: Iterable[Function]) -> None:
        self._calls = calls
        self._queries = queries
        self._functions = tuple(functions)
        self._local: dict[int, tuple[Effect, ...]] = {}
        self._by_kind: dict[str, list[Effect]] | None = None
        self._summaries: dict[str, dict[int, dict[str, Effect]]] = {}
        self._kept: dict[File, dict[int, frozenset[int]]] = {}
        self._caching: dict[Function, bool] = {}
        self._reads: dict[File, dict[int, list[tuple[int, int]]]] = {}

    def local(self, function: Function) -> tuple[Effect, ...]:
        """What the function's own library calls and query evaluations do."""
        key = id(function)
        if key not in self._local:
            self._local[key] = tuple(self._of_body(function))
        return self._local[key]

    def of(self, function: Function, kind: str) -> Mapping[str, Effect]:
        """The effects of one kind that a function has, directly or through calls, by what they concern."""
        summary = self._summaries.get(kind)
        if summary is None:
            summary = self._summaries[kind] = self._spread(kind)
        return summary.get(id(function), _NOTHING)

    def has_none(self, function: Function, kind: str) -> bool:
        """True when surely nothing in the body has an effect of this kind, so that its calls need not be asked."""
        return function.is_callable and function.file.role is Role.CODE and not self.of(function, kind)

    def of_call(self, function: Function, call: int, kind: str) -> Effect | None:
        """The effect of one kind that a single call has (the nearest, if it has several); None if it has none."""
        if self.has_none(function, kind):
            return None
        for effect in self.local(function):
            if effect.value == call and effect.kind == kind:
                return effect
        best: Effect | None = None
        targets = self._calls.target(function, call).functions
        having = [reached for reached in targets if self.of(reached, kind)] if targets else ()
        if 2 * len(having) < len(targets):  # a few of many overrides: most calls do not
            return None
        for reached in having:
            for effect in self.of(reached, kind).values():
                if best is None or effect.depth < best.depth:
                    best = effect
        return best.through(function, call, once=best.once or remembered(function, call)) if best else None

    def sources(self, kind: str) -> Iterable[Effect]:
        """Every place in the judged code where a library call has an effect of this kind."""
        if self._by_kind is None:
            found: dict[str, list[Effect]] = defaultdict(list)
            for function in self._functions:
                for effect in self.local(function):
                    found[effect.kind].append(effect)
            self._by_kind = found
        return self._by_kind.get(kind, ())

    def _spread(self, kind: str) -> dict[int, dict[str, Effect]]:
        summary: dict[int, dict[str, Effect]] = defaultdict(dict)
        waiting: deque[Effect] = deque()
        for effect in self.sources(kind):
            if effect.function.is_callable and effect.what not in summary[id(effect.function)]:
                summary[id(effect.function)][effect.what] = effect
                waiting.append(effect)
        while waiting:
            effect = waiting.popleft()
            for caller, call in self._calls.callers(effect.function):
                known = summary[id(caller)]
                if effect.what in known or not caller.is_callable:
                    continue
                known[effect.what] = reached = effect.through(caller, call, once=self._once(caller, call, effect))
                waiting.append(reached)
        return summary

    def _once(self, caller: Function, call: int, effect: Effect) -> bool:
        return effect.once or self._is_remembered(caller, call)

    def _is_remembered(self, function: Function, value: int) -> bool:
        if type(function.values[value]) is not Call:
            return remembered(function, value) or self._is_cached(function)
        if function.file not in self._kept:
            self._kept[function.file] = {at: frozenset(calls) for at, calls in _kept_calls(function.file).items()}
        return value in self._kept[function.file].get(function.index, ()) or self._is_cached(function)

    def _is_cached(self, function: Function) -> bool:
        if not function.facts.decorators:
            return False
        if function not in self._caching:
            outer = function.parent
            found = outer is not None and any(self._caches(outer, d) for d in function.facts.decorators)
            self._caching[function] = found
        return self._caching[function]

    def _caches(self, outer: Function, decorator: int) -> bool:
        """The decorator keeps results: the library says so, or its name does."""
        step = outer.values[decorator]
        asked = self._calls.target if type(step) is Call else self._calls.value
        target = asked(outer, decorator)
        if target.model is not None and target.model.cache is not None:
            return True
        path = step.path if type(step) is Ref else step.callee if type(step) is Call else ""
        path = step.name if type(step) is Attr else path
        name = path.rpartition(".")[2].lower()
        return bool(_CACHE.search(name)) and not _NO_CACHE.search(name)

    def _of_body(self, function: Function) -> Iterator[Effect]:
        for call, target in self._calls.each(function):
            model = target.model
            if model is not None and (model.effects or model.query) and not _never_runs(function, call):
                yield from self._of_library_call(function, call, target)
        queries = (self._queries.evaluated(function, *read) for read in self._read_whole(function))
        for value, table in dict.fromkeys(query for query in queries if query):
            yield Effect("db.read", table, function, value, once=self._is_cached(function))

    def _read_whole(self, function: Function) -> Sequence[tuple[int, int]]:
        if function.file not in self._reads:
            self._reads[function.file] = _reads(function.file)
        return self._reads[function.file].get(function.index, ())

    def _of_library_call(self, function: Function, call: int, target: Target) -> Iterator[Effect]:
        step = function.values[call]
        assert type(step) is Call
        for kind in self._queries.kinds(function, call, target):
            what = (
                self._queries.table(function, call, target)
                if kind.startswith("db.")
                else target.external or step.callee
            )
            yield Effect(kind, what, function, call, once=self._is_remembered(function, call))


def _never_runs(function: Function, value: int) -> bool:
    return any(is_off(function, region) for region in function.enclosing(value))


@derived(dict[int, list[int]])
def _kept_calls(file: File) -> dict[int, list[int]]:
    """The calls of each body of a file whose results are `remembered`, by its index, if it has some."""
    return {body.index: kept for body in file.functions if (kept := [at for at in body.calls if remembered(body, at)])}


@derived(dict[int, list[tuple[int, int]]])
def _reads(file: File) -> dict[int, list[tuple[int, int]]]:
    """What `_read_whole` says of each body of a file, by its index, if it says anything."""
    return {body.index: found for body in file.functions if (found := list(_read_whole(body)))}


def _first(function: Function, region: Region) -> Region:
    """The outermost of the loops around a region that begin after its subject is made: the rows stay for each round."""
    made = function.origin(region.subject)
    around = (one for one in function.enclosing(region.start) if one.kind in LOOPS and one.start > made)
    return min(around, key=lambda one: one.start, default=region)


def _before(function: Function, region: Region) -> int:
    """The last value before a region that is in nothing but what the region itself is in."""
    before = (at for at in range(region.start - 1, -1, -1) if function.region_of[at] == region.parent)
    return next(before, max(region.start - 1, 0))


def _read_whole(function: Function) -> Iterator[tuple[int, int]]:
    """The values whose rows are needed, if they are queries, each with the id of the value where that is.

    By loops, by conditions, by what makes a list of them.
    """
    for region in function.regions:
        if region.subject >= 0 and (region.kind in LOOPS or _is_call(function, region.subject)):
            is_met = type(function.values[region.subject]) is Phi  # where ways meet, maybe in a loop before
            yield region.subject, _before(function, _first(function, region)) if is_met else region.subject
    for call in function.calls:
        step = function.values[call]
        assert type(step) is Call
        if step.args and (step.callee in _READ or (step.receiver >= 0 and step.callee == "extend")):
            yield step.args[0], call
    for at in function.of(_INDEX):
        step = function.values[at]
        if type(step) is Index and _is_call(function, step.base) and not _is_slice(function, step.key):
            yield step.base, at


def _is_call(function: Function, value: int) -> bool:
    return type(function.values[function.origin(value)]) is Call


def _is_slice(function: Function, key: int) -> bool:
    step = function.values[key]
    return type(step) is Collection and step.kind == "slice"


def remembered(function: Function, value: int) -> bool:
    """True for what runs only while something is not known: `if key not in cache`, `if self._x is None`."""
    if function.regions and (_is_asked(function, value) or _is_missed(function, value)):
        return True
    return any(
        type(step) is Binary and step.op == "or" and step.right == value and _is_state(function, step.left)
        for step in map(function.values.__getitem__, function.of(_BINARY))
    )


def _is_asked(function: Function, value: int) -> bool:
    """A condition on the way says that it is not known yet."""
    for condition, outcome in function.guards(value):
        step = function.values[condition]
        if type(step) is Compare and (step.op, outcome) in {("not in", True), ("in", False)}:
            return True
        if (
            type(step) is Compare
            and (step.op, outcome) in {("is", True), ("is not", False)}
            and _is_state(function, step.left)
        ):
            return True
        if type(step) is Unary and step.op == "not" and outcome and _is_state(function, step.value):
            return True
    return False


def _is_missed(function: Function, value: int) -> bool:
    return any(_is_missing_key(function, region) for region in function.enclosing(value))


def _is_missing_key(function: Function, region: Region) -> bool:
    """`except KeyError`, `except AttributeError`: what is looked up there is made once, and kept."""
    kind = function.values[region.subject] if region.kind == "except" and region.subject >= 0 else None
    return type(kind) is Ref and kind.path in {"!KeyError", "!AttributeError"}


def _is_state(function: Function, value: int) -> bool:
    """A field or module variable: what outlives the call."""
    step = function.values[function.origin(value)]
    return (type(step) is Attr and step.base == 0) or (type(step) is Ref and step.path.startswith(":"))
