"""More and more users: where does it stop to grow, what does a user see there, and what gives out?

Steps of a load with a deadline for each request: closed, so many users who ask again when answered; or open, so many
requests a second whether they are answered or not. The knee is the first step at which answers no longer grow with the
load, the slowest answers take three times as long as at first, errors come, or nothing comes at all.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from seatrial.model.curve import Curve, Series
from seatrial.model.evidence import Outcome
from seatrial.sandbox import Call, Loaded
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.saturation import is_pool, saturated

STEPS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""Users, or requests a second."""
DEADLINE = 10.0
"""Seconds that a user waits for an answer."""
_SHORT, _SHORT_DEADLINE = (10, 20, 50, 100, 200), 5.0
_SHORT_SECONDS = 1.5
_GROWS = 1.1
_SLOWER = 3.0
_ERRORS = 0.01
_COLLAPSE, _UNHEARD = 0.5, 0.1
"""Of the most answers a second that there were, and of the answers: fewer and more silent ones are a collapse."""


class Found(msgspec.Struct, frozen=True):
    """What each step brought, and where it bent. `knee` is that of a step, users or a rate; 0 if it did not bend."""

    steps: tuple[Loaded, ...]
    knee: float
    why: str
    gave_out: str = ""
    """What gave out there; empty if that was not seen."""
    rises: str = "users"
    """`users`, or `requests a second` of the open model."""

    @property
    def xs(self) -> tuple[float, ...]:
        """The load of each step."""
        return tuple(step.rate or step.users for step in self.steps)


def claims(bench: Bench) -> Iterator[Claim | Curve]:
    """A short load of everything that reads; a program that stops to answer is told."""
    reads = list(bench.reads())
    if not reads:
        return
    found = measured(bench, [call for _, call in reads], _SHORT, _SHORT_SECONDS, _SHORT_DEADLINE)
    yield drawn(found)
    best, last = max(step.throughput for step in found.steps), found.steps[-1]
    if last.silent:
        bench.application.restart()  # what hangs now would hang in the next trial
    if is_pool(last) and last.throughput < _COLLAPSE * best and last.silent > _UNHEARD * len(last.latencies):
        operation, line = _first_statement(bench, reads)
        yield Claim(
            trial="load",
            outcome=Outcome.PROVEN,
            rules=("pool-exhaustion",),
            operation=operation,
            lines=(line,) if line else (),
            reason=f"{best:,.0f} answers a second at best, {last.throughput:,.0f} with {last.users:,} users: "
            f"{saturated(last)}",
            details=tuple(lines(found)),
        )


def _first_statement(bench: Bench, reads: Sequence[tuple[Operation, Call]]) -> tuple[str, str]:
    """An operation that takes a connection, and the line that does: the first that there is."""
    for operation, call in reads:
        seen = bench.application.call(call).seen
        for statement in seen.statements if seen else ():
            if statement.line:
                return operation.name, statement.line
    return reads[0][0].name, ""


def measured(
    bench: Bench,
    asked: Sequence[Call],
    steps: Sequence[float] = STEPS,
    seconds: float = 6.0,
    deadline: float = DEADLINE,
    *,
    open_model: bool = False,
) -> Found:
    """The load curve of the requests, made in turn, up to the step after the knee; each takes so many seconds."""
    run = _opened(bench, asked, seconds, deadline) if open_model else _closed(bench, asked, seconds, deadline)
    made: list[Loaded] = []
    knee, why, gave_out = 0.0, "", ""
    for number in steps if asked else ():
        made.append(run(number))
        if knee and not recovered(made):
            break
        knee, why, gave_out = 0.0, "", ""
        if why := bent(made, deadline):
            knee, gave_out = number, saturated(made[-1])
    gave_out = gave_out or (saturated(made[-1]) if knee else "")
    return Found(tuple(made), knee, why, gave_out, "requests a second" if open_model else "users")


def _closed(bench: Bench, asked: Sequence[Call], seconds: float, deadline: float) -> Callable[[float], Loaded]:
    return lambda users: bench.application.load(asked, int(users), seconds, deadline)


def _opened(bench: Bench, asked: Sequence[Call], seconds: float, deadline: float) -> Callable[[float], Loaded]:
    return lambda rate: bench.application.load_at(asked, rate, seconds, deadline)


def bent(steps: Sequence[Loaded], deadline: float = DEADLINE) -> str:
    """Why the last step is a knee; empty if it is none."""
    first, last = steps[0], steps[-1]
    asked = len(last.latencies) + last.silent
    if not last.latencies:
        return "no request is answered any more"
    if (last.failed + last.silent) / asked > _ERRORS:
        return f"{last.failed} of {asked} requests fail and {last.silent} are not answered within {deadline:g} s"
    if last.rate and last.throughput < last.rate / _GROWS:
        return f"{last.rate:,.0f} requests come in a second, and {last.throughput:,.0f} are answered"
    if len(steps) > 1 and last.quantile(0.99) > _SLOWER * first.quantile(0.99):
        grown = last.throughput / steps[-2].throughput
        if grown < _GROWS:
            return f"one in a hundred waits {last.quantile(0.99):.2f} s, and there are no more answers than before"
    return ""


def recovered(steps: Sequence[Loaded]) -> bool:
    """Whether the last step answers more than all before and loses nothing: what looked like a knee was a moment."""
    last = steps[-1]
    best = max(step.throughput for step in steps[:-1])
    return not last.failed and not last.silent and last.throughput >= _GROWS * best


def drawn(found: Found) -> Curve:
    """The curve for a report."""
    steps = found.steps
    slowest = max((step.latencies[-1] for step in steps if step.latencies), default=0.0)
    silent = max(slowest, DEADLINE)
    times = {
        name: tuple(min(step.quantile(share), silent) * 1000 for step in steps)
        for name, share in (("half within", 0.5), ("99 of 100 within", 0.99))
    }
    lost = tuple((s.failed + s.silent) / max(len(s.latencies) + s.silent, 1) * 100 for s in steps)
    says = [f"It bends at {found.knee:,.0f} {found.rises}: {found.why}"] if found.knee else ["It did not bend"]
    says += [f"What gives out: {found.gave_out}"] if found.gave_out else []
    return Curve(
        trial="load",
        title="everything that reads",
        x=found.rises,
        xs=found.xs,
        series=(
            Series("answers a second", "1/s", tuple(step.throughput for step in steps)),
            *(Series(name, "ms", values) for name, values in times.items()),
            *([Series("failed or silent", "%", lost)] if any(lost) else []),
        ),
        label=f"bends at {found.knee:,.0f} {found.rises}" if found.knee else "does not bend",
        says=tuple(says),
        mark=found.knee,
        weight=100.0,
    )


def lines(found: Found) -> Iterator[str]:
    """The curve as lines of text, and what it says."""
    yield f"{found.rises:>18}   answers/s      p50      p99   failed   silent"
    for at, step in zip(found.xs, found.steps, strict=True):
        mark = "  <- knee" if at == found.knee else ""
        times = "".join(f"{step.quantile(share) * 1000:>7,.0f}ms" for share in (0.5, 0.99))
        yield f"{at:>18,.0f}{step.throughput:>12,.0f}{times}{step.failed:>9,}{step.silent:>9,}{mark}"
    yield f"It bends at {found.knee:,.0f} {found.rises}: {found.why}." if found.knee else "It did not bend."
    if found.gave_out:
        yield f"What gives out: {found.gave_out}."
