"""Awaits: how long requests in a loop keep somebody waiting, and which of them could run together."""

from seatrial.model import facts as f
from seatrial.program import Effect, Function, Loop, Program, Size, by_hand

UNWAITED = 0.2
"""Less where nobody waits for the end."""
DEPTH = 12
"""How many values an argument is followed back through."""


def confidence(program: Program, loop: Loop, effect: Effect) -> float:
    """Of a request in a loop; less where nobody waits: in commands that somebody runs by hand, and in background jobs."""
    first = 0.85 if loop.size is Size.ROWS else 0.75
    nobody = by_hand(loop.function) or program.is_background(loop.function) or loop.facts.is_async
    return first - min(0.03 * effect.depth, 0.15) - (UNWAITED if nobody else 0.0)


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
    return not any(_is_carried(function, value, loop.facts) for value in given)


def _sleeps(program: Program, loop: Loop) -> bool:
    """The loop waits on purpose: the other side wants no more at a time."""
    inside = (c for c in loop.function.calls if loop.facts.start <= c < loop.facts.end)
    return any(program.target(loop.function, call).external in {"asyncio.sleep", "anyio.sleep"} for call in inside)


def _is_carried(function: Function, value: int, loop: f.Region, depth: int = 0) -> bool:
    """The value is made from one of the round before: a page's token, a running total."""
    if value < loop.start or depth > DEPTH:
        return False
    step = function.values[value]
    if type(step) is f.Phi and any(option > value for option in step.options):
        return len(step.options) > 1
    return any(_is_carried(function, inner, loop, depth + 1) for inner in f.operands(step) if inner < value)
