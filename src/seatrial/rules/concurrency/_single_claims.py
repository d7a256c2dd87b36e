"""Single claims: one row is taken from those in a state, and then moved to the next one, for `double-claim`."""

from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Type, written
from seatrial.program.chains import chain, compared
from seatrial.rules.concurrency._at_once import is_told
from seatrial.rules.contract import SLIGHT, Match

_STORES = frozenset({f.StoreAttr})
_LOCKS = frozenset({"select_for_update", "with_for_update"})


def single_claims(program: Program) -> Iterator[Match]:
    """`job = Job.objects.filter(status="new").first()`, then `job.status = "running"`, with nothing that locks it."""
    reads: dict[Function, set[int]] = defaultdict(set)
    for effect in program.effects.sources("db.read"):
        reads[effect.function].add(effect.value)
    for function, read in reads.items():
        for value in function.of(_STORES) if function.is_callable else ():
            step = function.values[value]
            if type(step) is not f.StoreAttr or step.value < 0:
                continue
            taken = function.origin(step.base)
            row = program.type_of(function, step.base) if any(at in read for at, _ in chain(function, taken)) else None
            if row and _is_moved(program, function, taken, step, row):
                yield _match(program, function, taken, value, f"{row.name.rpartition('.')[2]}.{step.name}")


def _is_moved(program: Program, function: Function, read: int, step: f.StoreAttr, row: Type | None) -> bool:
    if (
        row is None
        or not program.types.has_kind(row, "model")
        or program.locks.is_locked(function, step.base, row.name)
    ):
        return False
    asked = _asked(function, read)
    states = asked.get(step.name, f.NONE)
    if states < 0 or "!" in asked:
        return False
    old, new = _state(function, states), _state(function, step.value)
    return bool(old and new and old != new) and all(_state(function, value) for value in asked.values())


def _asked(function: Function, read: int) -> dict[str, int]:
    """The columns that decide which row is read, with what each is compared to; `!` when rows are locked."""
    found: dict[str, int] = {}
    for call, step in chain(function, read):
        if step.callee.rpartition(".")[2] in _LOCKS:
            found["!"] = call
        for name, value in compared(function, call).items():
            found.setdefault(name, value)
        for argument in step.args:
            if type(function.values[function.origin(argument)]) is f.Call:
                for name, value in _asked(function, function.origin(argument)).items():
                    found.setdefault(name, value)
    return found


def _state(function: Function, value: int) -> str:
    """A literal or a member of an enum, as text; empty for what depends on the call: that is one certain row."""
    step = function.values[function.origin(value)]
    if type(step) is f.Const and step.value is not None:
        return f"{step.kind} {step.value}"
    return step.path if type(step) is f.Ref and "." in step.path else ""


def _match(program: Program, function: Function, read: int, store: int, column: str) -> Match:
    is_own = "user." in written(function, read)  # one person seldom is in two places at once
    is_slight = is_own or not program.occasions.recurs(function) or is_told(program, function)
    return Match(
        message=f"a row is taken by {column} and then given a new one, without a lock: two at once take the same",
        function=function,
        line=function.values[store].line,
        key=f"one by {column}",
        path=(
            function.step(read, f"takes a row by {column}"),
            function.step(store, "moves it on, whoever has it by now"),
        ),
        confidence=SLIGHT if is_slight else 0.75,
        weight=2.0,
    )
