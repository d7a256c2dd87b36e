"""Words for what only a trial found: those of the rule that should have found it, or of a fault without a rule."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from seatrial import registry
from seatrial.model.finding import Finding
from seatrial.rules.contract import mend, why


class Words(NamedTuple):
    """Why a fault sinks the program, and how to mend it."""

    why: str
    mend: str


ALONE: Mapping[str, Words] = {
    "full-scan": Words(
        "Each request reads the table to its end for an answer that stays small: it slows down with every row that "
        "anybody adds, and takes the disk from all other requests.",
        "Read what the answer needs: an index that fits the condition (for a part of a text, a trigram index), a "
        "count that is kept or estimated, or pages by the last key.",
    ),
    "pool-exhaustion": Words(
        "Requests hold a connection and wait for another, or for a thread that gives one back: with enough of them at "
        "once, none ever ends, and the program is silent though nothing is at work.",
        "Take one connection a request and give it back before waiting for anything; let the pool be no smaller than "
        "the threads that use it, and fail soon when it is empty.",
    ),
    "server-error": Words(
        "Whoever sends such a value gets an error that nobody planned for; it hides real failures and may leave work "
        "half done.",
        "Check the value where it comes in and refuse it (400 or 422), naming what is wrong.",
    ),
    "invalid-accepted": Words(
        "The schema promises whoever reads it that such a value is never there; programs that rely on it fail later, "
        "far from where the value came in.",
        "Check the body against the schema where it comes in, or let the schema say what is really allowed.",
    ),
    "lost-acknowledgement": Words(
        "The program said that it was done, and after a crash nothing is left of it: whoever asked will not ask again.",
        "Answer after the transaction is committed, or keep the work in a queue that survives.",
    ),
    "no-recovery": Words(
        "One broken connection or killed process, as every restart brings, and the program stays broken until somebody "
        "restarts it.",
        "Check connections when they are taken from the pool (`pool_pre_ping`), and let each request open what it "
        "needs.",
    ),
}
"""Of the faults that only trials find, by the name under which they are reported."""


def worded(finding: Finding) -> Finding:
    """The finding with its words, weakness and category."""
    rule = registry.rules().get(finding.rule)
    if rule is None:
        words = ALONE.get(finding.rule, Words("", ""))
        return msgspec.structs.replace(finding, why=words.why, mend=words.mend)
    return msgspec.structs.replace(
        finding, why=why(rule.page), mend=mend(rule.page), cwe=rule.cwe, category=rule.category
    )
