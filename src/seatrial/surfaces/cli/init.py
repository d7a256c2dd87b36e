"""`seatrial init`: a first settings file."""

from pathlib import Path

import click

from seatrial.model.text import printable
from seatrial.surfaces.cli import _options


@click.command("init", short_help="Write a first seatrial.toml.")
@_options.path
def command(path: str) -> None:
    """Write a commented seatrial.toml into PATH, and show how to keep the gate in CI. Overwrites nothing."""
    from seatrial.app import init  # noqa: PLC0415 - brings the stages, which `--help` needs not

    file = init.init(Path(path))
    click.echo(f"{printable(file)} is written. Next:\n")
    click.echo(
        "  seatrial audit      # what is wrong\n  seatrial baseline   # accept it as old debt, and commit that\n"
    )
    click.echo(f"The gate in CI (for GitHub, as an example):\n\n{init.CI}")
