"""The private mirror: a person's approvals, remarks and catches, against their own last quarter.

Approval habituates: reviewers of agents' changes approved 14.5 points more often and wrote 22 % fewer comments by their
tenth decile of experience ("Habituation at the Gate", arXiv 2606.22721).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from seatrial.app.review.store import Review, Store
from seatrial.app.review.vigilance import interval, window

QUARTER = timedelta(days=91)
_MORE_APPROVALS, _FEWER_REMARKS = 0.10, 0.20


def reflect(store: Store, reviewer: str, now: datetime | None = None) -> dict[str, Any]:
    """What the mirror shows: this quarter and the last, the rate of catches with its 90 % interval, and a nudge."""
    now = now or datetime.now(UTC)
    reviews, results = store.reviews(reviewer), store.results(reviewer)
    recent, earlier = (now - QUARTER).isoformat(), (now - 2 * QUARTER).isoformat()
    this = _summary([one for one in reviews if one.at >= recent])
    last = _summary([one for one in reviews if earlier <= one.at < recent])
    caught = sum(one.caught for one in results)
    low, high = interval(caught, len(results))
    return {
        "this_quarter": this,
        "last_quarter": last,
        "canaries": len(results),
        "caught": caught,
        "low": round(low, 2),
        "high": round(high, 2),
        "window": window(results, store.calibrated(reviewer)).value,
        "nudge": _nudge(this, last),
    }


def _summary(reviews: Sequence[Review]) -> dict[str, float]:
    lines = sum(one.lines for one in reviews)
    seconds = sum(one.seconds for one in reviews)
    return {
        "reviews": len(reviews),
        "lines": lines,
        "approval_rate": round(sum(one.approved for one in reviews) / len(reviews), 3) if reviews else 0.0,
        "remarks_per_100_lines": round(100 * sum(one.remarks for one in reviews) / lines, 2) if lines else 0.0,
        "lines_per_hour": round(3600 * lines / seconds) if seconds else 0,
    }


def _nudge(this: dict[str, float], last: dict[str, float]) -> str:
    if not (this["reviews"] and last["reviews"]):
        return ""
    approvals = this["approval_rate"] - last["approval_rate"]
    before = last["remarks_per_100_lines"]
    fewer = 1 - this["remarks_per_100_lines"] / before if before else 0.0
    if approvals >= _MORE_APPROVALS and fewer >= _FEWER_REMARKS:
        return f"You approve {approvals * 100:.0f} points more than last quarter, and remark {fewer * 100:.0f} % less."
    return ""
