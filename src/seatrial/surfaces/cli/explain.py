"""`seatrial explain`: the page of a rule."""

import sys

import click


@click.command("explain", short_help="Print the page of a rule.")
@click.argument("rule")
def command(rule: str) -> None:
    """Print the page of RULE: the fault, why it sinks at scale, how to mend it, and examples."""
    from seatrial.app import catalogue  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above

    info = catalogue.page(rule)
    weaknesses = "".join(f", CWE-{number}" for number in info.cwe)
    head = f"# {info.id}\n\n*{info.quality}, {info.severity}{weaknesses}*\n\n"
    if sys.stdout.isatty():
        _pretty(head + info.page)
    else:
        emit(head + info.page.strip() + "\n")


def _pretty(page: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that only terminals need
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    Console().print(Markdown(page))
