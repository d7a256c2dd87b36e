"""`seatrial sign-offs`: what is signed, what is stale and why, and the cheapest way to green."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.model.standing import Standing


@click.command("sign-offs", short_help="Show what is signed, what is stale and why.")
@_options.path
@click.option("--base", metavar="REF", default="", help="Let the policy and the people of REF count.")
@click.option("--verify", is_flag=True, help="Show every record; exit with 1 if one does not hold or is missing.")
@click.option("--json", "as_json", is_flag=True, help="All units and records as JSON.")
@click.option("--bundle", is_flag=True, help="Every record as a line of an in-toto bundle: DSSE envelopes, unchanged.")
@click.option("--html", "as_page", is_flag=True, help="All records as a page of its own, for people without this tool.")
def command(path: str, base: str, *, verify: bool, as_json: bool, bundle: bool, as_page: bool) -> int:
    """Show how the code in PATH stands with its sign-offs. It is checked here, without network or ssh-keygen."""
    import msgspec  # noqa: PLC0415 - `--help` needs it not

    from seatrial.app import signoffs  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._signoffs import text  # noqa: PLC0415 - as above

    if bundle:
        emit(signoffs.bundle(Path(path)))
        return 0
    found = signoffs.standing(Path(path), base)
    if as_page and found.mandate:
        emit(_page(path, found))
    else:
        emit(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n" if as_json else text(found, ledger=verify))
    broken = any(entry.signoff is None for entry in found.ledger)
    return 1 if verify and (broken or found.faults) else 0


def _page(path: str, found: "Standing") -> str:
    from seatrial import __version__  # noqa: PLC0415 - few ask for it
    from seatrial.reports import html  # noqa: PLC0415 - as above

    return html.ledger(Path(path).resolve().name, __version__, found)
