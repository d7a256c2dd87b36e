"""`seatrial trial`: what the running program shows."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.surfaces.cli._options import Asked, reporting, seconds, starting

if TYPE_CHECKING:
    from seatrial.app.starting import Start


@click.command("trial", short_help="Run the program and prove or clear what the audit suspects.")
@reporting
@click.option(
    "--only",
    metavar="TRIALS",
    default="",
    help="Trials to run, with commas: growth, load, race, deadlock, access, inject, edge, leak, twin, faults.",
)
@click.option("--budget", default="3m", metavar="TIME", help="Begin no trial after this long: 90s, 3m. [default: 3m]")
@click.option("--seed", type=int, default=0, help="What made-up data and the order of operations follow. [default: 0]")
@click.option(
    "--save-tests",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write each proven failure to DIR as a test for pytest.",
)
@starting
def command(asked: Asked, only: str, budget: str, seed: int, save_tests: Path | None, start: "Start") -> None:
    """Start a copy of the program in PATH with a database of its own, and try it. Exits with 0 whatever it finds."""
    from seatrial.app.trial import Trial, trial  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.surfaces.cli._output import deliver, destinations  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._report import request  # noqa: PLC0415 - as above

    wanted = destinations(asked.formats, asked.files)
    names = tuple(name for part in only.split(",") if (name := part.strip()))
    what = Trial(
        audit=request(asked, gate=True),
        only=names,
        budget=seconds(budget, "--budget"),
        seed=seed,
        start=start,
        save_tests=save_tests,
    )
    with progress(verbose=asked.verbose) as tell:
        made = trial(what, tell)
    deliver(made, wanted)
