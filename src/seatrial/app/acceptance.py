"""Accepts a decision record: a person signs what it says. Drafts come from anyone; this does not."""

from pathlib import Path

from seatrial.app import signing
from seatrial.app.decide import find, mark_accepted, require_proposed
from seatrial.model.record import Record
from seatrial.model.signoff import Kind, SignOff, Subject


def accept(root: Path, name: str, key: Path, reviewer: str, role: str) -> Record:
    """Signs the record with a person's key, then marks it accepted and what it supersedes as superseded.

    The signature is over the hash of all that must not change from now on. Nothing is written if it is refused.

    Raises:
        DecisionError: there is no such record, it is not proposed, or who asks may not sign.
    """
    record = find(root, name)
    require_proposed(record)
    signed = SignOff(
        subjects=(Subject(record.path, record.id, record.body_hash),),
        kind=Kind.FULL,
        reviewer=reviewer,
        role=role,
        decisions=(record.reference,),
    )
    signing.sign(root, signed, key)
    return mark_accepted(root, record)
