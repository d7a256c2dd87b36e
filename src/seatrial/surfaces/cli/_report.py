"""Audits and delivers the report: what `audit` and `gate` have in common."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from seatrial.app.audit import Request, audit
from seatrial.app.progress import Progress
from seatrial.model.verdict import Report
from seatrial.surfaces.cli._options import Asked
from seatrial.surfaces.cli._output import deliver, destinations
from seatrial.surfaces.cli._progress import progress


def report(asked: Asked, use: Callable[[Request, Progress], Report] = audit, **more: Any) -> Report:
    """The report that the use case makes, after it was written everywhere it is wanted.

    `more` are further fields of the `Request`.
    """
    wanted = destinations(asked.formats, asked.files)
    with progress(verbose=asked.verbose) as tell:
        made = use(request(asked, **more), tell)
    deliver(made, wanted)
    return made


def request(asked: Asked, **more: Any) -> Request:
    """What the user asked for, as a use case takes it."""
    return Request(
        root=Path(asked.path),
        changed_since=asked.changed_since,
        others=asked.others,
        advisories=asked.advisories,
        online=asked.online,
        in_full=asked.in_full,
        cached=not asked.no_cache,
        jobs=asked.jobs,
        **more,
    )
