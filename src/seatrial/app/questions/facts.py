"""Reads from the linked program what questions can be bound to: effects, sizes, handlers, branches."""

from collections.abc import Collection, Iterator
from itertools import pairwise

from seatrial.app.questions.bank import names
from seatrial.app.questions.question import Circumstance, Fact
from seatrial.model.facts import Call, Raise, Region
from seatrial.model.source import Role
from seatrial.program import Function, Program
from seatrial.program.effects import Effect
from seatrial.program.words import written

_BOUNDED = frozenset({"one", "scalar", "write", "bulk"})
_KINDS = {
    "http": Circumstance.HTTP, "network": Circumstance.HTTP, "mail": Circumstance.HTTP,
    "fs.read": Circumstance.FILES, "fs.write": Circumstance.FILES,
    "db.write": Circumstance.WRITE, "cache.read": Circumstance.CACHE, "cache.write": Circumstance.CACHE,
}  # fmt: skip
_SLOW = ("db.read", "db.write", "http", "network", "mail", "process")
"""Effects that cost a round trip or a process, each time a loop comes round."""
_OUTWARD = frozenset({"fs.write", "http", "mail", "task.enqueue"})
"""What cannot be taken back when the database rolls back."""
_AGAIN = frozenset({"task", "schedule", "websocket", "signal"})
"""Endpoints whose callers deliver at least once: what they call may be called again."""
_SELF = frozenset({"self", "cls"})
_INSIDE = frozenset({"grow", "shrink", "log", "exit"})
"""Effects that nobody outside of the process sees."""
_RAISE = frozenset({Raise})


def facts_of(program: Program, paths: Collection[str]) -> tuple[Fact, ...]:
    """What the code of these files does that is worth asking about, in order. Tests count as any code."""
    found: set[Fact] = {fact for fact in _entries(program) if fact.path in paths}
    for file in program.files:
        if file.path in paths:
            for function in file.functions:
                found.update(_of(program, function, file.role))
    return tuple(sorted(found))


def _of(program: Program, function: Function, role: Role) -> Iterator[Fact]:
    effects = program.effects.local(function)
    if role is Role.MIGRATION:
        yield from _migration(function, effects)
        return
    yield from _effects(program, function, effects)
    yield from _pairs(function, effects)
    yield from _loops(program, function)
    yield from _calls(program, function)
    yield from _decorators(program, function)
    yield from _regions(function)
    yield from _parameters(function)


def _fact(circumstance: Circumstance, function: Function, line: int, what: str = "", other: str = "") -> Fact:
    return Fact(circumstance, function.file.path, function.symbol, line, what, other)


def _effects(program: Program, function: Function, effects: Collection[Effect]) -> Iterator[Fact]:
    for effect in effects:
        line, what = function.values[effect.value].line, _name(function, effect)
        if effect.kind not in _INSIDE:
            yield _fact(Circumstance.EFFECT, function, line, what)
        if effect.kind == "db.read" and not _is_bounded(program, function, effect.value):
            yield _fact(Circumstance.UNBOUNDED_QUERY, function, line, what)
        elif circumstance := _KINDS.get(effect.kind):
            yield _fact(circumstance, function, line, what)


def _is_bounded(program: Program, function: Function, value: int) -> bool:
    """One row, a number, or a page of rows: what grows with the table is everything else."""
    step = function.values[value]
    model = program.model(function, value) if type(step) is Call else None
    if model is not None and model.query in _BOUNDED:
        return True
    held = [value, *function.users.get(value, ())]  # a slice is taken of it afterwards
    held += [step.receiver] if type(step) is Call else []
    return any(query.bounded for one in held if one >= 0 and (query := program.queries.query(function, one)))


def _pairs(function: Function, effects: Collection[Effect]) -> Iterator[Fact]:
    """Two writes to different things, one after the other, in one body: what lies between them can be the end."""
    writes = [one for one in effects if one.kind in _OUTWARD or (one.kind == "db.write" and one.what)]
    for first, second in pairwise(writes):
        line, pair = function.values[second.value].line, (_name(function, first), _name(function, second))
        if pair[0] != pair[1]:
            yield _fact(Circumstance.WRITE_PAIR, function, line, *pair)


