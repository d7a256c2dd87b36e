"""`seatrial rescue`: the ten pieces of work that come first, each with a check that says when it is done."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.app.progress import Progress

FORMATS = {"text": ".txt", "markdown": ".md", "json": ".json", "html": ".html"}
NOT_DONE = 1


@click.command("rescue", short_help="Plan how to mend what sinks: at most ten cards.")
@_options.path
@click.option(
    "-f", "--format", "form", type=click.Choice(list(FORMATS)), help="[default: the file's suffix, else text]"
)
@click.option("-o", "--output", "file", default="", metavar="FILE", help="Write the plan to FILE.")
@click.option("--save", is_flag=True, help="Keep the plan in .seatrial/rescue.json, to measure against.")
@click.option("--measure", is_flag=True, help="Show how each card of the kept plan stands, before and after.")
@click.option(
    "--check", "check", default="", metavar="ID", help="Run one check, or those of a card; 1 unless all hold."
)
@_options.verbose
def command(path: str, form: str | None, file: str, check: str, *, save: bool, measure: bool, verbose: bool) -> int:
    """Plan the rescue of the code in PATH: at most ten cards, in the order of work. Runs none of it."""
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    if sum((bool(check), measure, save)) > 1:
        raise click.UsageError("--save, --measure and --check are three different things: give one of them")
    with progress(verbose=verbose) as tell:
        if check:
            text, code = _checked(Path(path), check, tell)
        elif measure:
            text, code = _measured(Path(path), form or "text", tell), 0
        else:
            text, code = _planned(Path(path), form or _form_of(file), tell, save=save), 0
    emit(text) if not file else _write(Path(file), text)
    return code


def _planned(root: Path, form: str, tell: "Progress", *, save: bool) -> str:
    from seatrial.app.rescue import plan  # noqa: PLC0415 - as above
    from seatrial.app.rescue.kept import encode  # noqa: PLC0415 - as above
    from seatrial.app.rescue.kept import save as keep  # noqa: PLC0415 - as above
    from seatrial.reports._rescue import html, markdown, text  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._output import terminal  # noqa: PLC0415 - as above

    made = plan(root, tell)
    if save:
        click.echo(f"kept in {keep(root, made)}", err=True)
    if form == "text":
        return text.plan(made, terminal()[0])
    return {"json": encode, "markdown": markdown.plan, "html": html.plan}[form](made)


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


def _write(file: Path, text: str) -> None:
    from seatrial.surfaces.cli._output import write  # noqa: PLC0415 - as above

    write(file, text)
