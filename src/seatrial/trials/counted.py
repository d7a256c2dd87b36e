"""Growth of a program that runs already: what the server of its database counted of each request, in any language.

With `pg_stat_statements` a statement that runs once more for each row is proven, as for a program that we start; the
blocks tell the class. Without it the blocks alone are counted, slowly.
"""

from collections.abc import Iterator

from seatrial.model.curve import Curve
from seatrial.sandbox import Remote, now
from seatrial.trials import costs, growth
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.scaling import BUDGET, scaled

_FEW = (10, 100, 1_000, 10_000)
"""Sizes where each count takes seconds."""
_SECONDS = 4.0
"""What one such count takes."""
_WAYS = 2
_SHARE = 0.4
"""The part of the time that is left which may be used for this."""
_NO_STATEMENTS = (
    "the database's server does not load `pg_stat_statements` (`shared_preload_libraries`): statements in loops were "
    "not looked for, and blocks were counted by table, slowly"
)


def claims(bench: Bench) -> Iterator[Claim | Curve]:
    """What growing the data shows of each request."""
    assert isinstance(bench.application, Remote)
    with bench.application.counted() as tells_statements:
        if tells_statements:
            yield from growth.of_lines(bench)
            found = list(scaled(bench))
        else:
            bench.gaps.append(_NO_STATEMENTS)
            budget = max(BUDGET, min(_SHARE * (bench.until - now()), 10 * BUDGET))
            found = list(scaled(bench, budget, _FEW, max(1, int(budget / (_SECONDS * len(_FEW) * _WAYS)))))
    yield from costs.claims(found, bench.prices)
    yield from costs.curves(found, bench.prices)
