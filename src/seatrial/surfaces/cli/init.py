"""`seatrial init`: first settings, and who signs off what."""

from pathlib import Path

import click

from seatrial.model.text import printable
from seatrial.surfaces.cli import _options


@click.command("init", short_help="Write first settings, and ask for sign-offs from here on.")
@_options.path
@click.option("--keys", "folder", default="~/.ssh", metavar="FOLDER", help="Where your public keys lie. [~/.ssh]")
@click.option("--no-sign-offs", "alone", is_flag=True, help="Write settings alone.")
def command(path: str, folder: str, *, alone: bool) -> None:
    """Write a commented seatrial.toml into PATH, and show how to keep the gate in CI. Overwrites nothing.

    In a git repository it also asks for sign-offs from here on: by you, with the keys that it finds. All that is there
    now is exempt, as it is, for a year.
    """
    from seatrial.app import init  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._signoffs import adopted  # noqa: PLC0415 - as above

    done = init.begin(Path(path), Path(folder).expanduser(), sign_offs=not alone)
    if done.settings:
        click.echo(f"{printable(done.settings)} is written. Next:\n")
        click.echo("  seatrial audit      # what is wrong")
        click.echo("  seatrial baseline   # accept it as old debt, and commit that\n")
    click.echo(adopted(done.adopted), nl=False)
    click.echo(f"The gate in CI (for GitHub, as an example):\n\n{init.CI}")
