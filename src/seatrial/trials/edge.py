"""One odd value at a time, at everything that an operation takes: nothing of it may make the server fail.

A request that the program accepts is changed in one place (`odd`). What is refused is well; an answer of 5xx, or none,
is a fault, and the request is already the smallest that shows it. Requests are made unwatched, which is faster; one
that fails is made again from the saved state, watched, for its cause and for what it leaves behind.
"""

import re
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from textwrap import shorten

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call, now
from seatrial.trials import forbidden, poisoned, taken
from seatrial.trials.actors import Actor
from seatrial.trials.api import Operation, call
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.odd import Case, cases
from seatrial.trials.recipes import parts, recipes
from seatrial.trials.varying import STATE

_UPSTREAM = re.compile(r"Connect|Timeout|MaxRetry|NameResolution|gaierror")
"""Errors of calling other services: there are none here, so a failure of theirs is ours."""
_MISSED = re.compile(r"refused|Can't connect|could not connect|keeps the program", re.IGNORECASE)
"""What is raised for want of a service."""
_AWAY = "failures were not judged for want of a service; say in `env` of `[app]` where it is. It is looked for at port"
_UNPREPARED = re.compile(
    r"no such (?:table|function)|Undefined(?:Table|Function)|(?:relation|function) .* does not exist"
    r"|^(?:FileNotFoundError|TemplateNotFound|TemplateDoesNotExist|UncompressableFileError|ImproperlyConfigured):"
    r"|\b(?:no|not|missing|without)\b.{0,20}\b(?:configur(?:ed|ation)|environment variable)"
    r"|\bmust (?:be set|set|define)\b.*\benvironment variable|Unable to locate credentials"
)
"""Errors of what was not set up: a table or a function that migrations make, a file that a build leaves, a setting."""
_HELD = re.compile(r"^(?:PermissionError: \[Errno 13\]|OSError: \[Errno 30\])")
"""A file that the program may not write here: it is held to its copy, be there an odd value or not."""
_SET_UP = "name what does in `setup` of `[app]`, or set it in `env`"
_ENDED = re.compile(
    r"server closed the connection|terminating connection|connection (is|was|already) closed", re.IGNORECASE
)
"""What is said of a connection that a restore ended, since a transaction was left open on it."""
_NOT_HERE = re.compile(
    r"Connection ?refused|\bErrno 111\b|Can't connect|could not connect|seatrial keeps the program", re.IGNORECASE
)
"""What is said, by whatever library, of a service that is not here."""
_NOTHING = re.compile(
    r"'None(Type)?'( object)? has no attribute|'NoneType' object is not"
    r"|\bnot (<class ')?None(Type)?\b|\bgot None(Type)?\b"
)
_OFTEN = 3
"""So many operations that fail alike are many."""
_ENOUGH = 6
"""So many values that fail at the same place of a request are enough: they may fail for several reasons."""
_UNKNOWN = 401
_PLAIN = "the request"
_LONG = 160
"""Letters of an error that are told."""
_HEAD = 200
"""Bytes of an answer by which two are known to be alike."""
_TOGETHER = 4
"""Odd values that are asked for at once: one that fails is asked for again by itself."""
_MOST = 16
"""Those that are asked for on one state by what only reads: by others, as many as at once."""
_PART = 0.25
"""The part of the time that is left which one operation may take."""
_WITHIN = 8.0
"""Seconds for an answer: the plain request has come back in less, or is the failure."""


Value = tuple[str, str, str]
"""An odd value: the method of its operation, the name of its place, and the value as text."""


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
    said: str = ""
    """What was answered, if nothing told what was raised: the program caught it."""