def _loops(program: Program, function: Function) -> Iterator[Fact]:
    for call in function.calls:
        loop = program.loops.around(function, call) if function.region_of[call] >= 0 else None
        if loop and any(program.effects.of_call(function, call, kind) for kind in _SLOW):
            line = function.values[call].line
            yield _fact(Circumstance.LOOP_IO, function, line, _called(function, call), loop.over)


def _calls(program: Program, function: Function) -> Iterator[Fact]:
    raised = {step.value for at in function.of(_RAISE) if type(step := function.values[at]) is Raise}
    for call in function.calls:
        target = program.target(function, call)
        line = function.values[call].line
        if target.external in names("clock"):
            yield _fact(Circumstance.CLOCK, function, line, _called(function, call))
        elif target.external in names("retry"):
            yield _fact(Circumstance.RETRY, function, line, _called(function, call))
        is_told = target.functions or (target.external and not target.external.startswith("builtins."))
        if is_told and target.made is None and function.is_callable and call not in raised:
            yield _fact(Circumstance.CALL, function, line, _called(function, call))


def _decorators(program: Program, function: Function) -> Iterator[Fact]:
    """What the function was given by those around it: kept results, and another try."""
    outer = function.parent
    for decorator in function.facts.decorators if outer else ():
        assert outer is not None
        is_call = type(outer.values[decorator]) is Call
        target = program.target(outer, decorator) if is_call else program.calls.value(outer, decorator)
        if target.model is not None and target.model.cache is not None:
            yield _fact(Circumstance.CACHE, function, function.facts.line, function.name)
        if target.external in names("retry"):
            yield _fact(Circumstance.RETRY, function, function.facts.line, function.name)


def _regions(function: Function) -> Iterator[Fact]:
    for region in function.regions:
        if region.kind == "except":
            yield _fact(Circumstance.EXCEPT, function, region.line, written(function, region.subject) or "the handler")
        elif region.kind == "if" and region.subject >= 0:
            yield _fact(
                Circumstance.BRANCH, function, region.line, written(function, region.subject) or "the condition"
            )
        elif region.kind == "while" and any(
            inner.kind == "except" for inner in _inside(function, region.start, region.end)
        ):
            yield _fact(Circumstance.RETRY, function, region.line, function.name)


def _inside(function: Function, start: int, end: int) -> Iterator[Region]:
    return (region for region in function.regions if start <= region.start and region.end <= end)


def _parameters(function: Function) -> Iterator[Fact]:
    for param in function.facts.params if function.facts.kind == "function" else ():
        if param.name not in _SELF:
            yield _fact(Circumstance.PARAMETER, function, function.facts.line, param.name)


def _entries(program: Program) -> Iterator[Fact]:
    for endpoint in program.endpoints:
        function = endpoint.handler
        circumstance = Circumstance.RETRY if endpoint.kind in _AGAIN else Circumstance.ENDPOINT
        yield _fact(circumstance, function, function.facts.line, function.name)


def _migration(function: Function, effects: Collection[Effect]) -> Iterator[Fact]:
    """A migration as a whole, and each step of it."""
    if not function.facts.parent >= 0:
        yield _fact(Circumstance.MIGRATION, function, max(function.facts.line, 1), function.file.module)
    for effect in effects:
        yield _fact(Circumstance.MIGRATION, function, function.values[effect.value].line, _name(function, effect))


def _name(function: Function, effect: Effect) -> str:
    """The table by its last name, or what is called."""
    table = effect.what.rpartition(".")[2] if effect.kind.startswith("db.") else ""
    return table or _called(function, effect.value)


def _called(function: Function, value: int) -> str:
    step = function.values[value]
    name = written(function, value).replace("(…)", "").replace("()", "") if type(step) is Call else "the rows"
    return ".".join(name.split(".")[-2:])  # the last two say it: `client.get`, `orders.lock`
