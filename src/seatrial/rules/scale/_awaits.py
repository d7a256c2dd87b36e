"""Awaits: how long requests in a loop keep somebody waiting, and which of them could run together."""

from seatrial.model import facts as f
from seatrial.program import Effect, Function, Loop, Program, Size
from seatrial.program.ancestry import made_of
from seatrial.rules.contract import SLIGHT
from seatrial.rules.scale._data import is_carried, is_sent
from seatrial.rules.scale._rounds import is_whole, outlives_failures
from seatrial.rules.scale._worth import weighed

_ASKS = frozenset({"get", "request", "fetch", "urlopen", "head", "options", "send", "json", "stream"})
"""How calls over HTTP are named that ask for something."""


def confidence(program: Program, loop: Loop, effect: Effect) -> float:
    """Of a request in a loop: as given where somebody waits while it asks for each of many, else `SLIGHT` at most."""
    function = loop.function
    first = (0.8 if loop.size is Size.ROWS else 0.75) - min(0.03 * effect.depth, 0.15)
    again = program.occasions.recurs(function) and is_whole(program, loop)
    waited = again or program.occasions.is_waited_for(function) or not program.endpoints
    many = loop.size is Size.ROWS or is_sent(program, function, loop.facts.subject) or not program.endpoints
    felt = waited and many and not (loop.facts.is_async or _tells(effect) or outlives_failures(loop))
    return weighed(program, function, first if felt else min(first, SLIGHT))


def _tells(effect: Effect) -> bool:
    """It brings something to somebody, for one element at a time, and asks for nothing."""
    return effect.what.rpartition(".")[2] not in _ASKS


def ends_early(loop: Loop) -> bool:
    """A loop that ends at the first success asks for one thing in several places, not for many things."""
    inside = loop.function.values[loop.facts.start : loop.facts.end]
    return any(type(step) is f.Return or (type(step) is f.Jump and step.kind == "break") for step in inside)


def is_asynchronous(program: Program, function: Function, call: int) -> bool:
    """The call only makes something to be awaited: it runs when that is done."""
    target = program.target(function, call)
    return bool(target.model and target.model.awaited) or any(reached.facts.is_async for reached in target.functions)


def is_awaited(function: Function, call: int) -> bool:
    """The call is waited for where it is written: `await call()`, `async with call()`."""
    return any(type(function.values[user]) in {f.Await, f.Enter} for user in function.users.get(call, ()))


def could_run_together(program: Program, loop: Loop, call: int) -> bool:
    """The call needs nothing of the round before, nor a database session, which serves one at a time."""
    function = loop.function
    if _sleeps(program, loop) or any(
        program.effects.of_call(function, call, kind) for kind in ("db.read", "db.write", "commit")
    ):
        return False
    step = function.values[call]
    given = f.operands(step)
    if any(program.types.has_kind(program.type_of(function, value), "session") for value in given):
        return False
    made = (inner for value in given for inner in made_of(function, value, start=loop.facts.start))
    return not any(is_carried(function, value) for value in made)


def _sleeps(program: Program, loop: Loop) -> bool:
    """The loop waits on purpose: the other side wants no more at a time."""
    inside = (c for c in loop.function.calls if loop.facts.start <= c < loop.facts.end)
    return any(program.target(loop.function, call).external in {"asyncio.sleep", "anyio.sleep"} for call in inside)