def claims(bench: Bench) -> Iterator[Claim]:
    """Every fault that the server fails with, once: with a value that shows it, and all others that do."""
    groups: list[list[Failed]] = []
    for one in run(bench):
        known = next((group for group in groups if any(_is_same(one, other) for other in group)), None)
        groups.append([one]) if known is None else known.append(one)
    for group in groups:
        if _is_not_set_up(bench, group):
            told = (
                f"{len(_usual(group))} operations fail as they are ({group[0].error}): set `setup` to what comes first"
            )
            bench.gaps.append(told)
        else:
            yield _claim(bench, *group)
    yield from taken.claims(bench)
    yield from forbidden.claims(bench)
    yield from poisoned.claims(bench, _cause)


def _usual(group: Sequence[Failed]) -> Collection[str]:
    """The operations that fail with nothing odd."""
    return {one.operation for one in group if one.name == _PLAIN}


def _is_not_set_up(bench: Bench, group: Sequence[Failed]) -> bool:
    """Whether it looks as if rows were missing that the program is not without: much fails on nothing, as it is."""
    most = max(_OFTEN, len(bench.operations) // 4)
    return _NOTHING.search(group[0].error) is not None and len(_usual(group)) >= most


def _is_same(one: Failed, other: Failed) -> bool:
    """Whether two failures are one fault: the same error, or at the same line, or in one function of one operation."""
    place, there = one.line.rpartition(":"), other.line.rpartition(":")
    function = place[0], place[2].partition(" ")[2]
    is_here = one.operation == other.operation and function == (there[0], there[2].partition(" ")[2])
    kind, kind_there = one.error.partition(":")[0], other.error.partition(":")[0]
    is_there = bool(one.line) and (one.line, kind, one.said) == (other.line, kind_there, other.said)
    return is_here or is_there or (bool(one.error) and one.error == other.error)


def _claim(bench: Bench, one: Failed, *others: Failed) -> Claim:
    left = ", and leaves something half written" if one.written else ""
    return Claim(
        trial="edge",
        outcome=Outcome.PROVEN,
        rules=("server-error", "unfinished-stub", "undeclared-dependency"),
        operation=one.operation,
        lines=tuple(dict.fromkeys(filter(None, (one.line, *(other.line for other in others))))),
        reason=f"{_told(one)}{left}" + _more(one, others),
        details=(*one.written, *dict.fromkeys(map(_told, others))),
        asked=recipes(bench, one.operation, (one.call,), (one.name,)),
    )


def _told(one: Failed) -> str:
    what = f"answers {one.status}" if one.status else f"does not answer within {_WITHIN:g} s"
    cause = f" ({one.error})" if one.error else ""
    when = "as it is usually asked" if one.name == _PLAIN else f"when `{one.name}` is {one.value}"
    return f"{one.operation} {what}{cause} {when}"


def _more(one: Failed, others: Sequence[Failed]) -> str:
    found = [place for place in dict.fromkeys(map(_place, others)) if place != _place(one)]
    return f"; so it does for {', '.join(found[:4])}{' and others' * (len(found) > 4)}" if found else ""


def _place(one: Failed) -> str:
    """What fails as well: an operation as it is, or a value of it."""
    return one.operation if one.name == _PLAIN else f"`{one.name}` of {one.operation}"


def run(bench: Bench) -> Iterator[Failed]:
    """What fails: each place of the program once for each value of a request that leads there.

    What was tried of another operation, and did not fail there, comes at the end: many share what takes their values.
    """
    seen: set[tuple[str, ...]] = set()
    for one in _found(bench):
        place = (one.operation, one.name, one.line, one.error.partition(":")[0])
        if place not in seen:
            seen.add(place)
            yield one


def _found(bench: Bench) -> Iterator[Failed]:
    known: dict[Value, bool] = {}
    triers: list[Trier] = []
    for operation in bench.operations:
        if not bench.has_time("odd values of", operation.name):
            continue
        for actor in bench.askers:
            triers.append(Trier(bench, operation, actor, known))
            yield from triers[-1].failures()
            if triers[-1].is_let_in and not triers[-1].is_held_back:
                break
    for trier in triers:
        if trier.later and bench.has_time("more odd values of", trier.operation.name):
            yield from trier.others()


class Trier:
    """Tries one operation as one actor."""

    def __init__(self, bench: Bench, operation: Operation, actor: Actor, known: dict[Value, bool]) -> None:
        """`known` are the values that any operation was tried with, and whether one failed."""
        self.operation, self._bench, self._actor, self._known = operation, bench, actor, known
        self._is_clean = False
        self._often: Counter[str] = Counter()
        self.later: list[Case] = []
        """Odd values that were tried of another operation, and did not fail there."""
        self.is_let_in = False
        """The actor is not refused for who they are: who may more need not try as well."""
        self.is_held_back = False
        """With some odd value the actor is: who may more comes further with it."""

    def failures(self) -> Iterator[Failed]:
        """What fails: the plain request alone, else each place a few times."""
        self._restored()
        plain = self._bench.filling.accepted(self.operation, self._actor)
        self._is_clean = False
        case = Case(_PLAIN, "as usual", plain or self._bench.filling.call(self.operation, self._actor))
        (answer,) = self._answers([case.call])
        self.is_let_in = self.operation.proves or not answer.is_denied  # who logs in is refused for what they say
        if self.is_let_in and _is_failure(answer.status):
            yield from self._again(case)
        elif self.is_let_in:
            yield from self._odd(self._states(case.call) if answer.ok else ())
            self._often.clear()
            yield from self._odd(self._new(case.call))

    def _states(self, plain: Call) -> Iterator[Case]:
        """A request that is accepted, about rows in other states."""
        values, body = parts(self.operation, plain)
        for name, row in self._bench.filling.in_states(self.operation):
            yield Case(name, row.told, call(self.operation, {**values, name: row.key}, body, plain.headers))

    def others(self) -> Iterator[Failed]:
        """What fails of what was left for later."""
        self._is_clean = False
        return self._odd(self.later)

    def _new(self, plain: Call) -> Sequence[Case]:
        """The odd values that no operation was tried with, or that one failed with."""
        found = list(cases(self._bench.api, self.operation, plain))
        self.later = [case for case in found if self._known.get(self._value(case)) is False]
        later = set(map(id, self.later))
        return [case for case in found if id(case) not in later]

    def _value(self, case: Case) -> Value:
        return self.operation.method, case.name, case.value

    def _odd(self, odd: Iterable[Case]) -> Iterator[Failed]:
        left = deque(odd)
        many = _TOGETHER if self.operation.writes else _MOST
        until = now() + (self._bench.until - now()) * _PART
        while left:
            if now() > until:  # one that is slow leaves time for the others
                self._bench.leave("odd values of", self.operation.name)
                return
            asked = [left.popleft() for _ in range(min(many, len(left)))]
            asked = [case for case in asked if self._often[case.name] < _ENOUGH]
            answers = self._answers([case.call for case in asked])
            left.extendleft(reversed(asked[len(answers) :]))
            for case, answer in zip(asked, answers, strict=False):
                if not answer.is_denied:
                    self._known.setdefault(self._value(case), False)
                if _is_failure(answer.status) and self._often[case.name] < _ENOUGH:
                    found = list(self._again(case))  # it may only have waited beside one that hangs
                    self._known[self._value(case)] |= bool(found)
                    self._often[case.name] += len(found) * (1 if answer.status else _ENOUGH)
                    yield from found

    def _answers(self, calls: Sequence[Call]) -> Sequence[Answer]:
        """The answers on the saved state, which a refusal leaves as it is, up to the first that does not come."""
        self._restored()
        with ThreadPoolExecutor(_TOGETHER) as threads:
            asked = threads.map(lambda call: self._bench.application.call(_soon(call), watched=False), calls)
            answers = [*_up_to_silence(asked)]
            threads.shutdown(cancel_futures=True)
        if not all(answer.status for answer in answers):
            self._bench.application.restart()  # whoever hangs may never come back
        self.is_held_back |= any(answer.is_denied and answer.status != _UNKNOWN for answer in answers)
        self._is_clean = not self.operation.writes or all(400 <= answer.status < 500 for answer in answers)
        return answers

    def _restored(self) -> None:
        self._bench.cast.proofs.renew()
        if self._bench.database is not None and not self._is_clean:
            self._bench.database.restore()
            self._is_clean = True

    def _again(self, case: Case) -> Iterator[Failed]:
        """The failure with its cause, if it fails again."""
        if self._bench.database is not None and self.operation.writes:
            answer, changes = self._bench.changes(_soon(case.call))
            if changes:  # what a request before it left to a thread may have come in between
                again = {_table(one) for one in self._bench.changes(_soon(case.call))[1]}
                changes = [one for one in changes if _table(one) in again]
            self._is_clean = False
        else:
            answer, changes = self._bench.application.call(_soon(case.call)), ()
        stands = ""
        if not answer.status:
            stands = self._bench.application.hangs_at()
            self._bench.application.restart()
        found = _failed(self.operation, case, answer, changes, stands)
        missing = self._bench.application.missing
        if missing and _is_missed(answer):
            self._untold(f"{_AWAY} {', '.join(map(str, missing))}")
        elif found and _is_unprepared(case, found):
            self._untold(f"{_told(found)}: something was not set up here; {_SET_UP}")
        elif found and not self._is_ours(case):
            yield found

    def _is_ours(self, case: Case) -> bool:
        """Whether it does not fail without rows of ours, in states that the program may reach otherwise, if at all."""
        database = self._bench.database
        if database is None or not self._bench.filling.copies or case.value.startswith(STATE):
            return False
        with self._bench.copies.few(database):
            answer = self._bench.application.call(_soon(case.call), watched=False)
        self._is_clean = False
        return not _is_failure(answer.status)

    def _untold(self, why: str) -> None:
        """Why a failure is not proven."""
        self._bench.gaps.extend({why} - {*self._bench.gaps})


def _is_unprepared(case: Case, found: Failed) -> bool:
    """Whether it fails for what was not set up here, or may not be done here."""
    return bool(_HELD.search(found.error) or (case.name == _PLAIN and _UNPREPARED.search(found.error)))


def _is_away(kind: str, text: str) -> bool:
    """Whether an error tells of a service that is not here, or of a connection that a restore ended."""
    return bool(_UPSTREAM.search(kind) or _NOT_HERE.search(text) or _ENDED.search(text))


def _table(change: str) -> str:
    """What came or went, by its sign and its table."""
    return change.partition(": ")[0]


def _up_to_silence(answers: Iterator[Answer]) -> Iterator[Answer]:
    for answer in answers:
        yield answer
        if not answer.status:
            return


def _soon(call: Call) -> Call:
    return msgspec.structs.replace(call, within=_WITHIN)


def _is_failure(status: int) -> bool:
    return status == 0 or (status >= 500 and status != 503)


def _is_missed(answer: Answer) -> bool:
    """Whether a failure may be one for want of a service."""
    raised = answer.seen.error if answer.seen else None
    return _is_failure(answer.status) and (
        raised is None or bool(_UPSTREAM.search(raised.kind) or _MISSED.search(raised.text))
    )


def _cause(operation: Operation, case: Case, answer: Answer) -> tuple[str, str] | None:
    """The error and the line of a failure that is the program's own."""
    found = _failed(operation, case, answer, ())
    return None if found is None or _is_unprepared(case, found) else (found.error, found.line)


def _failed(
    operation: Operation, case: Case, answer: Answer, written: Sequence[str], stands: str = ""
) -> Failed | None:
    raised = answer.seen.error if answer.seen else None
    if not _is_failure(answer.status) or (raised and _is_away(raised.kind, raised.text)):
        return None
    error = shorten(f"{raised.kind}: {raised.text}", _LONG, placeholder=" …") if raised else ""
    line = raised.line if raised else stands or operation.place
    said = "" if raised else answer.body[:_HEAD].decode(errors="replace")
    return Failed(operation.name, case.name, case.value, answer.status, error, line, tuple(written), case.call, said)
