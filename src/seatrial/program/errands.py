"""Errands: calls that are made to get something done, for one element at a time, and not to look something up.

What an errand reads on the way is second to the work: one query for all would not do the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.loops import Loop
    from seatrial.program.parts import Function
    from seatrial.program.program import Program

_WORK = ("db.write", "http", "mail", "task.enqueue", "fs.write", "process", "cache.write")
"""Effects that a function is called for."""
_SENDS = ("http", "mail")
_NAMED = re.compile(r"(?:^|_)(?:send|e?mail|notify|upload|download)(?:_|$)")
"""Names of functions that send, though nothing is known of what they call."""
_WRITES = frozenset({"save", "delete", "asave", "adelete"})
"""Methods of rows that programs override to keep other rows in step."""
_PUTS = frozenset({"append", "extend"})
_STORES = frozenset({f.StoreAttr})
_RAISES = frozenset({f.Raise, f.Assert})


def is_errand(program: Program, function: Function, call: int) -> bool:
    """True when a call reaches code of the program that is there for its effects.

    It writes or sends; or nobody takes its result, and it changes what it is given, or never raises: it is no check.
    """
    step, reached = function.values[call], program.target(function, call).functions
    if type(step) is not f.Call or not reached:
        return False
    if any(program.effects.of_call(function, call, kind) for kind in _WORK):
        return True
    return not _is_used(function, call) and all(_changes(body) or not any(body.of(_RAISES)) for body in reached)


def is_write(function: Function) -> bool:
    """The function is what a model does when a row of it is written or removed: `save`, `delete`."""
    return function.cls is not None and function.name in _WRITES


def sends(program: Program, loop: Loop) -> bool:
    """Each round of the loop sends a request or a mail."""
    return any(_sends(program, loop.function, call) for call in _calls(loop))


def collects_to_send(program: Program, loop: Loop) -> bool:
    """Each round puts something on a list that is sent when the loop is over: `send_messages(messages)`."""
    function, region = loop.function, loop.function.regions[loop.outermost]
    steps = (function.values[call] for call in function.calls if region.start <= call < region.end)
    lists = {function.origin(step.receiver) for step in steps if type(step) is f.Call and step.callee in _PUTS}
    later = (call for call in function.calls if call >= region.end and lists)
    return any(not lists.isdisjoint(_given(function, call)) and _sends(program, function, call) for call in later)


def _given(function: Function, call: int) -> set[int]:
    step = function.values[call]
    return {function.origin(given) for given in step.args} if type(step) is f.Call else set()


def writes(program: Program, loop: Loop) -> bool:
    """Each round of the loop writes to the database, or commits, and not only when a session is flushed."""
    return any(
        program.effects.of_call(loop.function, call, "commit")
        or (program.effects.of_call(loop.function, call, "db.write") and not _is_put_off(program, loop.function, call))
        for call in _calls(loop)
    )


def _is_put_off(program: Program, function: Function, call: int) -> bool:
    """`session.add(row)`: a unit of work, which writes all that it was given at once."""
    model = program.model(function, call)
    receiver = program.target(function, call).receiver
    return model is not None and model.query == "write" and program.types.has_kind(receiver, "session")


def _calls(loop: Loop) -> Iterator[int]:
    region = loop.facts
    return (call for call in loop.function.calls if region.start <= call < region.end)


def _sends(program: Program, function: Function, call: int) -> bool:
    step = function.values[call]
    if type(step) is f.Call and _NAMED.search(step.callee.rpartition(".")[2].lstrip(":?!")):
        return True
    return any(program.effects.of_call(function, call, kind) for kind in _SENDS)


def _changes(function: Function) -> bool:
    """It sets attributes of what it is given."""
    stores = (function.values[at] for at in function.of(_STORES))
    return any(
        type(step) is f.StoreAttr and type(function.values[function.origin(step.base)]) is f.Param for step in stores
    )


def _is_used(function: Function, value: int) -> bool:
    users = function.users.get(value, ())
    if any(region.subject == value for region in function.regions):  # `if available(product):`
        return True
    return any(type(function.values[user]) is not f.Await or _is_used(function, user) for user in users)
