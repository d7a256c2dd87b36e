"""`seatrial show`: the way through the code that leads to one finding."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from seatrial.model.text import printable
from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.app.show import Shown

_USUAL, _WIDEST = 100, 110
"""Columns of prose where there is no terminal, and at most."""


@click.command("show", short_help="Show one finding, with its code.")
@click.argument("fingerprint")
@_options.path
@_options.others
@_options.advisories
@_options.online
@_options.verbose
def command(fingerprint: str, path: str, *, verbose: bool, **brought: Any) -> None:
    """Show one finding in PATH, with the code around each step of the way to it.

    FINGERPRINT is the start of its fingerprint, or the place where it is: `src/shop.py:41`.
    """
    from seatrial.app.audit import Request  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.app.show import show  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._output import emit, terminal  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    with progress(verbose=verbose) as tell:
        shown = show(Request(root=Path(path), **brought), fingerprint, tell)
    width, _ = terminal()
    emit("".join(f"{line}\n" for line in _lines(shown, min(width or _USUAL, _WIDEST))))


def _lines(shown: "Shown", width: int) -> Iterator[str]:
    finding = shown.finding
    yield fill(printable(f"{finding.rule}: {finding.message}"), width)
    yield f"{finding.severity}, {finding.confidence * 100:.0f} % sure, {finding.fingerprint}"
    for number, stop in enumerate(shown.stops, 1):
        yield ""
        yield printable(f"{number}. {stop.place.path}:{stop.place.line}  {stop.message}")
        for line, code in stop.code:
            mark = ">" if stop.place.line <= line <= stop.place.end_line else " "
            indent = len(code) - len(code.lstrip())
            yield f"   {mark} {line:5}  {' ' * len(code[:indent].expandtabs(4))}{printable(code[indent:])}"
    for title, text in (("Why", finding.why), ("Mend", finding.mend)):
        if text:
            yield "\n" + fill(f"{title}: {printable(text)}", width, break_on_hyphens=False)
