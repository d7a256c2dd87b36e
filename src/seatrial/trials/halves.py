"""What a request that was cut short has left, as against all that it does."""

import re

from seatrial.trials.state import State, differences

_ALL = 1_000
"""Rows."""
_PROOF = re.compile(
    r"(^|_)outstandingtokens?$|^authtoken_token$|^knox_authtoken$"
    r"|^((django|user|auth|login)_sessions?|(user_)?(auth|access|refresh|login)_?tokens?)$"
)
"""Tables of what proves somebody who has logged in."""


def is_whole(state: State, after: State) -> bool:
    """Whether nothing lacks, or proofs of who asks alone: who did not get one logs in again."""
    lacking = differences(after, state, _ALL)
    return all(one.startswith("- ") and _PROOF.search(one[2:].partition(":")[0]) for one in lacking)
