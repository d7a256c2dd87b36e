"""What one user may do, asked again by another user and by nobody.

A write is judged by the database: what changed in rows that belong to the first user must not come from the second.
A read is judged by the first user's own marks in the answer, where the operation lets nobody in without proof: what is
public to all is no leak.
"""

from collections.abc import Iterator

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials.actors import ANONYMOUS, Actor
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.recipes import recipe

_DENIED = (401, 403, 404)
_WHO = {"bob": "a second user", "anonymous": "somebody who is not logged in"}


class Let(msgspec.Struct, frozen=True):
    """Somebody was let in who should not be."""

    operation: str
    who: str
    """`bob` or `anonymous`."""
    kind: str
    """`another's row written`, `another's row read`, or `written without proof of who asks`."""
    status: int
    differences: tuple[str, ...]
    own: Call
    """The request of whoever may."""
    call: Call
    """The same by whoever may not."""


class Kept(msgspec.Struct, frozen=True):
    """An operation that refused whoever else asked."""

    operation: str
    status: int


def claims(bench: Bench) -> Iterator[Claim]:
    """What others may do, of each operation."""
    for one in run(bench):
        if isinstance(one, Let):
            yield Claim(
                trial="access",
                outcome=Outcome.PROVEN,
                rules=("unguarded-endpoint", "unchecked-owner")
                if one.who == "anonymous"
                else ("unchecked-owner", "unguarded-endpoint"),
                operation=one.operation,
                lines=(),
                reason=f"{_WHO[one.who]} is answered {one.status}: {one.kind}",
                details=one.differences,
                asked=(recipe(bench, one.operation, one.own), recipe(bench, one.operation, one.call)),
            )
        else:
            yield Claim(
                trial="access",
                outcome=Outcome.CLEARED,
                rules=("unchecked-owner",),
                operation=one.operation,
                lines=(),
                reason=f"a second user who asks for a row of the first is answered {one.status}",
            )


def run(bench: Bench) -> Iterator[Let | Kept]:
    """Every operation on a row of the first user's, and every operation that writes."""
    if bench.database is None or not bench.cast.known:
        return
    for operation in bench.operations:
        if "{" in operation.path:
            yield from _another(bench, operation)
        if operation.writes and not operation.proves:
            yield from _nobody(bench, operation)


def _another(bench: Bench, operation: Operation) -> Iterator[Let | Kept]:
    """The operation on a row of the first user's, asked by the second."""
    alice, bob = bench.cast.alice, bench.cast.bob
    call, own = _asked(bench, operation, alice)
    if call is None or not own.ok or bench.filling.owner_of(operation, alice) is None:
        return
    theirs, changes = bench.changes(handed(call, bob))
    if theirs.status in _DENIED:
        yield Kept(operation.name, theirs.status)
    elif operation.writes and theirs.ok and changes:
        yield Let(
            operation.name, "bob", "another's row written", theirs.status, tuple(changes), call, handed(call, bob)
        )
    elif theirs.ok and theirs.body == own.body and _refuses_nobody_else(bench, call):
        yield Let(operation.name, "bob", "another's row read", theirs.status, (), call, handed(call, bob))


def _refuses_nobody_else(bench: Bench, call: Call) -> bool:
    """Whether somebody without any proof is refused: then the answer is not meant for all."""
    return bench.application.call(handed(call, ANONYMOUS)).status in (401, 403)


def _nobody(bench: Bench, operation: Operation) -> Iterator[Let]:
    """The operation asked by nobody in particular, where other operations of the kind ask who it is."""
    siblings = [
        one for one in bench.api.operations if one.writes and one.path.split("/")[1:2] == operation.path.split("/")[1:2]
    ]
    call, own = _asked(bench, operation, bench.cast.alice)
    if call is None:
        call, own = _asked(bench, operation, bench.cast.root)
    if call is None or not own.ok or not any(bench.refuses_nobody(one) for one in siblings if one != operation):
        return
    theirs, changes = bench.changes(handed(call, ANONYMOUS))
    if theirs.ok and changes:
        kind = "written without proof of who asks"
        yield Let(operation.name, "anonymous", kind, theirs.status, tuple(changes), call, handed(call, ANONYMOUS))


def _asked(bench: Bench, operation: Operation, actor: Actor) -> tuple[Call | None, Answer]:
    assert bench.database is not None
    bench.database.restore()
    call = bench.filling.accepted(operation, actor)
    if call is None:
        return None, Answer(0, {}, b"", 0.0)
    bench.database.restore()
    return call, bench.application.call(call)


def handed(call: Call, actor: Actor) -> Call:
    """The same request by somebody else."""
    kept = {name: value for name, value in call.headers.items() if name not in ("Authorization", "Cookie")}
    return msgspec.structs.replace(call, headers={**kept, **actor.headers})
