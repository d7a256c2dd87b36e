"""Ways: whether a place in a function is ever reached by a call that gives it these arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.parts import Function
from seatrial.program.taint.nouns import Site
from seatrial.program.taint.outcomes import constant, truth
from seatrial.program.taint.passing import bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.program.parts import Class
    from seatrial.program.program import Program
    from seatrial.program.taint.nouns import Spot
    from seatrial.program.taint.outcomes import Constant

_RETURNS = frozenset({f.Return})


def is_dead(function: Function, at: int) -> bool:
    """A test before the place, of literals alone, never turns out as it must."""
    return any(truth(function, subject) not in {None, holds} for subject, holds in function.guards(at))


def is_reached(
    program: Program, function: Function, at: int, site: Site, more: Iterable[tuple[int, bool]] = ()
) -> bool:
    """False when a test before the place speaks of a parameter, and what this call gives for it decides otherwise.

    `more`: further tests on the way in the body, as (id, outcome).
    """
    guards = (*function.guards(at), *more)
    tests = [(subject, holds) for subject, holds in guards if _speaks_of_param(function, subject)]
    if not tests:
        return True
    given = _given(program, function, site)
    return all(truth(function, subject, given) in {None, holds} for subject, holds in tests)


def possible(program: Program, function: Function, call: int, reached: tuple[Function, ...]) -> tuple[Function, ...]:
    """The methods that a call may reach; of an object that a factory makes, as it makes it for these arguments."""
    step = function.values[call]
    maker = function.origin(step.receiver) if type(step) is f.Call and step.receiver >= 0 else f.NONE
    if maker < 0 or type(step) is not f.Call or type(function.values[maker]) is not f.Call:
        return reached
    made = _made(program, Site(function, maker))
    members = [program.types.member(cls, step.callee) for cls in made]
    found = tuple(one.entity for one in members if one is not None and isinstance(one.entity, Function))
    return found if found and len(found) == len(members) else reached


def _made(program: Program, site: Site) -> list[Class]:
    """The classes of what a factory returns to a call, if it is known to return objects of several; else none."""
    made: list[Class] = []
    ways = 0
    for factory in program.target(site.function, site.call).functions:
        for at, value, tests in _given_back(factory):
            found = program.type_of(factory, value) if value >= 0 else None
            if found is None or found.cls is None:
                return []
            ways += 1
            if found.cls not in made and is_reached(program, factory, at, site, tests):
                made.append(found.cls)
    return made if ways > 1 else []


def _given_back(factory: Function) -> Iterator[tuple[int, int, tuple[tuple[int, bool], ...]]]:
    """What a function returns: id of the return, id of the value, what was tested; `A() if x else B()` is two."""
    for at in factory.of(_RETURNS):
        step = factory.values[at]
        value = factory.origin(step.value) if type(step) is f.Return and step.value >= 0 else f.NONE
        chosen = factory.values[value] if value >= 0 else None
        if type(chosen) is f.Conditional:
            yield at, chosen.then, ((chosen.test, True),)
            yield at, chosen.other, ((chosen.test, False),)
        else:
            yield at, value, ()


def own(program: Program, spot: Spot, reached: tuple[Function, ...]) -> tuple[Function, ...]:
    """The methods that a call on `self` may reach; in a body that was entered on an object, those of its class."""
    step = spot.function.values[spot.value]
    if type(step) is not f.Call or not spot.context or not reached or spot.function.cls is None:
        return reached
    if step.receiver < 0 or spot.function.origin(step.receiver) != 0:
        return reached
    site = spot.context[-1]
    call = site.function.values[site.call]
    held = program.type_of(site.function, call.receiver) if type(call) is f.Call and call.receiver >= 0 else None
    if held is None or held.cls is None or spot.function.cls not in program.types.mro(held.cls):
        return reached
    member = program.types.member(held.cls, step.callee)
    return (member.entity,) if member is not None and isinstance(member.entity, Function) else reached


def _speaks_of_param(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    if type(step) is f.Unary:
        return _speaks_of_param(function, step.value)
    sides = (step.left, step.right) if type(step) is f.Compare else (value,)
    return any(type(function.values[function.origin(side)]) is f.Param for side in sides)


def _given(program: Program, function: Function, site: Site) -> dict[int, Constant]:
    """The literals that parameters receive from a call, by position; their defaults where it gives nothing."""
    found: dict[int, Constant] = {}
    for position, param in enumerate(function.facts.params):
        if param.kind in {"star", "double-star"}:
            continue
        values = list(bound(program, function, position, site))
        if len(values) == 1 and not values[0][1]:
            known = constant(site.function, values[0][0])
        else:
            known = _default(function, param) if not values else None
        if known is not None:
            found[position] = known
    return found


def _default(function: Function, param: f.ParamFacts) -> Constant | None:
    """What a parameter is when nothing is given for it; `None` is as good as false where it is tested alone."""
    if function.parent is None or param.default < 0:
        return None
    step = function.parent.values[function.parent.origin(param.default)]
    return False if type(step) is f.Const and step.value is None else constant(function.parent, param.default)
