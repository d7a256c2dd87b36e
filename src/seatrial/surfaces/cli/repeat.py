"""`seatrial repeat`: what a trial proved, once more."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seatrial.model.text import printable
from seatrial.surfaces.cli import _options

if TYPE_CHECKING:
    from seatrial.app.repeat import Repeated
    from seatrial.app.starting import Start

SEEN, NOT_SEEN = 0, 1


@click.command("repeat", short_help="Show once more what a trial proved.")
@click.argument("evidence")
@_options.path
@_options.starting
@_options.verbose
def command(evidence: str, path: str, start: "Start", *, verbose: bool) -> int:
    """Start the program in PATH again and show what was proven: the same data, the same requests.

    EVIDENCE is how the finding's fingerprint begins, or a file of evidence. Exits with 0 if all of it is seen again,
    with 1 if not.
    """
    from seatrial.app.audit import Request  # noqa: PLC0415 - brings the stages, which `--help` needs not
    from seatrial.app.repeat import Asked, repeat  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._output import emit  # noqa: PLC0415 - as above
    from seatrial.surfaces.cli._progress import progress  # noqa: PLC0415 - as above

    with progress(verbose=verbose) as tell:
        repeated = repeat(Asked(which=evidence, request=Request(root=Path(path)), start=start), tell)
    emit("".join(f"{printable(line)}\n" for one in repeated for line in _lines(one)))
    return SEEN if all(one.is_seen for one in repeated) else NOT_SEEN


def _lines(one: "Repeated") -> Iterator[str]:
    kept, then = one.kept, one.kept.evidence
    yield f"{kept.rule} at {kept.path}:{kept.line}, {', '.join(then.operations)}, seed {then.seed}"
    yield f"  then  {then.outcome.value} by the trial {then.trial}: {then.reason}"
    now = one.now
    yield f"  now   {now.outcome.value}: {now.reason}" if now else "  now   the trial saw nothing of it"
    for line in now.details if now else ():
        yield f"        {line}"
