"""Known races: what somebody has thought about, and left, and what is told of once."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from seatrial.program import Function, Program, Type
from seatrial.rules.concurrency._creations import CREATES
from seatrial.rules.contract import SLIGHT, Match, gathered

_SPEAKS = re.compile(r"(?i)^#.*(?:\brace conditions?\b|\bat the same time\b|\bconcurrent|\bsimultaneous)")
_TO_DO = re.compile(r"(?i)\b(?:todo|fixme|xxx|hack|bug|avoid\w*|prevent\w*)\b")
_OWNERS = frozenset({"user", "user_id", "owner", "owner_id", "profile", "profile_id"})


def is_left(function: Function) -> bool:
    """A comment in the function speaks of two at once, and not of what is still to be done, or is done, against it."""
    lines = range(function.facts.line, function.facts.end_line + 1)
    said = [one.text for one in function.file.facts.comments if one.line in lines]
    return any(map(_SPEAKS.search, said)) and not any(map(_TO_DO.search, said))


def is_own_row(program: Program, row: Type) -> bool:
    """Each user has one such row of their own, which only what they do themselves writes."""
    table = program.schema.table(row.cls)
    return table is not None and table.is_unique(_OWNERS)


def by_signals(program: Program, matches: Iterable[Match]) -> Iterator[Match]:
    """One match for all that the signals of a file do to the rows of a table: who mends one mends its neighbours."""
    families: dict[tuple[str, str], list[Match]] = {}
    for one in matches:
        if one.function is not None and _handles(program, one.function):
            families.setdefault((one.function.file.path, one.key.partition(".")[0]), []).append(one)
        else:
            yield one
    yield from map(_as_one, families.values())


def _as_one(family: list[Match]) -> Match:
    first = gathered(family)
    others = {one.function for one in family} - {first.function, None}
    more = f", and so it is done in {len(family) - 1} more" if len(family) > 1 else ""
    return replace(first, message=first.message + more, also=(*first.also, *filter(None, others)))


def _handles(program: Program, function: Function) -> bool:
    return any(one.kind == "signal" and one.handler is function for one in program.endpoints)


def as_thought(match: Match) -> Match:
    """A creation with less confidence, if somebody has thought about two at once. What a sum loses is seldom meant."""
    function = match.function
    known = function is not None and match.key.startswith(CREATES) and is_left(function)
    return replace(match, confidence=min(match.confidence, SLIGHT)) if known else match
