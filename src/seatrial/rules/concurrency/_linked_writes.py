"""Linked writes: pairs of writes of one body that only make sense together, for `missing-transaction`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seatrial.model import facts as f
from seatrial.program import Effect, Function, Program
from seatrial.program.ancestry import made_of

DEPTH = 2
"""How many calls deep writes are looked for."""
_STORES = frozenset({f.StoreAttr})
_CHANGES = frozenset({"update", "aupdate", "delete", "adelete"})
_WAYS = ({"if", "else"}, {"except", "orelse"}, {"except"})
"""Pairs of branches of which one runs."""
_BRANCHES = frozenset({"if", "else", "case", "except"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two writes by the ids of their calls, the tables that they write, and what makes them one."""

    first: int
    second: int
    tables: tuple[str, str]
    link: str
    origin: Effect
    """The place where the first is written."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A column of a row, or of rows, is raised (`sign` +) or lowered, and then written."""

    write: Effect
    column: str
    sign: str
    row: int


def written_by(program: Program, function: Function) -> Iterator[Effect]:
    """The writes of a body, in order: its own, and new rows that functions which it calls make without a look."""
    local = {e.value: e for e in program.effects.local(function) if e.kind == "db.write"}
    for call, target in program.calls.each(function):
        if call in local:
            yield local[call]
            continue
        reached = target.functions
        for table, effect in program.effects.of(reached[0], "db.write").items() if len(reached) == 1 else ():
            made = effect.source
            seen = table in program.effects.of(reached[0], "db.read")
            looked = seen or _is_in_branch(made.function, made.value)  # it may be there already
            if effect.depth < DEPTH and not looked and _row(program, made.function, made) >= 0:
                yield effect.through(function, call)


def linked(program: Program, function: Function, writes: Sequence[Effect]) -> Iterator[Pair]:
    """The pairs among these writes of a body, in order."""
    yield from _moved(function, writes)
    for second in writes:
        sources = set(made_of(function, second.value))
        for first in writes:
            if first.value >= second.value or not first.what or not second.what or _apart(function, first, second):
                continue
            if first.what == second.what:
                if _is_removal(program, function, first) and _is_many(program, function, second):
                    yield Pair(
                        first.value, second.value, (first.what, second.what), "replaces what is removed", first.source
                    )
            elif _is_of(program, function, first, second, sources) and _refers(program, second.what, first.what):
                yield Pair(first.value, second.value, (first.what, second.what), "belongs to the new row", first.source)


def _is_of(program: Program, function: Function, first: Effect, second: Effect, sources: set[int]) -> bool:
    """The second makes rows for the new row of the first: rows of it that a query would change or remove are none yet."""
    row, name = _row(program, function, first), _callee(function, second.value).rpartition(".")[2]
    return row in sources and name not in _CHANGES


def _callee(function: Function, call: int) -> str:
    step = function.values[call]
    return step.callee if type(step) is f.Call else ""


def _is_in_branch(function: Function, value: int) -> bool:
    return any(region.kind in _BRANCHES for region in function.enclosing(value))


def _apart(function: Function, first: Effect, second: Effect) -> bool:
    """The first is made in a branch that the second is not part of: without it, the second makes sense all the same."""
    around = (region for region in function.enclosing(first.value) if region.kind in _BRANCHES)
    return any(not region.start <= second.value < region.end for region in around)


def _row(program: Program, function: Function, write: Effect) -> int:
    """The row that a write brings into being, as the value that holds it; NONE if it was there, or may have been."""
    given, model = program.type_of(function, write.value), program.model(function, write.value)
    if model is not None and "db.read" in model.effects:
        return f.NONE
    if given is not None and given.name == write.what and not given.meta:
        return write.value
    for operand in f.operands(function.values[write.value]):
        origin = function.origin(operand)
        step = function.values[origin]
        if type(step) is f.Call and (made := program.target(function, origin).made) and made.dotted == write.what:
            return origin
        if type(step) is f.Collection and step.items and _row_of(program, function, step.items[0], write.what):
            return origin
    return f.NONE


def _row_of(program: Program, function: Function, value: int, table: str) -> bool:
    step = function.values[value]
    made = program.target(function, value).made if type(step) is f.Call else None
    return made is not None and made.dotted == table


