"""Shows evidence again: the same trial of the same operations, with the same seed and so the same data."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from seatrial.app import evidence
from seatrial.app.audit import Request
from seatrial.app.progress import Progress
from seatrial.app.starting import Start
from seatrial.app.trial import Trial, run
from seatrial.errors import SourceError
from seatrial.model.evidence import Evidence, Outcome

_ALL = 1e9
"""Seconds: what is repeated is not cut short."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks for: `which` is a file of evidence, or how a fingerprint begins."""

    which: str
    request: Request
    start: Start = Start()


class Repeated(msgspec.Struct, frozen=True):
    """One piece of evidence, then and now. `now` is None if the trial said nothing of it this time."""

    kept: evidence.Kept
    now: Evidence | None

    @property
    def is_seen(self) -> bool:
        """Whether it was proven again."""
        return self.now is not None and self.now.outcome is Outcome.PROVEN


def repeat(asked: Asked, progress: Progress) -> Sequence[Repeated]:
    """What was proven, tried again; nothing is kept of it. Raises as `trial`, and `SourceError` if nothing fits."""
    path = Path(asked.which)
    is_file = path.is_file()
    kept = [
        one
        for one in evidence.read(path if is_file else evidence.file(asked.request.root))
        if one.evidence.outcome is Outcome.PROVEN
        and (is_file or one.evidence.fingerprint.startswith(asked.which.lower()))
    ]
    if not kept:
        raise SourceError(
            f"nothing proven here has a fingerprint that begins with {asked.which!r}. Run `seatrial trial` first; "
            "name another folder last: `seatrial repeat FINGERPRINT PATH`."
        )
    by_seed: dict[int, list[evidence.Kept]] = {}
    for one in kept:
        by_seed.setdefault(one.evidence.seed, []).append(one)
    return [one for seed, ours in sorted(by_seed.items()) for one in _again(asked, ours, seed, progress)]


def _again(asked: Asked, ours: Sequence[evidence.Kept], seed: int, progress: Progress) -> Iterator[Repeated]:
    """Those of one seed, in one run of the program."""
    named = [one.evidence.operations for one in ours]
    wanted = Trial(
        audit=asked.request,
        only=tuple(sorted({one.evidence.trial for one in ours})),
        operations=tuple(sorted({name for names in named for name in names})) if all(named) else (),
        budget=_ALL,
        seed=seed,
        start=asked.start,
    )
    shown = {(one.fingerprint, one.trial): one for one in reversed(run(wanted, progress).proof.evidence)}
    for one in ours:
        yield Repeated(one, shown.get((one.evidence.fingerprint, one.evidence.trial)))
