"""`seatrial provenance`: who wrote what, as far as marks tell."""

from pathlib import Path

import click

from seatrial.surfaces.cli import _options


@click.command("provenance", short_help="Say who wrote what, as far as marks tell.")
@_options.path
@click.option("--json", "as_json", is_flag=True, help="Every symbol with its marks, as JSON.")
def command(path: str, *, as_json: bool) -> None:
    """Say who wrote the code in PATH (a folder or a file) by symbol: a model, a bot, people or unknown; and why.

    Reads the history of git and what tools noted in it. A line without a mark is unknown, never a human's.
    """
    import msgspec  # noqa: PLC0415 - `--help` needs it not

    from seatrial.app import signoffs  # noqa: PLC0415 - as above
    from seatrial.app.belonging import tree_of  # noqa: PLC0415 - as above
    from seatrial.app.provenance import survey  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._provenance import lines  # noqa: PLC0415 - as above

    root, inside = tree_of(Path(path))
    found = survey(root, inside, signoffs.attested(root))
    if as_json:
        emit(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
        return
    emit("".join(f"{line}\n" for line in lines(found, in_full=bool(inside))))
