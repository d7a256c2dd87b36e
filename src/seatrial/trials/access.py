"""What one user may do, asked again by another user, by nobody, and with fields that no form shows.

A write is judged by the database: what changed in rows that belong to the first user must not come from the second.
A read is judged by the first user's own marks in the answer, where the operation lets nobody in without proof: what is
public to all is no leak. What neighbours ask for (operations on the same things) is the standard for the rest.
"""

from collections.abc import Iterator, Sequence

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials import assigning
from seatrial.trials.actors import ANONYMOUS, Actor, Cast
from seatrial.trials.api import PASSWORD, Operation
from seatrial.trials.belonging import added_own, harm
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.recipes import parts, recipe
from seatrial.trials.statements import is_write

DENIED = (401, 403, 404)
ANYBODY = "somebody who is not logged in"
OWNER, LOGIN = ("unchecked-owner", "unguarded-endpoint"), ("unguarded-endpoint", "unchecked-owner")


class Let(msgspec.Struct, frozen=True):
    """Somebody was let in who should not be."""

    operation: str
    rules: tuple[str, ...]
    reason: str
    differences: tuple[str, ...]
    lines: tuple[str, ...]
    """Those of the program that wrote."""
    calls: tuple[Call, ...]
    """The request of whoever may, and the same by whoever may not; empty if it takes more than them to see it."""


class Kept(msgspec.Struct, frozen=True):
    """An operation that refused whoever else asked."""

    operation: str
    rules: tuple[str, ...]
    reason: str


def claims(bench: Bench) -> Iterator[Claim]:
    """What others may do, of each operation."""
    return (claim(bench, one) for one in run(bench))


def claim(bench: Bench, one: Let | Kept) -> Claim:
    """What was seen, as a claim."""
    if isinstance(one, Kept):
        return Claim(
            trial="access",
            outcome=Outcome.CLEARED,
            rules=one.rules,
            operation=one.operation,
            lines=(),
            reason=one.reason,
        )
    return Claim(
        trial="access",
        outcome=Outcome.PROVEN,
        rules=one.rules,
        operation=one.operation,
        lines=one.lines,
        reason=one.reason,
        details=one.differences,
        asked=tuple(recipe(bench, one.operation, call) for call in one.calls),
    )


def run(bench: Bench) -> Iterator[Let | Kept]:
    """Every operation on a row of the first user's, every one that writes, and every one whose neighbours ask."""
    if bench.database is None or not bench.cast.known:
        return
    for operation in bench.operations:
        if not bench.has_time("access to", operation.name):
            continue
        if "{" in operation.path:
            yield from _another(bench, operation)
        if operation.writes:
            yield from _more(bench, operation)
        if operation.writes and not operation.proves:
            yield from _nobody(bench, operation)
            yield from _lower(bench, operation)
        if not operation.writes:
            yield from unread(bench, operation)


def handed(cast: Cast, call: Call, actor: Actor) -> Call:
    """The same request by somebody else: without any header that proves one of the actors."""
    proving = {"authorization", "cookie"}.union(
        name.lower() for one in (cast.alice, cast.bob, cast.root) for name in one.headers
    )
    kept = {name: value for name, value in call.headers.items() if name.lower() not in proving}
    return msgspec.structs.replace(call, headers={**kept, **actor.headers})


def _another(bench: Bench, operation: Operation) -> Iterator[Let | Kept]:
    """The operation on a row of the first user's, asked by the second."""
    alice, bob = bench.cast.alice, bench.cast.bob
    call, own = _asked(bench, operation, alice)
    bench.restore()
    table = bench.filling.owner_of(operation, alice)
    above = "" if table or not call else bench.filling.holder_of(operation, parts(operation, call)[0], alice)
    if call is None or not own.ok or not (table or (above and _is_kept(bench, above))):
        return
    other = _renewed(handed(bench.cast, call, bob))
    theirs, harmed = harm(bench, other, alice, bob)
    if theirs.status in DENIED or theirs.is_denied:
        told = f"a second user who asks for a row of the first is answered {theirs.status}"
        yield Kept(operation.name, ("unchecked-owner",), told)
    elif operation.writes and theirs.ok and harmed:
        yield let(
            operation, OWNER, "a second user is answered {}: another's row written", (theirs, harmed), (call, other)
        )
    elif _is_read(bench, operation, table, own, theirs, call):
        yield let(operation, OWNER, "a second user is answered {}: another's row read", (theirs, ()), (call, other))


