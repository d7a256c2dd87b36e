"""Pace: how long a review takes at least before it can be signed.

A floor and no more: above about 500 lines an hour hardly any defect is found (Cohen, "Best Kept Secrets of Peer Code
Review", 2006, 2,500 reviews at Cisco), but waiting alone makes nobody see (Rich et al. 2008).
"""

LINES_PER_HOUR = 500
SECONDS_PER_UNIT = 20
WARN_AFTER, STOP_AFTER = 60 * 60, 90 * 60
"""Seconds in one sitting after which attention is gone."""
LINES_PER_DAY = 1200
LONGEST_BEAT = 15.0
"""Seconds that one sign of life can count for."""


def floor(lines: int, units: int) -> int:
    """The least seconds of active, visible time for so many lines in so many changed units."""
    return max(round(lines * 3600 / LINES_PER_HOUR), SECONDS_PER_UNIT * units)


LONGEST_READ = 120.0
"""Seconds that the time before one input in a terminal can count for: there is nothing else to see of a reader."""


def beat(claimed: float, since_last: float, longest: float = LONGEST_BEAT) -> float:
    """What a claim of activity counts: never more than has passed on this side's clock, nor than one beat can."""
    return max(0.0, min(claimed, since_last, longest))


def advice(seconds: float, lines_today: int) -> str:
    """What to tell someone who has looked for so long; empty if there is nothing to say."""
    if seconds >= STOP_AFTER:
        return "90 minutes in one sitting: stop here. What you have said is kept."
    if seconds >= WARN_AFTER:
        return "60 minutes in one sitting: finish this pack and rest."
    if lines_today > LINES_PER_DAY:
        return f"{lines_today:,} lines today: past {LINES_PER_DAY:,} hardly anybody sees anything."
    return ""
