"""How the code stands with what was signed about it: reads units, records and people, and has the gate judge them."""

from pathlib import Path

from seatrial.model.standing import Standing


def standing(root: Path, base: str = "") -> Standing:
    """How every unit stands; `base` is the revision whose policy, people and records count (empty: the tree's own).

    Raises:
        SourceError: there is no such folder or revision.
        ConfigError: the review policy cannot be used.
        DecisionError: roles, signers, exemptions or revoked keys cannot be read.
    """
    raise NotImplementedError
