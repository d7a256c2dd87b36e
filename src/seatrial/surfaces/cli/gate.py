"""`seatrial gate`: whether the code may pass."""

from functools import partial

import click

from seatrial.surfaces.cli._options import Asked, reporting

OPEN, SHUT = 0, 1


@click.command("gate", short_help="Judge the code: may it pass?")
@reporting
@click.option(
    "--base",
    metavar="REF",
    default="",
    help="Judge what came after HEAD left REF, by the records and people of REF.",
)
@click.option("--run-commands", is_flag=True, help="Run the commands of decision records: only in a tree you trust.")
@click.option("--without-sign-offs", is_flag=True, help="Ask for no sign-off: before anybody has reviewed the change.")
def command(asked: Asked, base: str, *, run_commands: bool, without_sign_offs: bool) -> int:
    """Audit PATH and judge it by its baseline, decisions, sign-offs and policy. Exits with 0 if it may pass, else 1."""
    from seatrial.app.gate import judge  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._report import report  # noqa: PLC0415 - as above

    asked = asked._replace(changed_since=base or asked.changed_since)
    use = partial(judge, run_commands=run_commands, reviewed=not without_sign_offs)
    return OPEN if report(asked, use).verdict.open else SHUT
