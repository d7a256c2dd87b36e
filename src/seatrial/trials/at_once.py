"""The same request several times at once, against one after another: the database must end the same.

Equal requests of one user have one outcome in whatever order they come, so what one after another makes is the only
right state. Each statement is delayed a little, which widens the gap between what a request reads and what it writes.
What undoes itself when it is asked again, as a like that is taken back, is asked an odd number of times: else what is
right would be what was there before, and two that undo the same would not show.
"""

import re
from collections.abc import Collection, Sequence

import msgspec

from seatrial.sandbox import Answer, Call, pause
from seatrial.trials.bench import Bench
from seatrial.trials.state import State, States, changed_columns, differences
from seatrial.trials.statements import is_write

AT_ONCE = 6
TIMES = 3
"""How often it is tried; a lost update shows each time under the delay."""
_AGAIN = (409, 423, 429, 503)
"""Statuses by which a program says that another request was in the way."""
_LOCKED = re.compile(r"is locked|server closed the connection|terminating connection due to administrator")
"""SQLite's one writer, and connections that were ended to put the database back: neither is the program's doing."""
_CHECKS, _STILL = 10, 0.5
"""How often it is looked whether the state stays, and the seconds between."""
DELAY = 15.0
"""Milliseconds before each statement."""


class Raced(msgspec.Struct, frozen=True):
    """What requests at once did that the same ones one after another do not."""

    operation: str
    verdict: str
    """`corrupted`: the state is wrong. `wrong answers`: it is right, but requests failed that need not."""
    seen: int
    """In so many tries."""
    tries: int
    one_by_one: tuple[int, ...]
    """Statuses, sorted."""
    at_once: tuple[int, ...]
    differences: tuple[str, ...]
    lines: tuple[str, ...]
    """The lines of the program that wrote, in order."""


class Calm(msgspec.Struct, frozen=True):
    """An operation whose requests at once did what they do one after another, in `TIMES` tries."""

    operation: str
    count: int = AT_ONCE
    """How many they were."""


class Unsteady(msgspec.Struct, frozen=True):
    """An operation that answers equal requests differently even one after another: nothing can be said of it."""

    operation: str


class Alone(msgspec.Struct, frozen=True):
    """What requests do one after another, each time the same."""

    answers: Sequence[Answer]
    state: State
    lines: tuple[str, ...]
    """The lines of the program that wrote, in order."""
    count: int = AT_ONCE
    """How many they are."""


def tried(bench: Bench, name: str, call: Call, states: States) -> Raced | Calm | Unsteady | None:
    """What comes of a request of the operation `name` several times at once; None if it changes nothing.

    `states` is told which columns differ by themselves.
    """
    found = alone(bench, name, call, states)
    return together(bench, name, call, states, found) if isinstance(found, Alone) else found


def alone(bench: Bench, name: str, call: Call, states: States) -> Alone | Unsteady | None:
    """What comes of it several times one after another. As `tried`."""
    count = AT_ONCE
    first, serial = _one_by_one(bench, call, states, count)
    writes = any(map(_writes, first)) or (first[0].seen is None and serial != bench.saved)
    if not any(answer.ok for answer in first) or not writes:
        return None
    second, again = _one_by_one(bench, call, states, count)
    if bench.saved in (serial, again):
        count = AT_ONCE - 1
        first, serial = _one_by_one(bench, call, states, count)
        second, again = _one_by_one(bench, call, states, count)
    states.mask(changed_columns(serial, again))
    third, serial = _one_by_one(bench, call, states, count)
    if not _told(first) == _told(second) == _told(third):
        return Unsteady(name)
    lines = dict.fromkeys(one.line for a in first if a.seen for one in a.seen.statements if is_write(one.sql))
    return Alone(first, serial, tuple(lines), count)


