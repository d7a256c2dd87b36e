"""`seatrial load`: how many users the running program bears."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.app.starting import Start


@click.command("load", short_help="Load the running program until it bends.")
@_options.path
@click.option("--users", default="10..10000", metavar="FROM..TO", help="How many users, from and to.")
@click.option("--for", "duration", default="1m", metavar="TIME", help="How long in all: 90s, 3m. [default: 1m]")
@_options.starting
@_options.verbose
def command(path: str, users: str, duration: str, start: "Start", *, verbose: bool) -> None:
    """Start a copy of the program in PATH and ask it for all that reads, with more and more users, up to its knee."""
    from seatrial.app.load import Asked, load  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    first, _, last = users.partition("..")
    if not (first.isdigit() and (last or first).isdigit()):
        raise click.BadParameter("give two numbers such as 10..1000", param_hint="--users")
    wanted = Asked(
        root=Path(path),
        first=int(first),
        last=int(last or first),
        seconds=_options.seconds(duration, "--for"),
        start=start,
    )
    with progress(verbose=verbose) as tell:
        lines = load(wanted, tell)
    emit("".join(f"{line}\n" for line in lines))
