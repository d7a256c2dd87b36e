"""Holds the code against its sign-offs: how each unit stands, what that means for the gate, and the cheapest way."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import ceil

from msgspec.structs import replace

from seatrial.gate.counting import addresses
from seatrial.gate.units import Units
from seatrial.model.mandate import Ask, Law
from seatrial.model.standing import SHUT, Fault, Standing, UnitStanding, UnitState, Way
from seatrial.model.verdict import Reason, Verdict

RULE, RECORDS = "sign-off", "sign-off-records"
"""The rule ids under which it is reported what is not signed, and what is wrong with the records."""
LINES_AN_HOUR = 400
"""How fast people read with care: 300 to 500 lines an hour (Cohen, "Best Kept Secrets of Peer Code Review", 2006)."""
SECONDS_A_UNIT = 20
_SOON = timedelta(days=30)


def stand(asks: Iterable[Ask], law: Law) -> tuple[Standing, dict[str, str]]:
    """How every unit stands, and why some records do not count (by id)."""
    asks = list(asks)
    units = Units(asks, law)
    standings = tuple(units.standings())
    loud = [f"EMERGENCY: {one.path}#{one.name}: {one.why}" for one in standings if one.state is UnitState.EMERGENCY]
    judged = Standing(
        mandate=True,
        units=standings,
        notices=(*loud, *_without_reviewers(asks, standings, law), *units.ending(_SOON)),
        policy=law.mandate.policy,
        way=way(standings),
    )
    return judged, units.problems


def _without_reviewers(asks: Iterable[Ask], units: Iterable[UnitStanding], law: Law) -> Iterator[str]:
    """What to do where too few are left to review: a role that only authors hold shuts the gate for good."""
    shut = {(one.path, one.name): one for one in units if one.state in SHUT}
    stuck = [ask for ask in asks if (one := shut.get(ask.place)) and _free(ask, law) < max(1, one.reviewers)]
    if stuck:
        more = f" and {len(stuck) - 1} more" * (len(stuck) > 1)
        yield (
            f"too few people with the role {stuck[0].requirement.role} are left to review {stuck[0].path}#"
            f"{stuck[0].name}{more}, since nobody reviews what they changed: add a person to .seatrial/roles.toml. "
            "What somebody wrote without a model they can sign as their own (`human-authored`, in `seatrial review`)"
        )


def _free(ask: Ask, law: Law) -> int:
    """How many people have the role for a unit and did not change it."""
    role, today = ask.requirement.role, law.now.date()
    fit = (name for name, person in law.mandate.people.items() if person.has(role, today))
    return sum(addresses(name, law.mandate).isdisjoint(ask.authors) for name in fit)


def way(units: Iterable[UnitStanding]) -> Way:
    """The cheapest set of reviews that would open the gate."""
    shut = [one for one in units if one.state in SHUT]
    named = {f"{one.path}#{one.name}" for one in shut if not one.settled_by}
    wanted = [one for one in shut if one.settled_by not in named]
    each = [one.lines for one in wanted for _ in range(max(1, one.reviewers))]
    roles = tuple(sorted({one.role for one in wanted}))
    return Way(len(wanted), sum(one.lines for one in wanted), minutes(each), roles)


def minutes(units: Iterable[int]) -> int:
    """How long one person reads units of so many lines."""
    return ceil(sum(max(lines / LINES_AN_HOUR * 60, SECONDS_A_UNIT / 60) for lines in units))


def with_standing(verdict: Verdict, standing: Standing) -> Verdict:
    """The verdict with what stands against it for want of sign-offs. Never takes a reason away."""
    more = (*map(_of_fault, standing.faults), *_of_units(standing.units))
    told = (*verdict.notices, *standing.notices, *_cheapest(standing.way))
    return replace(verdict, reasons=(*verdict.reasons, *more), notices=told)


def _cheapest(cheapest: Way) -> Iterator[str]:
    if cheapest.units:
        units = f"{cheapest.units} unit{'s' * (cheapest.units > 1)}, {cheapest.lines} lines"
        who = ", ".join(cheapest.roles)
        yield f"the cheapest way to green: {units}, about {cheapest.minutes} min ({who}); `seatrial sign-offs` has all"


def _of_fault(fault: Fault) -> Reason:
    return Reason(fault.what, fault.way_to_green, rule=RECORDS, path=fault.path)


def _of_units(units: Iterable[UnitStanding]) -> Iterator[Reason]:
    """One reason for each file and cause: a module of forty functions is one thing to do.

    A unit that is settled with another is no reason of its own, as long as that other is one.
    """
    shut = [one for one in units if one.state in SHUT]
    named = {f"{one.path}#{one.name}" for one in shut if not one.settled_by}
    groups: dict[tuple[str, str, str], list[UnitStanding]] = {}
    for one in shut:
        if one.settled_by not in named:
            groups.setdefault((one.path, one.state.value, one.why), []).append(one)
    for (path, _, why), found in groups.items():
        yield Reason(_what(found, why), _how(path, found), rule=RULE, path=path, line=found[0].line)


def _what(found: list[UnitStanding], why: str) -> str:
    names = ", ".join(f"`{one.name}`" for one in found[:3])
    more = f" and {len(found) - 3} more" * (len(found) > 3)
    state = {UnitState.FAILED: "failed review", UnitState.STALE: "no longer signed off"}
    return f"{names}{more}: {state.get(found[0].state, 'not signed off')}: {why}"


def _how(path: str, found: list[UnitStanding]) -> str:
    if found[0].state is UnitState.FAILED:
        return f"change {path}, or have whoever failed it tell what would do"
    if settled := found[0].settled_by:
        return f"settled as soon as {settled} is signed"
    total = way(found)
    people = max(one.reviewers for one in found)
    who = f"{people} with the role {found[0].role}" if people > 1 else f"one {found[0].role}"
    key = ", with a key that is touched" * found[0].hardware
    lines, least = (f"{n} {what}{'s' * (n != 1)}" for n, what in ((total.lines, "line"), (total.minutes, "minute")))
    return f"{who} reviews {lines} (about {least}){key}: `seatrial review {path}`"
