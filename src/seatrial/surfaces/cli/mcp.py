"""`seatrial mcp`: answers agents."""

from pathlib import Path

import click

from seatrial.errors import ConfigError
from seatrial.surfaces.cli import _options


@click.command("mcp", short_help="Answer agents that write code (Model Context Protocol).")
@_options.path
def command(path: str) -> None:
    """Answer what agents ask about PATH, on standard input and output, until they go. They can read and draft."""
    try:
        from seatrial.surfaces.mcp import serve  # noqa: PLC0415 - an extra brings the protocol
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise ConfigError("agents are answered with the extra `mcp`: pip install 'seatrial[mcp]'.") from error
    serve(Path(path).resolve())
