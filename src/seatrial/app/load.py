"""The load curve of a program: how many users it bears, and what bends first."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from seatrial import registry
from seatrial.app import starting, workspace
from seatrial.app.progress import Progress
from seatrial.app.settings import load as settings_of
from seatrial.app.starting import Start
from seatrial.sandbox import launched
from seatrial.trials.bench import Bench
from seatrial.trials.load import USERS, curve, lines


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks for: users from `first` to `last`, in `seconds` all together."""

    root: Path
    first: int
    last: int
    seconds: float
    start: Start = Start()


def load(asked: Asked, progress: Progress) -> Sequence[str]:
    """The curve as lines of text. The probe watches none of it.

    Raises:
        SourceError: there is no such folder.
        ConfigError: a setting cannot be used.
        StartError: the program cannot be started.
    """
    workspace.require(asked.root)
    settings = settings_of(asked.root, registry.rule_ids()).settings.app
    progress.step("starting the program")
    with launched(starting.launch(asked.root, settings, asked.start)) as (application, started):
        progress.step("making users and first rows")
        bench = Bench(application, started)
        users = [number for number in USERS if asked.first <= number <= asked.last] or [asked.first]
        progress.step("loading", len(users))
        found = curve(bench, users, asked.seconds / len(users))
    return [*lines(found)]
