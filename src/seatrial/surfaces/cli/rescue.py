"""`seatrial rescue`: the ten pieces of work that come first, each with a check that says when it is done."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.app.progress import Progress
    from seatrial.model.rescue import Plan

FORMATS = {"text": ".txt", "markdown": ".md", "json": ".json", "html": ".html"}
NOT_DONE = 1


@click.command("rescue", short_help="Plan how to mend what sinks: at most ten cards.")
@_options.path
@click.option(
    "-f", "--format", "form", type=click.Choice(list(FORMATS)), help="[default: the file's suffix, else text]"
)
@click.option("-o", "--output", "file", default="", metavar="FILE", help="Write the plan to FILE.")
@click.option("--card", "card", default="", metavar="ID", help="Only this card, as a brief for whoever does the work.")
@click.option("--save", is_flag=True, help="Keep the plan in .seatrial/rescue.json, to measure against.")
@click.option("--measure", is_flag=True, help="Show how each card of the kept plan stands, before and after.")
@click.option(
    "--check", "check", default="", metavar="ID", help="Run one check, or those of a card; 1 unless all hold."
)
@_options.verbose
def command(path: str, form: str | None, file: str, check: str, card: str, *, verbose: bool, **what: bool) -> int:
    """Plan the rescue of the code in PATH: at most ten cards, in the order of work. Runs none of it."""
    from seatrial.surfaces.cli._output import emit, write  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    if sum(map(bool, (check, card, *what.values()))) > 1:
        raise click.UsageError("--save, --measure, --check and --card are different things: give one of them")
    root = Path(path)
    with progress(verbose=verbose) as tell:
        if check:
            text, code = _checked(root, check, tell)
        elif what["measure"]:
            text, code = _measured(root, form or "text", tell), 0
        else:
            text, code = _shown(_plan(root, card, tell, save=what["save"]), form or _form_of(file)), 0
    write(Path(file), text) if file else emit(text)
    return code


def _plan(root: Path, card: str, tell: "Progress", *, save: bool) -> "Plan":
    from seatrial.app import rescue  # noqa: PLC0415 - as above
    from seatrial.app.rescue import kept  # noqa: PLC0415 - as above

    if card and kept.is_there(root):
        return kept.only(kept.read(root), card)
    made = rescue.plan(root, tell)
    if save:
        click.echo(f"kept in {kept.save(root, made)}", err=True)
    return kept.only(made, card) if card else made


def _shown(plan: "Plan", form: str) -> str:
    from seatrial.app.rescue.kept import encode  # noqa: PLC0415 - as above
    from seatrial.reports._rescue import html, markdown, text  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._output import terminal  # noqa: PLC0415 - as above

    if form == "text":
        return text.plan(plan, terminal()[0])
    return {"json": encode, "markdown": markdown.plan, "html": html.plan}[form](plan)


def _measured(root: Path, form: str, tell: "Progress") -> str:
    from seatrial.app.rescue.kept import encode_progress, measure  # noqa: PLC0415 - as above
    from seatrial.reports._rescue import text  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._output import terminal  # noqa: PLC0415 - as above

    if form not in {"text", "json"}:
        raise click.UsageError("--measure speaks text and json")
    found = measure(root, tell)
    return encode_progress(found) if form == "json" else text.progress(found, terminal()[0])


def _checked(root: Path, name: str, tell: "Progress") -> tuple[str, int]:
    from seatrial.app.rescue.kept import check  # noqa: PLC0415 - as above
    from seatrial.reports._rescue import text  # noqa: PLC0415 - as above

    found = check(root, name, tell)
    return text.ran(found), 0 if all(one.holds for one in found) else NOT_DONE


def _form_of(file: str) -> str:
    return next((form for form, suffix in FORMATS.items() if file.endswith(suffix)), "text")
