"""Checks: which values are known to be harmless at a place, because the way there tests them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.taint.conditions import Conditions
from seatrial.program.taint.nouns import Condition
from seatrial.program.taint.passing import bound
from seatrial.program.taint.shapes import is_normal, shape, wholes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.libraries.form import Danger
    from seatrial.program.parts import Function
    from seatrial.program.program import Program
    from seatrial.program.taint.harmless import Harmless

_RAISING = frozenset(
    {
        "!int", "!float", "uuid.UUID", "decimal.Decimal", "ipaddress.ip_address", "ipaddress.ip_network",
        "ipaddress.IPv4Address", "datetime.date.fromisoformat", "datetime.datetime.fromisoformat",
        "datetime.datetime.strptime",
    }
)  # fmt: skip
"""Conversions that raise when the text is not what they convert."""


_INDEXES = frozenset({f.Index})


class Checks:
    """Answers whether a value is known to be harmless where it is used. Remembers what functions check."""

    def __init__(self, program: Program, danger: Danger, harmless: Harmless) -> None:
        self._program = program
        self._danger = danger
        self._harmless = harmless
        self._conditions = Conditions(program, danger, harmless, self._checked)
        self._asserted: dict[Function, tuple[int, ...]] = {}
        self._known: dict[tuple[Function, int], frozenset[object]] = {}
        self._ensured: dict[tuple[Function, bool | None, int], frozenset[str]] = {}

    def hold(self, function: Function, value: int, user: int, given: tuple[Condition, ...]) -> bool:
        """True when `value` is harmless as used by `user`, on the way that `given` holds too."""
        for condition in (*given, *self._since(function, value, user)):
            known = _shapes(function, self._conditions.good(function, condition))
            if known and shape(function, value) in known:
                return True
        known = self._at(function, user)
        return bool(known) and shape(function, value) in known

    def _since(self, function: Function, value: int, user: int) -> Iterator[Condition]:
        """What was asked further down in the branch that the value was made in, if it is used behind that branch."""
        made = function.origin(value) if value >= 0 else f.NONE
        index = function.region_of[made] if 0 <= made < user else f.NONE
        while index >= 0 and function.regions[index].end <= user:
            for region in function.regions:
                is_inside = region.parent == index and made < region.start and region.kind in {"if", "else"}
                if is_inside and (region.exits or self._never_returns(function, region)):
                    yield Condition(region.subject, region.kind == "else")
            index = function.regions[index].parent

    def _at(self, function: Function, user: int) -> frozenset[object]:
        key = (function, user)
        if key not in self._known:
            self._known[key] = frozenset()  # a circle of calls proves nothing
            self._known[key] = _shapes(function, self._found(function, user))
        return self._known[key]

    def _found(self, function: Function, user: int) -> Iterator[int]:
        for condition in self.before(function, user):
            yield from self._conditions.good(function, condition)
        yield from self._passed(function, user)
        yield from self._passed_if_there(function, user)
        yield from self._passed_either_way(function, user)
        yield from self._looked_up(function, user)
        yield from _matched(function, user)

    def before(self, function: Function, user: int) -> Iterator[Condition]:
        """The conditions known at a place; a branch also leaves by a call that never comes back (`abort(400)`)."""
        yield from (Condition(*guard) for guard in function.guards(user))
        around = self.around(function, user)
        for region in function.regions:
            before = region.end <= user and region.parent in around
            if before and region.kind in {"if", "else"} and (region.exits or self._never_returns(function, region)):
                yield Condition(region.subject, region.kind == "else")
        for at in self._asserts(function):
            step = function.values[at]
            if type(step) is f.Assert and at < user and function.region_of[at] in around:
                yield Condition(step.test, holds=True)

    def _asserts(self, function: Function) -> tuple[int, ...]:
        if function not in self._asserted:
            self._asserted[function] = tuple(i for i, v in enumerate(function.values) if type(v) is f.Assert)
        return self._asserted[function]

    def _never_returns(self, function: Function, region: f.Region) -> bool:
        last = region.end - 1
        if last < region.start or type(function.values[last]) is not f.Call:
            return False
        target = self._program.target(function, last)
        if target.model is not None and "exit" in target.model.effects:
            return True
        return bool(target.functions) and all(_only_raises(reached) for reached in target.functions)

    def around(self, function: Function, user: int) -> set[int]:
        """The regions that are gone through to reach a value, by index; NONE stands for the body itself.

        Those around it, and `with` and `try` blocks before it that were left at their end: their handlers leave.
        """
        found = {f.NONE}
        index = function.region_of[user] if user < len(function.values) else f.NONE
        while index >= 0:
            found.add(index)
            index = function.regions[index].parent
        for i, region in enumerate(function.regions):
            is_left = region.kind == "with" or (region.kind == "try" and self._handlers_leave(function, region))
            if is_left and region.end <= user and region.parent in found:
                found.add(i)
        return found

    def _handlers_leave(self, function: Function, block: f.Region) -> bool:
        """What is raised in a `try` does not come back: the handlers that follow it leave, or there are none."""
        for region in function.regions:
            if region.parent == block.parent and region.start >= block.end:
                if region.kind != "except":
                    return True
                if not region.exits and not self._never_returns(function, region):
                    return False
        return True

    # --- calls before, which raise when their argument is not good ---

    def _passed(self, function: Function, user: int) -> Iterator[int]:
        around = self.around(function, user)
        for call in function.calls:
            if call >= user:
                return
            if function.region_of[call] in around:
                yield from self._let_pass(function, call)

    def _passed_if_there(self, function: Function, user: int) -> Iterator[int]:
        """`if name is not None: if name not in NAMES: return`: past it, the name is good or there is none."""
        around = self.around(function, user)
        for index, region in enumerate(function.regions):
            is_before = region.kind == "if" and region.end <= user and region.parent in around
            there = _asked_for(function, region.subject) if is_before and not region.exits else f.NONE
            if there >= 0 and shape(function, there) in _shapes(function, self._left_by(function, index)):
                yield there

    def _passed_either_way(self, function: Function, user: int) -> Iterator[int]:
        """`if x == "a": … elif x == "b": … else: raise`: past it, `x` is one of them, whichever way was gone."""
        around = self.around(function, user)
        for index, other in enumerate(function.regions):
            if other.kind != "else" or other.end > user or other.parent not in around or other.exits:
                continue
            good = [
                v for holds in (True, False) for v in self._conditions.good(function, Condition(other.subject, holds))
            ]
            if good:
                known = _shapes(function, self._left_by(function, index))
                yield from (value for value in good if shape(function, value) in known)

    def _looked_up(self, function: Function, user: int) -> Iterator[int]:
        """`SUFFIXES[language]` before: what a table that is written here does not hold has raised."""
        around = self.around(function, user)
        for at in function.of(_INDEXES):
            step = function.values[at]
            if at < user and type(step) is f.Index and function.region_of[at] in around:
                yield from (step.key,) if self._is_table(function, step.base) else ()

    def _is_table(self, function: Function, value: int) -> bool:
        """A dictionary of literals; nothing is put into it here."""
        at = function.origin(value)
        step = function.values[at]
        if type(step) is not f.Collection or step.kind != "dict" or step.region >= 0 or not step.items:
            return False
        are_literal = all(type(function.values[function.origin(key)]) is f.Const for key in step.items[::2])
        uses = (function.values[user] for user in function.users.get(at, ()))
        return are_literal and all(type(one) in {f.Store, f.Index} for one in uses)

    def _left_by(self, function: Function, index: int) -> Iterator[int]:
        """What is harmless at the end of a region, because of what is asked in it."""
        region = function.regions[index]
        for inner in function.regions:
            leaves = inner.parent == index and inner.kind in {"if", "else"}
            if leaves and (inner.exits or self._never_returns(function, inner)):
                yield from self._conditions.good(function, Condition(inner.subject, inner.kind == "else"))
        for call in function.calls:
            if region.start <= call < region.end and function.region_of[call] == index:
                yield from self._let_pass(function, call)

    def _let_pass(self, function: Function, call: int) -> Iterator[int]:
        step = function.values[call]
        if type(step) is not f.Call:
            return
        if step.callee.removeprefix("?") in _RAISING:
            yield from step.args[:1]
        elif step.callee == "relative_to" and self._danger == "path" and is_normal(function, step.receiver):
            yield step.receiver
        elif not function.users.get(call):
            target = self._program.target(function, call)
            if target.functions:
                yield from self._checked(function, Condition(call, holds=None))
            elif target.model is not None and self._harmless.cleans(target.model.validates):
                yield from step.args[:1]

    # --- functions that check ---

    def _checked(self, function: Function, condition: Condition) -> Iterator[int]:
        """The arguments of a call that are harmless once the function has given this answer."""
        step = function.values[condition.value]
        target = self._program.target(function, condition.value)
        for reached in target.functions if type(step) is f.Call else ():
            names = self._ensures(reached, condition)
            for position, param in enumerate(reached.facts.params):
                if param.name in names:
                    yield from (v for v, _ in bound(self._program, reached, position, (function, condition.value)))

    def _ensures(self, function: Function, answer: Condition) -> frozenset[str]:
        """The parameters that are harmless once the function has given a true (false, any) answer."""
        key = (function, answer.holds, answer.part)
        if key not in self._ensured:
            self._ensured[key] = frozenset()  # a circle of calls ensures nothing
            ways = list(self._ways(function, answer))
            common = frozenset.intersection(*ways) if ways else frozenset()
            params = {shape(function, i): p.name for i, p in enumerate(function.facts.params)}
            self._ensured[key] = frozenset(name for known, name in params.items() if known in common)
        return self._ensured[key]

    def _ways(self, function: Function, answer: Condition) -> Iterator[frozenset[object]]:
        """For each way out that gives the answer, what is harmless on it."""
        for user, step in enumerate(function.values):
            if type(step) is f.Return:
                said = _part(function, step.value, answer.part)
                text = function.values[said] if said >= 0 else None
                if answer.holds is None or said < 0:
                    yield self._at(function, user)
                elif type(text) is not f.Const:
                    good = self._conditions.good(function, Condition(said, answer.holds))
                    yield self._at(function, user) | _shapes(function, good)
                elif bool(text.value) is answer.holds:
                    yield self._at(function, user)
        if answer.holds is None and not _ends_all(function):
            yield self._at(function, len(function.values))


def _part(function: Function, value: int, part: int) -> int:
    """The component of what is returned; all of it when it is not written as a tuple."""
    step = function.values[function.origin(value)] if value >= 0 else None
    if type(step) is f.Collection and step.kind == "tuple" and 0 <= part < len(step.items):
        return step.items[part]
    return value


def _asked_for(function: Function, test: int) -> int:
    """The value that is empty when a test does not hold: of `name`, `name is not None`; NONE for other tests."""
    step = function.values[function.origin(test)] if test >= 0 else None
    if type(step) is not f.Compare:
        return f.NONE if type(step) in {None, f.Binary, f.Unary, f.Call} else test
    other = function.values[function.origin(step.right)]
    is_empty = type(other) is f.Const and other.value in {None, ""}
    return step.left if is_empty and step.op in {"is not", "!="} else f.NONE


def _shapes(function: Function, values: Iterable[int]) -> frozenset[object]:
    return frozenset(shape(function, whole) for value in values for whole in wholes(function, value))


def _matched(function: Function, user: int) -> Iterator[int]:
    """The subject of a `match`, inside a `case` that compares it with literals."""
    for region in function.enclosing(user):
        if region.kind != "case":
            continue
        for step in function.values[region.start : region.end]:
            if type(step) is f.Compare and step.op == "==" and step.left == region.subject:
                yield region.subject
            elif type(step) is not f.Const:
                break


def _only_raises(function: Function) -> bool:
    last = function.values[-1] if function.values else None
    return type(last) is f.Raise and not function.regions and not function.facts.is_generator


def _ends_all(function: Function) -> bool:
    """The last statement leaves the function, so that its end is not reached."""
    last = function.values[-1] if function.values else None
    return type(last) in {f.Return, f.Raise} and function.region_of[len(function.values) - 1] < 0
