"""What an analysis uses and what comes out of it."""

from typing import NamedTuple

import msgspec

from seatrial.app.progress import Progress
from seatrial.facts import Store
from seatrial.model.decision import Suppression
from seatrial.model.finding import Finding
from seatrial.model.pair import Pair
from seatrial.model.route import Lead, Route
from seatrial.model.source import Gap, LeftOut
from seatrial.model.verdict import Counts, Edge, RuleInfo


class Analysis(msgspec.Struct, frozen=True):
    """What the code says of itself, before anybody judged it. Depends on the tree, the settings and our build alone."""

    findings: tuple[Finding, ...]
    suppressions: tuple[Suppression, ...]
    gaps: tuple[Gap, ...]
    left_out: tuple[LeftOut, ...]
    rules: tuple[RuleInfo, ...]
    counts: Counts
    map: tuple[Edge, ...]
    routes: tuple[Route, ...] = ()
    pairs: tuple[Pair, ...] = ()
    """Functions that findings take for one, and that may be run beside each other."""
    leads: tuple[Lead, ...] = ()
    """The handlers that lead to findings, and what those lead to."""


class Means(NamedTuple):
    """What an analysis uses: `jobs` is the most processes to extract in."""

    store: Store
    jobs: int = 1
    progress: Progress = Progress()
