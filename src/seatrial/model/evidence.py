"""Evidence: what a trial saw when the program ran."""

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """What a trial says of a finding. Only `CLEARED` speaks for the code, and only for what ran."""

    PROVEN = "proven"
    CLEARED = "cleared"
    INCONCLUSIVE = "inconclusive"
    NOT_TRIED = "not tried"


class Evidence(msgspec.Struct, frozen=True, order=True):
    """What one trial found out about one finding."""

    fingerprint: str
    trial: str
    outcome: Outcome
    digest: str
    """The finding's code digest when the trial ran; evidence lapses with it."""
    reason: str
    reproduce: str
    """The one command that shows it again; empty if nothing was proven."""
    operations: tuple[str, ...] = ()
    """What the program was asked, as `POST /orders`; empty if the trial is of the whole."""
    seed: int = 0
    """What the made-up data and the order of the operations followed."""
    details: tuple[str, ...] = ()
    """What was seen, line by line: rows that differ, the statement."""
