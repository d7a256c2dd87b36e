"""`seatrial review`: the review room, in the browser or in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.errors import ConfigError
from seatrial.model.text import printable
from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.app.review.opening import Opened


@click.command("review", short_help="Review code: predict, see, judge, sign.")
@_options.path
@click.option("--changed-since", metavar="REF", default="", help="Review what came after HEAD left REF.")
@click.option("--tty", is_flag=True, help="Review in this terminal instead of the browser.")
@click.option("--key", type=click.Path(path_type=Path), help="The SSH key to sign with. [default: the one that counts]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on loopback. [default: any]")
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the queue as JSON and go.")
@_options.verbose
def command(path: str, key: Path | None, *, as_json: bool, **asked: object) -> None:
    """Open the review room for what is not signed in PATH, a file or folder. Nothing leaves this machine."""
    from seatrial.app.review import opening  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    if not (as_json or opening.is_person_here()):
        raise ConfigError("a review takes a person at a terminal: run `seatrial review` in a shell of your own.")
    with progress(verbose=bool(asked["verbose"])) as tell:
        opened = opening.open_room(Path(path), str(asked["changed_since"]), key, tell)
    if as_json:
        click.echo(opening.queue(opened.room))
    elif asked["tty"]:
        from seatrial.surfaces.cli._review import review  # noqa: PLC0415 - as above

        review(opened)
    else:
        _serve(opened, int(str(asked["port"])), browser=not asked["no_browser"])


def _serve(opened: "Opened", port: int, *, browser: bool) -> None:
    try:
        from seatrial.surfaces.web.desk import Desk  # noqa: PLC0415 - an extra brings the server
        from seatrial.surfaces.web.serving import serve  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
            raise
        raise ConfigError(
            "the room in the browser comes with the extra `review`: pip install 'seatrial[review]'. "
            "`seatrial review --tty` needs it not."
        ) from error
    desk = Desk(opened.room, opened.name, opened.signature, opened.renew)
    try:
        serve(desk, "/queue", _told, port, browser=browser)
    except OSError as error:
        raise ConfigError(f"port {port} cannot be opened on loopback: {error.strerror}. Name another.") from error


def _told(address: str) -> None:
    """On standard error, which is a terminal here: standard output may be read by anything."""
    click.echo(
        f"The review room: {printable(address)}\nIt works once, for one browser. Ctrl-C closes the room.", err=True
    )