def _is_kept(bench: Bench, table: str) -> bool:
    """Whether a second user is refused the first user's rows of the table: what hangs on them is then theirs, too."""
    alice, bob = bench.cast.alice, bench.cast.bob
    for operation in bench.api.operations:
        if not operation.writes and bench.filling.is_about(operation, table):
            call, own = _asked(bench, operation, alice)
            if call and own.ok and bench.application.call(handed(bench.cast, call, bob)).status in DENIED:
                return True
    return False


def _renewed(call: Call) -> Call:
    """The same with another password, where it sets one: who sets the same again changes nothing."""
    return msgspec.structs.replace(call, body=call.body.replace(PASSWORD.encode(), f"{PASSWORD}-2".encode()))


def _is_read(bench: Bench, operation: Operation, table: str | None, own: Answer, theirs: Answer, call: Call) -> bool:
    """Whether the second user read what is the first one's alone. Who somebody is, is often meant for all users."""
    is_theirs = not operation.writes and theirs.ok and theirs.body == own.body and table != bench.cast.alice.table
    return is_theirs and bench.application.call(handed(bench.cast, call, ANONYMOUS)).is_denied


def _nobody(bench: Bench, operation: Operation) -> Iterator[Let | Kept]:
    """The operation asked by nobody in particular, where other operations of the kind ask who it is."""
    call, own = _accepted(bench, operation)
    if call is None or not own.ok:
        return
    other = handed(bench.cast, call, ANONYMOUS)
    theirs, changes = bench.changes(other)
    if theirs.is_denied:
        yield Kept(operation.name, ("unguarded-endpoint",), f"nobody gets in without a login: {theirs.status}")
    elif theirs.ok and changes and neighbours_ask(bench, operation) and not _is_handed_in(bench, operation, changes):
        yield let(
            operation,
            LOGIN,
            "somebody who is not logged in is answered {}: written without proof of who asks",
            (theirs, changes),
            (call, other),
        )


def _is_handed_in(bench: Bench, operation: Operation, changes: Sequence[str]) -> bool:
    """Whether it only adds what strangers hand in (a guest's order, a message), and cannot read back."""
    near = [one for one in _neighbours(bench, operation) if not one.writes]
    is_only_added = all(told.startswith("+") for told in changes)
    return is_only_added and "{" not in operation.path and bool(near) and all(map(bench.refuses_nobody, near))


def _lower(bench: Bench, operation: Operation) -> Iterator[Let]:
    """The operation asked by an ordinary user, where its neighbours that write ask for more rights."""
    alice, root = bench.cast.alice, bench.cast.root
    near = [one for one in _neighbours(bench, operation) if one.writes and not one.proves]
    if root is ANONYMOUS or not near or not all(_is_for_root(bench, one) for one in near):
        return
    call, own = _asked(bench, operation, root)
    if call is None or not own.ok:
        return
    other = handed(bench.cast, call, alice)
    theirs, changes = bench.changes(other)
    if theirs.ok and changes and not added_own(bench, alice):
        yield let(
            operation,
            LOGIN,
            "an ordinary user is answered {}: written by whoever is logged in, where neighbours ask for more rights",
            (theirs, changes),
            (call, other),
        )


def unread(bench: Bench, operation: Operation) -> Iterator[Let]:
    """An operation that reads, asked by nobody, where its neighbours that read ask who it is."""
    call, own = _asked(bench, operation, bench.cast.alice)
    if call is None or not own.ok:
        return
    other = handed(bench.cast, call, ANONYMOUS)
    theirs = bench.application.call(other)
    if theirs.ok and PASSWORD.encode() in theirs.body:
        yield let(
            operation,
            LOGIN,
            "somebody who is not logged in is answered {}: a password is shown",
            (theirs, ()),
            (call, other),
        )
    elif theirs.ok and theirs.body == own.body and _is_marked(bench, theirs) and _readers_ask(bench, operation):
        yield let(
            operation,
            LOGIN,
            "somebody who is not logged in is answered {}: a user's rows are shown",
            (theirs, ()),
            (call, other),
        )


