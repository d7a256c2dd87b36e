"""`seatrial audit`: what is wrong with the code."""

import click

from seatrial.surfaces.cli._options import Asked, reporting


@click.command("audit", short_help="Say what is wrong with the code.")
@reporting
@click.option("--confidence", type=click.FloatRange(0, 1), help="Hide findings below. [default: as set, else 0.7]")
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Report only this rule. May be given repeatedly.")
def command(asked: Asked, confidence: float | None, rules: tuple[str, ...]) -> None:
    """Say what is wrong with the code in PATH. Runs none of it. Exits with 0 whatever it finds; `gate` judges."""
    from seatrial.surfaces.cli._report import report  # noqa: PLC0415 - brings the stages, which `--help` needs not

    report(asked, confidence=confidence, rules=rules)
