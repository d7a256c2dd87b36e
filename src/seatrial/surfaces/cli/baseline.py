"""`seatrial baseline`: accept today's findings as old debt."""

from pathlib import Path
from typing import Any

import click

from seatrial.surfaces.cli import _options


@click.command("baseline", short_help="Accept today's findings as old debt.")
@_options.path
@click.option("--prune", is_flag=True, help="Take out what has been mended since; add nothing.")
@_options.others
@_options.advisories
@_options.online
@_options.verbose
def command(path: str, *, prune: bool, verbose: bool, **brought: Any) -> None:
    """Accept today's findings in PATH as old debt, so that only new ones shut the gate. It may only shrink."""
    from seatrial.app import accept  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.app.audit import Request  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    with progress(verbose=verbose) as tell:
        done = (accept.prune if prune else accept.accept)(Request(root=Path(path), **brought), tell)
    if prune:
        taken = "1 entry" if done.removed == 1 else f"{done.removed} entries"
        click.echo(f"{taken} taken out of {done.file}; {done.entries} left.")
    else:
        accepted = "1 finding" if done.entries == 1 else f"{done.entries} findings"
        click.echo(f"{accepted} accepted in {done.file}. Commit it: from now on it may only shrink.")
    if done.uncovered:
        click.echo(f"Not in it, and so against the code: {done.uncovered}. `seatrial gate` tells them.")
