"""`seatrial why`: why the code at a place is as it is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.model.text import printable

if TYPE_CHECKING:
    from seatrial.app.why import Answer


@click.command("why", short_help="Say why the code at a place is as it is.")
@click.argument("place", metavar="PATH[:SYMBOL]")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The audited folder, from which PATH is then named. [default: the nearest one above with records]",
)
@click.option("--because", metavar="SENTENCE", default="", help="Write this down as a small why of the place.")
@click.option("--who", metavar="NAME", default="", help="Whose sentence it is.")
@click.option("--json", "as_json", is_flag=True, help="All that is known, as JSON.")
def command(place: str, root: Path | None, because: str, who: str, *, as_json: bool) -> None:
    """Show the decisions and small whys for PATH or one SYMBOL in it (`Class.method`). Audits nothing."""
    from seatrial.app import why  # noqa: PLC0415 - `--help` needs it not

    if root is None:
        root, place = why.locate(Path.cwd(), place)
    if because:
        file = why.add(root, place, because, who)
        click.echo(f"{printable(str(file))} is written. Commit it: it is stale as soon as the code changes.")
        return
    answer = why.why(root, place)
    if as_json:
        import msgspec  # noqa: PLC0415 - as above

        click.echo(json.dumps(msgspec.to_builtins(answer), indent=2))
        return
    click.echo("\n".join(map(printable, _lines(answer))))


def _lines(answer: "Answer") -> Iterator[str]:
    place = f"{answer.path}:{answer.symbol}".rstrip(":")
    if not answer.records and not answer.whys:
        yield f"Nothing is written down about {place}. `seatrial why {place} --because …` does."
    for record in answer.records:
        doubt = f" (in doubt: {answer.doubts[record.id]})" if record.id in answer.doubts else ""
        yield f"{record.id}, {record.status or 'no status'}: {record.title}{doubt}"
        for option in record.rejected:
            when = f"; look again when {option.revisit_when}" if option.revisit_when else ""
            yield f"  rejected {option.option}, because {option.because}{when}"
        yield f"  {record.path}"
    for one in answer.whys:
        stale = " (stale: the code has changed since)" if one.stale else ""
        by = f" — {one.who}" if one.who else ""
        yield f"{one.symbol or one.path}: {one.because}{by}{stale}"
