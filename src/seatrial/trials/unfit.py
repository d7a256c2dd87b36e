"""What could not be tried of a program, as gaps: for want of time, of users, of requests that it accepts."""

from collections.abc import Iterator, Sequence

from seatrial.model.source import Gap, Stage
from seatrial.sandbox import TimeUpError, within
from seatrial.trials.api import call
from seatrial.trials.bench import Bench

_MOST = 40
"""Operations that are asked whether they let in anybody."""
_SOON = 10.0
"""Seconds that this may take: the time for trials is used up by then."""
_NAMED = 2
"""Operations that are told by their names of those that something was left out of."""


def unfit(bench: Bench) -> Iterator[Gap]:
    """What could not be tried."""
    if bench.database is None:
        yield Gap("", 0, Stage.TRIAL, "the program's database was not found: nothing that is judged by it was tried")
    for told in bench.gaps:
        yield Gap("", 0, Stage.TRIAL, told)
    if bench.late:
        left = ", ".join(_left(what, names) for what, names in bench.late.items())
        yield Gap("", 0, Stage.TRIAL, f"the budget was used up before these were tried: {left}")
    if bench.emptying:
        told = f"not tried, since they read by their method but take rows away: {', '.join(bench.emptying)}"
        yield Gap("", 0, Stage.TRIAL, told)
    if bench.cast.root.headers and not bench.cast.known:
        why = f"no second user could be made ({bench.cast.why}): what one may do to another's was not tried"
        yield Gap("", 0, Stage.TRIAL, f"{why}; `auth` in `[app]` says who asks")
    elif not bench.cast.known and _asks(bench):
        why = f"no users could be made ({bench.cast.why}): only what is open to all was tried"
        yield Gap("", 0, Stage.TRIAL, f"{why}; `auth` in `[app]` says who asks")
    if many := bench.application.held_back:
        told = f"{many} requests were refused for their number (429), and what they would have done was not seen"
        yield Gap("", 0, Stage.TRIAL, f"{told}: set in `env` of `[app]` what allows more")
    known = ((name, status) for name, status in sorted(bench.refusals.items()) if not _is_login(bench, name, status))
    if refused := [f"{name} ({status})" for name, status in known]:
        what = "operation" if len(refused) == 1 else "operations"
        told = f"{len(refused)} {what} accepted none of the requests that were made up: {', '.join(refused[:8])}"
        yield Gap("", 0, Stage.TRIAL, told)


def _is_login(bench: Bench, name: str, status: int) -> bool:
    """Whether it lets in those who are known, and refuses those whom a trial makes up: as it should."""
    return status == 401 and bench.operation(name).proves


def _asks(bench: Bench) -> bool:
    """Whether the program asks anybody who it is; where it does not, users would see what nobody sees."""
    if {401, 403} & set(bench.refusals.values()):
        return True
    reading = [one for one in bench.api.operations if not one.writes][:_MOST]
    try:
        with within(_SOON):
            return any(bench.application.call(call(one, {}, None, {}), watched=False).is_denied for one in reading)
    except TimeUpError:  # what waits for something else tells nothing of who asks
        return True


def _left(what: str, names: Sequence[str]) -> str:
    """What of which operations: `race of POST /orders`, or of how many."""
    if len(names) <= _NAMED:
        return f"{what} {', '.join(names)}"
    return f"{what} {len(names)} operations ({', '.join(names[:_NAMED])} and others)"
