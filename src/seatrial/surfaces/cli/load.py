"""`seatrial load`: how many users the running program bears."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seatrial import __version__
from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.app.load import Asked, Told
    from seatrial.app.starting import Start

_FORMATS = ("text", "json", "html")
_SUFFIXES = {".txt": "text", ".json": "json", ".html": "html"}


@click.command("load", short_help="Load the running program until it bends.")
@_options.path
@click.option("--users", default="10..10000", metavar="FROM..TO", help="How many users, from and to.")
@click.option("--rate", default="", metavar="FROM..TO", help="Requests a second instead, answered or not.")
@click.option("--for", "duration", default="1m", metavar="TIME", help="How long in all: 90s, 3m. [default: 1m]")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", help="What to print. [default: text]")
@click.option("-o", "--output", default="", metavar="FILE", help="Write it to a .txt, .json or .html file too.")
@click.option("--locust", default="", metavar="FILE", help="Write the same requests as a file for Locust.")
@_options.starting
@_options.verbose
def command(path: str, form: str, output: str, *, verbose: bool, **said: Any) -> None:
    """Start a copy of the program in PATH and ask it for all that reads, with more and more users, up to its knee."""
    from seatrial.app.load import load  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._output import emit, write  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    if output and Path(output).suffix not in _SUFFIXES:
        raise click.BadParameter("its name ends in .txt, .json or .html", param_hint="--output")
    wanted = _wanted(Path(path), **said)
    with progress(verbose=verbose) as tell:
        told = load(wanted, tell)
    if output:
        write(Path(output), _rendered(told, path, _SUFFIXES[Path(output).suffix]))
    emit(_rendered(told, path, form))


def _wanted(root: Path, *, users: str, rate: str, duration: str, locust: str, start: "Start") -> "Asked":
    from seatrial.app.load import Asked  # noqa: PLC0415 - as above

    first, last = _range(rate, "--rate") if rate else _range(users, "--users")
    return Asked(
        root=root,
        first=first,
        last=last,
        seconds=_options.seconds(duration, "--for"),
        at_rate=bool(rate),
        locust=Path(locust) if locust else None,
        start=start,
    )


def _range(text: str, option: str) -> tuple[int, int]:
    first, _, last = text.partition("..")
    if not (first.isdigit() and (last or first).isdigit() and 0 < int(first) <= int(last or first)):
        raise click.BadParameter("give two numbers such as 10..1000", param_hint=option)
    return int(first), int(last or first)


def _rendered(told: "Told", path: str, form: str) -> str:
    from msgspec import to_builtins  # noqa: PLC0415 - as above

    from seatrial.reports import html  # noqa: PLC0415 - as above

    if form == "json":
        return json.dumps({"schema": 1, "curves": [to_builtins(told.curve)]}, indent=2) + "\n"
    if form == "html":
        return html.measured(path, __version__, [told.curve])
    return "".join(f"{line}\n" for line in told.lines)
