"""`seatrial decide`: decisions, from a draft to being superseded."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from seatrial.errors import ConfigError
from seatrial.model.text import printable

if TYPE_CHECKING:
    from seatrial.app.decisions import Listed
    from seatrial.model.record import Anchor, Record


def _tree(_: click.Context, __: click.Parameter, given: Path | None) -> Path:
    from seatrial.app.why import locate  # noqa: PLC0415 - `--help` needs it not

    return given or Path(os.path.relpath(locate(Path.cwd(), ".")[0]))


_root = click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    callback=_tree,
    help="The audited folder. [default: the nearest one above with records]",
)


@click.group("decide", short_help="Record decisions, and what was rejected.")
def command() -> None:
    """Record decisions with their reasons, so that what was rejected does not come back unnoticed."""


@command.command("new", short_help="Write a proposed record.")
@click.argument("title")
@_root
@click.option("--scope", "paths", multiple=True, metavar="PATTERN", help="Files that it speaks of, as in .gitignore.")
@click.option("--anchor", "anchors", multiple=True, metavar="PATH[:SYMBOL]", help="Code that it rests on.")
@click.option("--reject", metavar="OPTION", default="", help="An option that was turned down.")
@click.option("--because", metavar="REASON", default="", help="Why it was.")
@click.option("--imports", multiple=True, metavar="MODULE", help="It is back when this module is imported.")
@click.option("--pattern", metavar="REGEX", default="", help="It is back when a line matches.")
@click.option("--dependency", multiple=True, metavar="NAME", help="It is back when a manifest requires this.")
@click.option("--revisit-when", metavar="CONDITION", default="", help="When it may be looked at again.")
@click.option("--review-by", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it is in doubt by itself.")
def new(title: str, root: Path, paths: tuple[str, ...], anchors: tuple[str, ...], **given: Any) -> None:
    """Write a proposed record that says TITLE: the decision in one line."""
    from seatrial.app.decide import draft  # noqa: PLC0415 - `--help` needs it not
    from seatrial.model.record import Draft, Match, Rejected, Scope  # noqa: PLC0415 - as above

    match = Match(imports=given["imports"], pattern=given["pattern"], dependency=given["dependency"])
    option = Rejected(option=given["reject"], because=given["because"], match=match, revisit_when=given["revisit_when"])
    if (match != Match() or option.because) and not (option.option and option.because):
        raise ConfigError("what was rejected needs both --reject OPTION and --because REASON.")
    wanted = Draft(
        title=title,
        scope=Scope(paths=paths),
        rejected=(option,) if option.option else (),
        anchors=tuple(map(_anchor, anchors)),
        review_by=given["review_by"] and given["review_by"].date(),
    )
    record = draft(root, wanted)
    click.echo(f"{_place(root, record)} is written, as proposed. Fill it in; then a person accepts it:")
    click.echo(f"  seatrial decide accept {record.id}")


@command.command("accept", short_help="Sign a proposed record: a person does.")
@click.argument("name", metavar="ID")
@_root
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False), help="Your SSH key. [default: the first that counts here]"
)
@click.option("--as", "reviewer", metavar="ADDRESS", default="", help="Who you are. [default: whose key it is]")
@click.option("--role", default="architect", show_default=True, help="In which role you accept it.")
def accept(name: str, root: Path, key: Path | None, reviewer: str, role: str) -> None:
    """Sign the proposed record ID: from then on it holds, and its text may not change. A person does this."""
    from seatrial.app import acceptance  # noqa: PLC0415 - `--help` needs it not

    record = acceptance.accept(root, name, acceptance.Signer(key, reviewer, role))
    click.echo(f"{record.id} is accepted. Commit {_place(root, record)} and the signature below .seatrial/signoffs.")


@command.command("supersede", short_help="Draft what takes a record's place.")
@click.argument("name", metavar="ID")
@click.option("--title", default="", help="The new decision in one line.")
@_root
def supersede(name: str, title: str, root: Path) -> None:
    """Write a proposed record that takes the place of ID, which stays in force until the new one is accepted."""
    from seatrial.app import decide  # noqa: PLC0415 - `--help` needs it not

    record = decide.supersede(root, name, title)
    click.echo(f"{_place(root, record)} is written, as proposed. Say what has changed, and take out of its keys what")
    click.echo("no longer holds; then a person accepts it:")
    click.echo(f"  seatrial decide accept {record.id}")


@command.command("reaffirm", short_help="Say that a record still holds.")
@click.argument("name", metavar="ID")
@_root
def reaffirm(name: str, root: Path) -> None:
    """Say that ID still holds for the code that it rests on, as that is now."""
    from seatrial.app import decide  # noqa: PLC0415 - `--help` needs it not

    record = decide.reaffirm(root, name)
    click.echo(f"{record.id} rests on the code as it is now. Commit {_place(root, record)}.")


@command.command("list", short_help="List the records and their doubts.")
@_root
@click.option("--json", "as_json", is_flag=True, help="All that the records say, as JSON.")
def show(root: Path, *, as_json: bool) -> None:
    """List the decision records: how each stands, and why it may be in doubt."""
    from seatrial.app.decisions import listed  # noqa: PLC0415 - `--help` needs it not
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above

    found = listed(root)
    if as_json:
        import msgspec  # noqa: PLC0415 - as above

        emit(json.dumps(msgspec.to_builtins(found), indent=2) + "\n")
        return
    emit("".join(f"{line}\n" for one in found for line in _lines(one)) or "There are no decision records.\n")


@command.command("check", short_help="Does the change bring back what was rejected?")
@_root
@click.option("--base", metavar="REF", default="HEAD", show_default=True, help="What the change started from.")
@click.option("--message", type=click.File(errors="replace"), help="The message of the commit in the making.")
@click.option("--json", "as_json", is_flag=True, help="The reasons as JSON.")
def check(root: Path, base: str, message: TextIO | None, *, as_json: bool) -> int:
    """Say whether the change brings back what was rejected. Exits with 0 if it does not, with 1 if it does."""
    from seatrial.app import advice  # noqa: PLC0415 - `--help` needs it not

    found = advice.check_rejected(root, base, message.read() if message else "")
    if as_json:
        click.echo(json.dumps(found, indent=2))
    for reason in () if as_json else found["reasons"]:
        click.echo(printable(f"{reason['path']}:{reason['line']} {reason['what']}"))
        click.echo(printable(f"  {reason['way_to_green']}"))
    for notice in () if as_json else found["notices"]:
        click.echo(printable(f"to know: {notice}"))
    return 1 if found["reasons"] else 0


def _place(root: Path, record: "Record") -> str:
    return printable(str(root / record.path))


def _lines(one: "Listed") -> list[str]:
    record = one.record
    by = f" by {record.superseded_by}" if record.superseded_by else ""
    lines = [printable(f"{record.status or 'no status':10} {record.id}{by}: {record.title}")]
    lines += [
        printable(f"           rejected: {option.option}, because {option.because}") for option in record.rejected
    ]
    return lines + [printable(f"           in doubt: {doubt.what}; {doubt.way}") for doubt in one.doubts]


def _anchor(place: str) -> "Anchor":
    from seatrial.model.record import Anchor  # noqa: PLC0415 - `--help` needs it not

    path, colon, symbol = place.rpartition(":")
    return Anchor(path=path, symbol=symbol) if colon else Anchor(path=place)
