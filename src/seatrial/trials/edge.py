"""One odd value at a time, at everything that an operation takes: nothing of it may make the server fail.

A request that the program accepts is changed in one place (`odd`). What is refused is well; an answer of 5xx, or none,
is a fault, and the request is already the smallest that shows it. Requests are made unwatched, which is faster; one
that fails is made again from the saved state, watched, for its cause and for what it leaves behind.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call
from seatrial.trials.actors import Actor
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.odd import Case, cases
from seatrial.trials.recipes import recipe

_UPSTREAM = re.compile(r"Connect|Timeout|MaxRetry|NameResolution|gaierror")
"""Errors of calling other services: there are none here, so a failure of theirs is ours."""
_OFTEN = 3
"""So many values that fail at the same place are enough."""
_PLAIN = "the request"
_WITHIN = 8.0
"""Seconds for an answer: the plain request has come back in less, or is the failure."""


class Failed(msgspec.Struct, frozen=True):
    """A value that made the server fail. `written` is what it left behind, if anything."""

    operation: str
    name: str
    value: str
    status: int
    error: str
    line: str
    written: tuple[str, ...]
    call: Call


def claims(bench: Bench) -> Iterator[Claim]:
    """Every error that the server fails with, once, with a value that shows it and how often it was met."""
    causes: dict[str, list[Failed]] = {}
    for one in run(bench):
        causes.setdefault(one.error or one.operation, []).append(one)
    for one, *others in causes.values():
        what = f"answers {one.status}" if one.status else f"does not answer within {_WITHIN:g} s"
        left = ", and leaves something half written" if one.written else ""
        cause = f" ({one.error})" if one.error else ""
        yield Claim(
            trial="edge",
            outcome=Outcome.PROVEN,
            rules=("server-error", "unfinished-stub", "undeclared-dependency"),
            operation=one.operation,
            lines=(one.line,) if one.line else (),
            reason=f"{one.operation} {what}{cause} when `{one.name}` is {one.value}{left}" + _more(others),
            details=one.written,
            asked=(recipe(bench, one.operation, one.call, (one.name,)),),
        )


def _more(others: Sequence[Failed]) -> str:
    operations = sorted({one.operation for one in others})
    return f"; so do {', '.join(operations[:4])}{' and others' * (len(operations) > 4)}" if operations else ""


def run(bench: Bench) -> Iterator[Failed]:
    """What fails, each place of the program once."""
    seen: set[tuple[str, str]] = set()
    for operation in bench.operations:
        for actor in bench.askers:
            trier = _Trier(bench, operation, actor)
            for one in trier.failures():
                place = (one.line or one.operation, one.error.partition(":")[0])
                if place not in seen:
                    seen.add(place)
                    yield one
            if trier.is_let_in:
                break


class _Trier:
    """Tries one operation as one actor."""

    def __init__(self, bench: Bench, operation: Operation, actor: Actor) -> None:
        self._bench, self._operation, self._actor = bench, operation, actor
        self._is_clean = False
        self.is_let_in = False
        """The actor is not refused for who they are: who may more need not try as well."""

    def failures(self) -> Iterator[Failed]:
        """What fails: the plain request alone, else each place a few times."""
        self._restored()
        plain = self._bench.filling.accepted(self._operation, self._actor)
        self._is_clean = False
        case = Case(_PLAIN, "as usual", plain or self._bench.filling.call(self._operation, self._actor))
        status = self._status(case.call)
        self.is_let_in = status not in (401, 403)
        if self.is_let_in and _is_failure(status):
            yield from self._again(case)
        elif self.is_let_in:
            yield from self._odd(case.call)

    def _odd(self, plain: Call) -> Iterator[Failed]:
        often: dict[str, int] = {}
        for case in cases(self._bench.api, self._operation, plain):
            status = self._status(case.call) if often.get(case.name, 0) < _OFTEN else 200
            if _is_failure(status):
                often[case.name] = often.get(case.name, 0) + (1 if status else _OFTEN)
                yield from self._again(case)

    def _status(self, call: Call) -> int:
        """The answer's status on the saved state, which a refusal leaves as it is."""
        self._restored()
        status = self._bench.application.call(_soon(call), watched=False).status
        if not status:
            self._bench.application.restart()  # whoever hangs may never come back
        self._is_clean = not self._operation.writes or 400 <= status < 500
        return status

    def _restored(self) -> None:
        if self._bench.database is not None and not self._is_clean:
            self._bench.database.restore()
            self._is_clean = True

    def _again(self, case: Case) -> Iterator[Failed]:
        """The failure with its cause, if it fails again."""
        if self._bench.database is not None:
            answer, changes = self._bench.changes(_soon(case.call))
            self._is_clean = False
        else:
            answer, changes = self._bench.application.call(_soon(case.call)), ()
        if not answer.status:
            self._bench.application.restart()
        if found := _failed(self._operation, case, answer, changes):
            yield found


def _soon(call: Call) -> Call:
    return msgspec.structs.replace(call, within=_WITHIN)


def _is_failure(status: int) -> bool:
    return status == 0 or (status >= 500 and status != 503)


def _failed(operation: Operation, case: Case, answer: Answer, written: Sequence[str]) -> Failed | None:
    raised = answer.seen.error if answer.seen else None
    if not _is_failure(answer.status) or (raised and _UPSTREAM.search(raised.kind)):
        return None
    error = f"{raised.kind}: {raised.text}"[:160] if raised else ""
    line = raised.line if raised else ""
    written = tuple(written) if operation.writes else ()
    return Failed(operation.name, case.name, case.value, answer.status, error, line, written, case.call)
