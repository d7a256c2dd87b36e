"""Checks: which values are known to be harmless at a place, because the way there tests them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.taint import patterns
from seatrial.program.taint.shapes import EXITS, shape, text, wholes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from seatrial.libraries.form import Danger
    from seatrial.program.parts import Function
    from seatrial.program.program import Program
    from seatrial.program.taint.harmless import Harmless
    from seatrial.program.taint.nouns import Condition

DEPTH = 3
"""How many calls deep a function that checks its argument may call others for it."""

_NORMAL = frozenset({"realpath", "abspath", "normpath", "resolve", "absolute"})
"""Functions that take `..` out of a path; without one of them, a prefix says nothing of where the path leads."""

_COMMON = frozenset({"os.path.commonpath", "os.path.commonprefix"})

_SEPARATORS = frozenset({"/", "..", "\\", "../", "os.sep", "os.path.sep"})

_RAISING = frozenset(
    {"!int", "!float", "uuid.UUID", "decimal.Decimal", "ipaddress.ip_address", "ipaddress.ip_network", "ipaddress.IPv4Address",
     "datetime.date.fromisoformat", "datetime.datetime.fromisoformat", "datetime.datetime.strptime"}
)  # fmt: skip
"""Conversions that raise when the text is not what they convert."""

_REGEX = frozenset({"match", "fullmatch", "search"})


class Checks:
    """Answers whether a value is known to be harmless where it is used. Remembers what functions check."""

    def __init__(self, program: Program, danger: Danger, harmless: Harmless) -> None:
        self._program = program
        self._danger = danger
        self._harmless = harmless
        self._known: dict[tuple[Function, int], frozenset[object]] = {}
        self._ensured: dict[tuple[Function, bool | None], frozenset[str]] = {}

    def hold(self, function: Function, value: int, user: int, given: Condition | None) -> bool:
        """True when `value` is harmless as used by `user`, on the way that `given` holds too."""
        if given is not None and self._shapes(function, self._holds(function, *given)) & {shape(function, value)}:
            return True
        key = (function, user)
        if key not in self._known:
            self._known[key] = frozenset()
            self._known[key] = self._shapes(function, self._at(function, user))
        return bool(self._known[key]) and shape(function, value) in self._known[key]

    def _shapes(self, function: Function, values: Iterable[int]) -> frozenset[object]:
        return frozenset(shape(function, whole) for value in values for whole in wholes(function, value))

    def _at(self, function: Function, user: int) -> Iterator[int]:
        for condition, outcome in self._conditions(function, user):
            yield from self._holds(function, condition, outcome)
        yield from self._passed(function, user)

    def _conditions(self, function: Function, user: int) -> Iterator[Condition]:
        """The conditions known at a place; a branch also leaves by a call that never comes back (`abort(400)`)."""
        yield from function.guards(user)
        around = _around(function, user)
        for region in function.regions:
            if region.kind in {"if", "else"} and region.end <= user and region.parent in around and not region.exits:
                if self._never_returns(function, region):
                    yield region.subject, region.kind == "else"

    def _never_returns(self, function: Function, region: f.Region) -> bool:
        last = region.end - 1
        if last < region.start or type(function.values[last]) is not f.Call:
            return False
        target = self._program.target(function, last)
        if target.model is not None and "exit" in target.model.effects:
            return True
        return bool(target.functions) and all(_only_raises(reached) for reached in target.functions)

    # --- conditions ---

    def _holds(self, function: Function, condition: int, outcome: bool, depth: int = 0) -> Iterator[int]:  # noqa: FBT001 - the outcome of a condition
        """The values that are harmless when a condition has this outcome."""
        if condition < 0:
            return
        condition = function.origin(condition)
        step = function.values[condition]
        rule = _CONDITIONS.get(type(step))
        if rule is not None:
            yield from rule(self, function, condition, outcome, depth)

    def _not(self, function: Function, condition: int, outcome: bool, depth: int) -> Iterator[int]:  # noqa: FBT001 - as above
        step = function.values[condition]
        if type(step) is f.Unary and step.op == "not":
            yield from self._holds(function, step.value, not outcome, depth)

    def _both(self, function: Function, condition: int, outcome: bool, depth: int) -> Iterator[int]:  # noqa: FBT001 - as above
        step = function.values[condition]
        if type(step) is f.Binary and step.op == ("and" if outcome else "or"):
            yield from self._holds(function, step.left, outcome, depth)
            yield from self._holds(function, step.right, outcome, depth)
        elif type(step) is f.Binary and step.op in {"and", "or"}:
            left = set(self._holds(function, step.left, outcome, depth))
            yield from left & set(self._holds(function, step.right, outcome, depth))

    def _compare(self, function: Function, condition: int, outcome: bool, depth: int) -> Iterator[int]:  # noqa: FBT001 - as above
        step = function.values[condition]
        if type(step) is not f.Compare:
            return
        negative = step.op in {"not in", "!=", "is not"}
        positive = step.op in {"in", "==", "is"}
        if not (negative or positive):
            return
        outcome = outcome != negative
        right = function.values[function.origin(step.right)]
        if step.op in {"in", "not in"}:
            yield from self._member(function, step, outcome)
        elif type(right) is f.Const and right.value in {None, False}:
            yield from self._holds(function, step.left, not outcome, depth)
        elif outcome:
            yield from self._equal(function, step.left, step.right)
            yield from self._equal(function, step.right, step.left)

    def _member(self, function: Function, step: f.Compare, outcome: bool) -> Iterator[int]:  # noqa: FBT001 - as above
        right = function.values[function.origin(step.right)]
        sought = text(self._program, function, step.left)
        if type(right) is f.Attr and right.name == "parents":
            yield from (right.base,) if outcome and self._danger == "path" else ()
        elif sought is not None:
            if self._danger == "path" and not outcome and sought in _SEPARATORS:
                yield step.right
        elif outcome and self._is_closed(function, step.right):
            yield step.left

    def _is_closed(self, function: Function, value: int) -> bool:
        """A collection that the program, and not the caller, chose."""
        step = function.values[function.origin(value)]
        found = self._program.type_of(function, value)
        return type(step) in {f.Collection, f.Ref, f.Attr, f.Call, f.Free, f.Param, f.Binary, f.Phi} and (
            found is None or found.name not in {"builtins.str", "builtins.bytes"}
        )

    def _equal(self, function: Function, value: int, other: int) -> Iterator[int]:
        step, against = function.values[function.origin(value)], function.values[function.origin(other)]
        if type(against) in {f.Const, f.Ref} or (type(against) is f.Attr and type(step) is not f.Call):
            yield value
        if type(step) is f.Call and step.callee in _COMMON and self._danger == "path":
            yield from _listed(function, step)
        if type(against) is f.Call and value in {*against.args, against.receiver}:
            model = self._program.model(function, function.origin(other))
            if model is not None and self._harmless.cleans(model.cleans):
                yield value

    def _call(self, function: Function, condition: int, outcome: bool, depth: int) -> Iterator[int]:  # noqa: FBT001 - as above
        step = function.values[condition]
        if type(step) is not f.Call:
            return
        yield from self._matched(function, step, outcome)
        target = self._program.target(function, condition)
        if target.functions and depth < DEPTH:
            yield from self._by_function(function, condition, outcome, depth)
        elif step.callee in {"is_relative_to", "startswith"} and step.receiver >= 0:
            if outcome and self._danger == "path" and _is_normal(function, step.receiver):
                yield step.receiver
        elif outcome and target.model is not None and self._harmless.cleans(target.model.validates):
            yield from (v for v in (step.receiver, *step.args) if v >= 0)
        elif outcome and step.callee == "!isinstance" and len(step.args) == len(("value", "type")):
            yield from self._instance(function, step)
        elif outcome and step.callee == "!all" and step.args:
            yield from self._every(function, step.args[0], depth)

    def _matched(self, function: Function, step: f.Call, outcome: bool) -> Iterator[int]:  # noqa: FBT001 - as above
        method = step.callee.rpartition(".")[2]
        if method not in _REGEX or not step.args:
            return
        found = self._pattern(function, step)
        if found is None:
            return
        pattern, subject = found
        if patterns.refuses(pattern, self._danger, method) if outcome else patterns.finds(pattern, self._danger):
            yield subject

    def _pattern(self, function: Function, step: f.Call) -> tuple[str, int] | None:
        """The pattern of a match and the value that it is tried on."""
        if step.callee.startswith("re.") and len(step.args) >= len(("pattern", "string")):
            pattern = text(self._program, function, step.args[0])
            return (pattern, step.args[1]) if pattern is not None else None
        compiled = self._compiled(function, step)
        return (compiled, step.args[0]) if compiled is not None else None

    def _compiled(self, function: Function, step: f.Call) -> str | None:
        from seatrial.program.taint.shapes import held  # noqa: PLC0415 - only here

        body, value = held(self._program, function, step)
        call = body.values[value] if value >= 0 else None
        if type(call) is f.Call and call.callee == "re.compile" and call.args:
            return text(self._program, body, call.args[0])
        return None

    def _instance(self, function: Function, step: f.Call) -> Iterator[int]:
        kinds = function.values[step.args[1]]
        named = kinds.items if type(kinds) is f.Collection else (step.args[1],)
        types = [self._program.type_of(function, kind) for kind in named]
        if all(t is not None and t.meta and self._harmless.cleaner(t.name) for t in types):
            yield step.args[0]

    def _every(self, function: Function, value: int, depth: int) -> Iterator[int]:
        step = function.values[value]
        if type(step) is not f.Collection or step.region < 0:
            return
        subject = function.regions[step.region].subject
        for item in step.items:
            for held in self._holds(function, item, True, depth):  # noqa: FBT003 - as above
                element = function.values[held]
                if type(element) is f.Element and element.of == subject:
                    yield subject

    # --- functions that check ---

    def _by_function(self, function: Function, call: int, outcome: bool | None, depth: int) -> Iterator[int]:  # noqa: FBT001 - as above
        from seatrial.program.taint.calling import bound  # noqa: PLC0415 - only here

        step = function.values[call]
        target = self._program.target(function, call)
        for reached in target.functions if type(step) is f.Call else ():
            names = self._ensures(reached, outcome, depth + 1)
            shift = 1 if reached.cls is not None and (target.receiver is not None or step.receiver >= 0) else 0
            for position, param in enumerate(reached.facts.params):
                if param.name in names:
                    yield from (v for v, _ in bound(reached, position, step, shift, (), function))

    def _ensures(self, function: Function, outcome: bool | None, depth: int) -> frozenset[str]:
        """The parameters that are harmless once the function has given a true (false, any) answer."""
        key = (function, outcome)
        if key not in self._ensured:
            self._ensured[key] = frozenset()  # a circle of calls ensures nothing
            self._ensured[key] = frozenset(self._ensured_by(function, outcome, depth))
        return self._ensured[key]

    def _ensured_by(self, function: Function, outcome: bool | None, depth: int) -> Iterator[str]:
        params = {shape(function, i): p.name for i, p in enumerate(function.facts.params)}
        ways = list(self._ways(function, outcome, depth))
        common = frozenset.intersection(*ways) if ways else frozenset()
        yield from (params[s] for s in common if s in params)

    def _ways(self, function: Function, outcome: bool | None, depth: int) -> Iterator[frozenset[object]]:
        """For each way out that gives the outcome, what is harmless on it."""
        ends = [(i, v.value) for i, v in enumerate(function.values) if type(v) is f.Return]
        for user, value in ends:
            given = function.values[value] if value >= 0 else None
            if outcome is not None and type(given) is f.Const and bool(given.value) is not outcome:
                continue
            held = [*self._at(function, user)]
            if outcome is not None and value >= 0:
                held += self._holds(function, value, outcome, depth)
            yield self._shapes(function, held)
        if outcome is None and not _ends_all(function):
            yield self._shapes(function, self._at(function, len(function.values)))

    def _passed(self, function: Function, user: int) -> Iterator[int]:
        """What calls before `user`, which raise when their argument is not good, have let pass."""
        around = _around(function, user)
        for call in function.calls:
            if call >= user:
                return
            if function.region_of[call] in around or _leaves_when_raised(function, call, around):
                yield from self._let_pass(function, call)

    def _let_pass(self, function: Function, call: int) -> Iterator[int]:
        step = function.values[call]
        if type(step) is not f.Call:
            return
        if step.callee in _RAISING:
            yield from step.args[:1]
        elif step.callee == "relative_to" and self._danger == "path" and _is_normal(function, step.receiver):
            yield step.receiver
        elif not function.users.get(call):
            target = self._program.target(function, call)
            if target.functions:
                yield from self._by_function(function, call, None, 0)
            elif target.model is not None and self._harmless.cleans(target.model.validates):
                yield from step.args[:1]


def _around(function: Function, user: int) -> set[int]:
    """The regions around a value, by index; NONE stands for the body itself."""
    found = {f.NONE}
    index = function.region_of[user] if user < len(function.values) else f.NONE
    while index >= 0:
        found.add(index)
        index = function.regions[index].parent
    return found


def _only_raises(function: Function) -> bool:
    last = function.values[-1] if function.values else None
    return type(last) is f.Raise and not function.regions and not function.facts.is_generator


def _is_normal(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    if type(step) is not f.Call:
        return False
    name = step.callee.rpartition(".")[2]
    inner = step.args[0] if name in {"str", "Path", "fspath"} and step.args else f.NONE
    return name.lstrip("!") in _NORMAL or (inner >= 0 and _is_normal(function, inner))


def _listed(function: Function, step: f.Call) -> Iterator[int]:
    for argument in step.args:
        held = function.values[function.origin(argument)]
        yield from held.items if type(held) is f.Collection else (argument,)


def _ends_all(function: Function) -> bool:
    """The last statement leaves the function, so that its end is not reached."""
    last = function.values[-1] if function.values else None
    return type(last) in EXITS and function.region_of[len(function.values) - 1] < 0


def _leaves_when_raised(function: Function, call: int, around: set[int]) -> bool:
    """The call stands in a `try` beside the place, all of whose handlers leave."""
    index = function.region_of[call]
    region = function.regions[index] if index >= 0 else None
    if region is None or region.kind != "try" or region.parent not in around:
        return False
    handlers = [r for r in function.regions if r.kind == "except" and r.parent == region.parent and r.start >= region.end]
    return bool(handlers) and handlers[0].exits


_CONDITIONS: Mapping[type, Callable[[Checks, Function, int, bool, int], Iterator[int]]] = {
    f.Unary: Checks._not, f.Binary: Checks._both, f.Compare: Checks._compare, f.Call: Checks._call,
}  # fmt: skip
