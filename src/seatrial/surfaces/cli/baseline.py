"""`seatrial baseline`: accept today's findings as old debt."""

from pathlib import Path

import click

from seatrial.surfaces.cli import _options


@click.command("baseline")
@_options.path
@click.option("--prune", is_flag=True, help="Take out what has been mended since; add nothing.")
@_options.verbose
def command(path: str, *, prune: bool, verbose: bool) -> None:
    """Accept today's findings in PATH as old debt, so that only new ones shut the gate. It may only shrink."""
    from seatrial.app import accept  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    with progress(verbose=verbose) as tell:
        done = (accept.prune if prune else accept.accept)(Path(path), tell)
    if prune:
        click.echo(f"{done.removed} entries taken out of {done.file}; {done.entries} left.")
    else:
        click.echo(f"{done.entries} findings accepted in {done.file}. Commit it: from now on it may only shrink.")
    if done.uncovered:
        click.echo(f"{done.uncovered} findings are not in it and shut the gate.")
