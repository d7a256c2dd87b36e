"""Shows progress on standard error: a bar on a terminal, with `-v` a line for each step elsewhere, else nothing."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from seatrial.app.progress import Progress
from seatrial.model.text import printable

_REDRAWN_AFTER = 0.1
"""Seconds. The bar is redrawn by the work itself: a thread that did it would run beside processes that are started."""


@contextmanager
def progress(*, verbose: bool) -> Iterator[Progress]:
    """The right way of telling for where standard error goes."""
    if verbose:
        yield _Lines()
    elif not sys.stderr.isatty():
        yield Progress()
    else:
        with _bar() as bar:
            yield bar


class _Lines(Progress):
    """A line for each step, with the time since the start."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def step(self, name: str, total: int = 0) -> None:
        self.note(f"{name} ({total})" if total else name)

    def note(self, text: str) -> None:
        click.echo(f"{time.perf_counter() - self._began:6.2f} s  {printable(text)}", err=True)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich import progress as rich  # noqa: PLC0415 - a tenth of a second that only terminals need
    from rich.console import Console  # noqa: PLC0415 - as above

    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.TaskProgressColumn())
    with rich.Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as drawn:
        task = drawn.add_task("", total=None)
        drawn_at = 0.0

        class Bar(Progress):
            """Moves the bar."""

            def step(self, name: str, total: int = 0) -> None:
                drawn.reset(task, description=name, total=total or None)
                drawn.refresh()

            def advance(self, count: int = 1) -> None:
                nonlocal drawn_at
                drawn.advance(task, count)
                if time.monotonic() - drawn_at > _REDRAWN_AFTER:
                    drawn_at = time.monotonic()
                    drawn.refresh()

        yield Bar()
