"""The load curve of a program: how many users it bears, and what bends first."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from seatrial import registry
from seatrial.app import starting, workspace
from seatrial.app.progress import Progress
from seatrial.app.settings import load as settings_of
from seatrial.app.starting import Start
from seatrial.errors import ConfigError
from seatrial.model.curve import Curve
from seatrial.trials.bench import Bench
from seatrial.trials.load import STEPS, drawn, lines, measured
from seatrial.trials.locustfile import locustfile


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks for: users from `first` to `last`, in `seconds` all together."""

    root: Path
    first: int
    last: int
    seconds: float
    at_rate: bool = False
    """`first` and `last` are requests a second, which come whether or not they are answered."""
    locust: Path | None = None
    """Where to write the same requests as a file for Locust; None: nowhere."""
    start: Start = Start()


class Told(msgspec.Struct, frozen=True):
    """The curve as lines of text, and as numbers."""

    lines: tuple[str, ...]
    curve: Curve


def load(asked: Asked, progress: Progress) -> Told:
    """The curve. The probe watches none of it.

    Raises:
        SourceError: there is no such folder.
        ConfigError: a setting cannot be used, or nothing of the program reads.
        StartError: the program cannot be started.
    """
    workspace.require(asked.root)
    settings = settings_of(asked.root, registry.rule_ids()).settings.app
    progress.step("starting the program")
    with starting.running(asked.root, settings, asked.start) as (application, started):
        progress.step("making users and first rows")
        bench = Bench(application, started, callers=starting.callers(settings))
        calls = [call for _, call in bench.reads()]
        if not calls:
            raise ConfigError("no operation that reads was answered: there is nothing to load it with")
        if asked.locust is not None:
            asked.locust.write_text(locustfile(calls, application.target, asked.locust.name), encoding="utf-8")
        steps = ramp(asked.first, asked.last)
        progress.step("loading", len(steps))
        found = measured(bench, calls, steps, asked.seconds / len(steps), open_model=asked.at_rate)
    return Told(tuple(lines(found)), drawn(found))


def ramp(first: int, last: int) -> Sequence[int]:
    """The steps from `first` to `last`, both among them."""
    return sorted({first, last, *(number for number in STEPS if first <= number <= last)})
