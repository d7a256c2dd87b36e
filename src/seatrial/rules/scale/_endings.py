"""Endings: what tells that a loop seldom goes all its rounds, or that it is only run where an error is told."""

from seatrial.model import facts as f
from seatrial.program import Function, Loop
from seatrial.program.ancestry import made_of
from seatrial.program.loops import leaves_loop

SEARCHED = 0.15
"""Less where what was asked may end the loop: few rounds, mostly."""
_BRANCHES = frozenset({"if", "else", "except"})
_COLLECTIONS = frozenset({f.Collection})


def ends_at(loop: Loop, value: int) -> bool:
    """The loop ends as soon as the value is something: `if line.coupon: return line.coupon`."""
    function = loop.function
    inside = (r for r in function.regions if loop.facts.start <= r.start and r.end <= loop.facts.end)
    return any(r.kind == "if" and leaves_loop(function, r) and _asks(function, r.subject, value) for r in inside)


def _asks(function: Function, condition: int, value: int) -> bool:
    condition = function.origin(condition)
    step = function.values[condition]
    if type(step) is f.Compare and step.op == "is not":
        condition = function.origin(step.left)
    if type(step) is f.Binary and step.op == "and":
        return _asks(function, step.left, value) or _asks(function, step.right, value)
    return condition == value


def leads_to_failure(loop: Loop) -> bool:
    """It runs only where an error is raised after it, and looks for what to say in that."""
    function = loop.function
    around = (r for r in function.enclosing(loop.facts.start) if r.end >= loop.facts.end and r.kind in _BRANCHES)
    return any(type(function.values[r.end - 1]) is f.Raise and _is_last_of(function, r) for r in around if r.exits)


def _is_last_of(function: Function, region: f.Region) -> bool:
    """Its last value stands in it, and not in a branch of its own."""
    return next(function.enclosing(region.end - 1), None) is region


def may_end_at(loop: Loop, value: int) -> bool:
    """What was asked may end the loop, by what is found, a `break`, or as `any(…)` does: few rounds, mostly.

    Not so what an error ends, or `all(…)` does: mostly there is nothing wrong.
    """
    function, region = loop.function, loop.facts
    inside = (r for r in function.regions if region.start <= r.start and r.end <= region.end)
    asked = (r.subject for r in inside if r.kind == "if" and r.subject >= value and _is_found(loop, r))
    if any(value in made_of(function, subject, start=region.start) for subject in asked):
        return True
    made = (at for at in function.of(_COLLECTIONS) if _is_made_by(function, at, loop))
    users = (function.values[user] for at in made for user in function.users.get(at, ()))
    return any(type(user) is f.Call and user.callee == "!any" for user in users)


def _is_found(loop: Loop, region: f.Region) -> bool:
    """A branch leaves the loop, and does not say what is wrong: it gives a plain answer, or what was looked for."""
    function = loop.function
    last = function.values[region.end - 1] if region.end > region.start else None
    if not leaves_loop(function, region) or type(last) is f.Raise:
        return False
    given = last.value if type(last) is f.Return else f.NONE
    if given < 0 or type(function.values[function.origin(given)]) is f.Const:
        return True
    return type(function.values[function.origin(given)]) is not f.Call


def _is_made_by(function: Function, value: int, loop: Loop) -> bool:
    step = function.values[value]
    return type(step) is f.Collection and step.region == loop.region