def _is_removal(program: Program, function: Function, write: Effect) -> bool:
    """Rows are deleted, by a query."""
    step = function.values[write.value]
    receiver = program.target(function, write.value).receiver
    if type(step) is not f.Call or step.callee.rpartition(".")[2] not in {"delete", "adelete"}:
        return False
    return bool(program.types.kinds(receiver) & {"query", "manager"}) if receiver else False


def _is_many(program: Program, function: Function, write: Effect) -> bool:
    """Rows are made one after the other, or in bulk."""
    model = program.model(function, write.value)
    if model is not None and model.query == "bulk" and "create" in program.target(function, write.value).external:
        return True
    return bool(function.loops(write.value)) and _row(program, function, write) >= 0


def _refers(program: Program, table: str, other: str) -> bool:
    """Rows of the table hold the key of a row of the other."""
    classes = program.schema.named(table), program.schema.named(other)
    declared, target = (program.schema.table(cls) if cls else None for cls in classes)
    if declared is None or target is None:
        return False
    relations = (r for r in declared.relations.values() if not r.reverse and not r.many and r.target)
    if any(r.target and r.target.name == other for r in relations):
        return True
    return any(c.references.rpartition(".")[0] == target.name for c in declared.columns.values() if c.references)


def _moved(function: Function, writes: Sequence[Effect]) -> Iterator[Pair]:
    """An amount is taken from one row and given to another."""
    changes = [*_changes(function, writes)]
    for one in changes:
        for other in changes:
            first, second = one.write, other.write
            same = (first.what, one.column) == (second.what, other.column)
            if not same or first.value >= second.value or _either(function, first.value, second.value):
                continue
            if one.sign != other.sign and one.row != other.row:
                yield Pair(first.value, second.value, (first.what, second.what), f"moves {one.column}", first.source)
                return


def _either(function: Function, first: int, second: int) -> bool:
    """Two branches of one decision: the second is not written where the first was."""
    for one in function.enclosing(first):
        for other in function.enclosing(second):
            if one.parent == other.parent and {one.kind, other.kind} in _WAYS and _is_behind(function, one, other):
                return True
    return False


def _is_behind(function: Function, one: f.Region, other: f.Region) -> bool:
    """The later of two branches stands behind the earlier, with nothing but its like in between."""
    early, late = sorted((one, other), key=lambda region: region.start)
    between = [r for r in function.regions if r.parent == one.parent and early.end <= r.start < late.start]
    same = early.subject == late.subject or "except" in {early.kind, late.kind}
    return early != late and same and all(r.kind in {"except", "else", "orelse"} for r in between)


def _changes(function: Function, writes: Sequence[Effect]) -> Iterator[_Change]:
    for at in function.of(_STORES):
        step = function.values[at]
        sign = _sign(function, step.value, step.name) if type(step) is f.StoreAttr else ""
        if type(step) is f.StoreAttr and sign:
            row = function.origin(step.base)
            saved = next((w for w in writes if w.value > at and row in _near(function, w.value)), None)
            if saved is not None:
                yield _Change(saved, step.name, sign, row)
    for write in writes:
        step = function.values[write.value]
        if type(step) is f.Call and write.via is None:
            for name, value in step.keywords:
                if sign := _sign(function, value, name):
                    yield _Change(write, name, sign, write.value)


def _near(function: Function, value: int) -> set[int]:
    return {function.origin(operand) for operand in f.operands(function.values[value])}


def _sign(function: Function, value: int, column: str) -> str:
    """`+` or `-` of what is added to the column or taken from it; empty for anything else."""
    step = function.values[function.origin(value)] if value >= 0 else None
    if type(step) is not f.Binary or step.op not in {"+", "-"}:
        return ""
    sides = [function.values[function.origin(side)] for side in (step.left, step.right)]
    return step.op if any(_is_old(one, column) for one in sides) else ""


def _is_old(step: f.AnyValue, column: str) -> bool:
    """What the column held: `row.amount`, `F("amount")`, `Account.amount`."""
    if type(step) is f.Call:
        return step.callee.rpartition(".")[2] == "F"
    named = step.name if type(step) is f.Attr else step.path if type(step) is f.Ref else ""
    return named.rpartition(".")[2] == column