def _more(bench: Bench, operation: Operation) -> Iterator[Let | Kept]:
    """The operation with fields that the tables have and its form has not."""
    actor = ANONYMOUS if operation.proves else bench.cast.alice
    call, own = _asked(bench, operation, actor)
    if call is None or not own.ok or not operation.fields or operation.form:
        return
    found = assigning.assigned(bench, operation, call)
    if isinstance(found, assigning.Taken):
        names = ", ".join(f"`{name}`" for name in found.names)
        reason = (
            f"{names}, which its form does not have, {'is' if len(found.names) == 1 else 'are'} written all the same"
        )
        yield Let(operation.name, ("mass-assignment",), reason, found.shown, _lines(found.answer), ())
    elif found is not None:
        reason = f"{found.tried} fields that its form does not have are {found.how}"
        yield Kept(operation.name, ("mass-assignment",), reason)


def _readers_ask(bench: Bench, operation: Operation) -> bool:
    """Whether its neighbours that read ask who it is: those that show as much or less, since a list may be public."""
    places = operation.path.count("{")
    near = [one for one in _neighbours(bench, operation) if not one.writes and one.path.count("{") <= places]
    return bool(near) and all(map(bench.refuses_nobody, near))


def neighbours_ask(bench: Bench, operation: Operation) -> bool:
    """Whether another operation that writes the same things asks who it is."""
    return any(bench.refuses_nobody(one) for one in _neighbours(bench, operation) if one.writes)


def _is_for_root(bench: Bench, operation: Operation) -> bool:
    """Whether an ordinary user is refused what the one with every right is not."""
    call, own = _asked(bench, operation, bench.cast.root)
    if call is None or not own.ok:
        return False
    theirs = bench.changes(handed(bench.cast, call, bench.cast.alice))[0]
    return theirs.is_denied and theirs.status != 401


def _neighbours(bench: Bench, operation: Operation) -> Sequence[Operation]:
    """The other operations on the same things: those below the same first part of a path."""
    return [one for one in bench.api.operations if one.thing == operation.thing and one != operation]


def _is_marked(bench: Bench, answer: Answer) -> bool:
    """Whether the answer names the first user."""
    return any(len(mark) > 2 and mark.encode() in answer.body for mark in bench.cast.alice.marks)


def let(
    operation: Operation,
    rules: tuple[str, ...],
    told: str,
    came: tuple[Answer, Sequence[str]],
    calls: tuple[Call, Call],
) -> Let:
    """`came` is the answer and what it changed; `calls` are the request of whoever may, and of whoever may not."""
    theirs, changes = came
    lines = _lines(theirs) or tuple(filter(None, (operation.place,)))
    return Let(operation.name, rules, told.format(theirs.status), tuple(changes), lines, calls)


def _lines(answer: Answer) -> tuple[str, ...]:
    """The lines of the program that wrote; those that read, if none did."""
    statements = answer.seen.statements if answer.seen else ()
    wrote = [one for one in statements if is_write(one.sql)]
    return tuple(dict.fromkeys(one.line for one in wrote or statements[-1:] if one.line))


def _accepted(bench: Bench, operation: Operation) -> tuple[Call | None, Answer]:
    """A request of the first user's, or else of the one with every right."""
    call, own = _asked(bench, operation, bench.cast.alice)
    return (call, own) if call is not None else _asked(bench, operation, bench.cast.root)


def _asked(bench: Bench, operation: Operation, actor: Actor) -> tuple[Call | None, Answer]:
    bench.restore()
    call = bench.filling.accepted(operation, actor)
    if call is None:
        return None, Answer(0, {}, b"", 0.0)
    bench.restore()
    return call, bench.application.call(call)
