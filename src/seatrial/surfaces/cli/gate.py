"""`seatrial gate`: whether the code may pass."""

import click

from seatrial.surfaces.cli._options import Asked, reporting

OPEN, SHUT = 0, 1


@click.command("gate", short_help="Judge the code: may it pass?")
@reporting
def command(asked: Asked) -> int:
    """Audit PATH and judge it by its baseline, suppressions and policy. Exits with 0 if it may pass, with 1 if not."""
    from seatrial.surfaces.cli._report import report  # noqa: PLC0415 - brings the stages, which `--help` needs not

    return OPEN if report(asked, gate=True).verdict.open else SHUT