def together(bench: Bench, name: str, call: Call, states: States, standard: Alone) -> Raced | Calm | Unsteady:
    """What comes of it at once, as against the `standard`."""
    first, serial, count = standard.answers, standard.state, standard.count
    found = [_at_once(bench, call, states, count) for _ in range(TIMES)]
    if any(are_denied([answer.status for answer in answers], standard) for answers, _ in found):
        return Unsteady(name)
    fewer = {some: _until(bench, call, states, some) for some in {_accepted(answers) for answers, _ in found}}
    wrong = [(answers, state) for answers, state in found if state not in (serial, fewer[_accepted(answers)])]
    wrong = wrong if wrong and _is_wrong_at_rest(bench, call, states, count) else []
    failed = [(answers, state) for answers, state in found if _lost(answers, first)]
    if not (wrong or failed):
        return Calm(name, count)
    answers, state = (wrong or failed)[0]
    return Raced(
        name,
        "corrupted" if wrong else "wrong answers",
        len(wrong or failed),
        TIMES,
        tuple(_told(first)),
        tuple(_told(answers)),
        tuple(differences(serial, state)),
        standard.lines,
    )


def _is_wrong_at_rest(bench: Bench, call: Call, states: States, count: int) -> bool:
    """Whether it is still wrong when nothing changes any more: a program may write more after it has answered."""
    _one_by_one(bench, call, states, count)
    serial = _at_rest(states)
    answers, _ = _at_once(bench, call, states, count)
    state = _at_rest(states)
    if state == serial:
        return False
    _until(bench, call, states, _accepted(answers))
    return state != _at_rest(states)


def _at_rest(states: States) -> State:
    """The state that stays."""
    state = states.now()
    for _ in range(_CHECKS):
        pause(_STILL)
        state, before = states.now(), state
        if state == before:
            break
    return state


def _one_by_one(bench: Bench, call: Call, states: States, count: int) -> tuple[Sequence[Answer], State]:
    assert bench.database is not None
    bench.database.restore()
    answers = [bench.application.call(call) for _ in range(count)]
    return answers, states.now()


def _until(bench: Bench, call: Call, states: States, accepted: int) -> State:
    """What is left when so many were accepted, one after another: of those that were refused nothing may be left."""
    assert bench.database is not None
    bench.database.restore()
    answers: list[Answer] = []
    while _accepted(answers) < accepted and len(answers) < AT_ONCE:
        answers.append(bench.application.call(call))
    return states.now()


def _at_once(bench: Bench, call: Call, states: States, count: int) -> tuple[Sequence[Answer], State]:
    assert bench.database is not None
    bench.database.restore()
    answers = bench.application.together([msgspec.structs.replace(call, delay=DELAY)] * count)
    return answers, states.now()


def _told(answers: Sequence[Answer]) -> Sequence[int]:
    return sorted(answer.status for answer in answers)


def are_denied(statuses: Collection[int], standard: Alone) -> bool:
    """Whether some are refused for who asks though none is one after another: the program's own doing, no race."""
    return bool(set(statuses) & {401, 403} - {answer.status for answer in standard.answers})


def _accepted(answers: Sequence[Answer]) -> int:
    return sum(answer.ok for answer in answers)


def _lost(answers: Sequence[Answer], standard: Sequence[Answer]) -> bool:
    """Whether more fail than one after another, or fewer are accepted and the others not asked to come again.

    That SQLite lets one writer in at a time is no fault of the program.
    """
    excused = sum(answer.status in _AGAIN or _is_locked(answer) for answer in answers)
    return _failures(answers) > _failures(standard) or _accepted(answers) + excused < _accepted(standard)


def _failures(answers: Sequence[Answer]) -> int:
    return sum((answer.status >= 500 or answer.status == 0) and not _is_locked(answer) for answer in answers)


def _is_locked(answer: Answer) -> bool:
    seen = answer.seen
    told = [*(one.error for one in seen.statements), seen.error.text if seen.error else ""] if seen else []
    return any(map(_LOCKED.search, told))


def _writes(answer: Answer) -> bool:
    return answer.seen is not None and any(is_write(one.sql) for one in answer.seen.statements)
