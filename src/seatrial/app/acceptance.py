"""Accepts a decision record: a person signs what it says. Drafts come from anyone; this does not."""

from pathlib import Path
from typing import NamedTuple

from seatrial.app import signing
from seatrial.app.decide import find, mark_accepted, require_proposed
from seatrial.errors import DecisionError
from seatrial.model.record import Record
from seatrial.model.signoff import Kind, SignOff, Subject
from seatrial.model.text import printable


class Signer(NamedTuple):
    """Who accepts: a person's SSH key (None: the first in `~/.ssh` that counts here), their address, and their role.

    Without an address it is the one that the key belongs to here.
    """

    key: Path | None = None
    address: str = ""
    role: str = "architect"
    session: signing.Session | None = None
    around: signing.Surroundings | None = None


def accept(root: Path, name: str, signer: Signer) -> Record:
    """Signs the record with a person's key, then marks it accepted and what it supersedes as superseded.

    The signature is over the hash of all that must not change from now on. Nothing is written if it is refused.

    Raises:
        DecisionError: there is no such record, it is not proposed, or who asks may not sign.
        ConfigError: `cryptography` is missing.
    """
    record = find(root, name)
    require_proposed(record)
    key = signer.key or _own_key(root)
    signed = SignOff(
        subjects=(Subject(record.path, record.id, record.body_hash),),
        kind=Kind.FULL,
        reviewer=signer.address or _address(root, key),
        role=signer.role,
        decisions=(record.reference,),
    )
    signing.sign(root, signed, key, signer.session, signer.around)
    return mark_accepted(root, record)


def _own_key(root: Path) -> Path:
    folder = Path.home() / ".ssh"
    found = signing.keys_of(root, folder) if folder.is_dir() else []
    if not found:
        raise DecisionError("none of the keys in ~/.ssh counts here: .seatrial/allowed_signers says whose do.")
    return found[0][1]


def _address(root: Path, key: Path) -> str:
    """Whose key it is here."""
    public = key if key.suffix == ".pub" else key.with_name(f"{key.name}.pub")
    if not public.is_file():
        raise DecisionError(f"{printable(str(public))} is not there: say who you are with --as ADDRESS.")
    found = next((who for who, path in signing.keys_of(root, public.parent) if path == public), "")
    if not found:
        raise DecisionError(
            f"{printable(str(public))} is nobody's key here: .seatrial/allowed_signers names those that count; "
            "`seatrial init` writes it."
        )
    return found
