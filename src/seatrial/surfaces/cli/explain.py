"""`seatrial explain`: the page of a rule."""

import re
import sys

import click

_WIDEST = 110
_FENCE = re.compile(r"^```(?P<name>[\w./-]+\.(?P<suffix>\w+))$", re.MULTILINE)


@click.command("explain", short_help="Print the page of a rule.")
@click.argument("rule")
def command(rule: str) -> None:
    """Print the page of RULE: the fault, why it sinks at scale, how to mend it, and examples."""
    from seatrial.app import catalogue  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above

    text = catalogue.markdown(catalogue.page(rule))
    if sys.stdout.isatty():
        _pretty(text)
    else:
        emit(text)


def _pretty(page: str) -> None:
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that only terminals need
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    console = Console()
    console.print(Markdown(programs_named(page), code_theme="ansi_dark"), width=min(console.width, _WIDEST))


def programs_named(page: str) -> str:
    """The page with each program's file name above it: Markdown takes the name for a language and drops it."""
    return _FENCE.sub(r"`\g<name>`:\n\n```\g<suffix>", page)
