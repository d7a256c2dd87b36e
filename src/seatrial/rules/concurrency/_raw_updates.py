"""Raw updates: `UPDATE … SET` statements whose values are computed from what a `SELECT` gave before, for `lost-update`."""

import re
from collections import defaultdict
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Effect, Function, Program
from seatrial.program.ancestry import computed_from
from seatrial.program.texts import text_of
from seatrial.rules.concurrency._at_once import lost_sum
from seatrial.rules.contract import Match

_SET = re.compile(r"(?is)^\s*update\s+\S+\s+set\s+(.*?)(?:\bwhere\b|\breturning\b|$)")
_COLUMN = re.compile(r"(?i)(\w+)\s*=\s*(?:\?|%s|%\(\w+\)s|:\w+|\$\d+)")
_GUARDED = re.compile(
    r"(?i)for\s+(no\s+key\s+)?update|begin\s+(immediate|exclusive)|serializable|lock\s+(table|in)|get_lock"
)
"""Words of statements after which nobody else writes what was read."""
_FETCHES = frozenset(
    {"fetchone", "fetchall", "fetchval", "fetchrow", "fetch_one", "scalar", "first", "one", "mappings"}
)
_ARITHMETIC = frozenset({"+", "-", "*", "/", "//"})
_CONSTANTS = frozenset({f.Const})


def raw_updates(program: Program) -> Iterator[Match]:
    """The updates of rows by a sum that Python did with what the same table held."""
    bodies: dict[Function, list[Effect]] = defaultdict(list)
    for effect in program.effects.sources("db.write"):
        bodies[effect.function].append(effect)
    for function, writes in bodies.items():
        for write in writes:
            columns = _columns(function, write.value)
            read = _read(program, function, write) if columns else None
            if read is not None and not _is_guarded(function):
                yield lost_sum(
                    program, function, read.value, write.value, f"{write.what}.{columns[0]}", asked=write.what
                )


def _columns(function: Function, call: int) -> list[str]:
    """The columns that an `UPDATE` gives a parameter; empty for any other call."""
    found = _SET.match(_statement(function, call))
    return _COLUMN.findall(found[1]) if found else []


def _statement(function: Function, call: int) -> str:
    """The text of the statement that a call runs, also within `text(…)`."""
    step = function.values[call]
    if type(step) is not f.Call or not step.args:
        return ""
    inner = function.values[function.origin(step.args[0])]
    wrapped = type(inner) is f.Call and inner.args and inner.callee.rpartition(".")[2] == "text"
    return text_of(function, inner.args[0] if wrapped and type(inner) is f.Call else step.args[0])


def _read(program: Program, function: Function, write: Effect) -> Effect | None:
    """The `SELECT` on the same table that gave what the update's values are computed from."""
    step = function.values[write.value]
    assert type(step) is f.Call
    given = [*step.args, *(value for _, value in step.keywords)]
    fetched = [at for value in given for at in _fetched(function, value)]
    reads = [e for e in program.effects.local(function) if e.kind == "db.read" and e.what == write.what]
    return next((e for e in reversed(reads) for at in fetched if e.value <= at < write.value), None)


def _fetched(function: Function, value: int) -> Iterator[int]:
    """The calls that fetch rows, of which a value holds a sum."""
    for current, summed in computed_from(function, value, _is_no_slice, _sums):
        step = function.values[current]
        if summed and type(step) is f.Call and step.callee in _FETCHES:
            yield current


def _is_no_slice(step: f.AnyValue) -> bool:
    """Which part of the rows is taken says nothing of what is in them."""
    return type(step) is not f.Collection or step.kind != "slice"


def _sums(step: f.AnyValue) -> bool:
    return type(step) is f.Binary and step.op in _ARITHMETIC


def _is_guarded(function: Function) -> bool:
    texts = (function.values[at] for at in function.of(_CONSTANTS))
    return any(type(s) is f.Const and s.kind == "str" and _GUARDED.search(str(s.value)) for s in texts)
