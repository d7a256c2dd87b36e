"""Records below `.seatrial/signoffs`: one file each, read, checked and named."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from seatrial.decisions.signoffs import envelope, sshsig, statement
from seatrial.decisions.signoffs.keys import SignatureError, fingerprint, is_hardware
from seatrial.decisions.signoffs.revoked import Revoked
from seatrial.decisions.signoffs.signers import Signer
from seatrial.errors import DecisionError
from seatrial.model.mandate import Record
from seatrial.model.signoff import SignOff
from seatrial.model.standing import Entry

FOLDER = ".seatrial/signoffs"


class Trust(NamedTuple):
    """Whose signatures count."""

    signers: tuple[Signer, ...]
    revoked: Revoked


class Checked(NamedTuple):
    """A file, looked at: its line in the ledger, and the record if a known key signed it."""

    entry: Entry
    record: Record | None


def is_one(path: str) -> bool:
    """Whether a record lies under this path."""
    return path.startswith(f"{FOLDER}/") and path.endswith(".json")


def path_of(payload: bytes, at: datetime) -> str:
    """Where a record belongs: `.seatrial/signoffs/2026/11/0123456789abcdef.json`."""
    return f"{FOLDER}/{at:%Y}/{at:%m}/{envelope.identity(payload)}.json"


def check(path: str, data: bytes, trust: Trust, appeared: datetime | None, now: datetime) -> Checked:
    """Looks at one file. `appeared` is when it came to the base branch, None if it has not."""
    try:
        id_, said, signer = _opened(path, data, trust)
    except (SignatureError, statement.StatementError) as error:
        return Checked(Entry(id=_name(path), path=path, signoff=None, problem=str(error)), None)
    came = appeared or now
    problem = "its key was revoked" if trust.revoked.holds(signer.key) else signer.problem(came)
    at = min(came, said.reviewed_at) if said.reviewed_at else came
    key = fingerprint(signer.key)
    record = Record(id=id_, signoff=said, at=at, key=key, hardware=is_hardware(signer.key), problem=problem)
    when = appeared.isoformat(timespec="seconds") if appeared else ""
    return Checked(Entry(id=id_, path=path, signoff=said, key=key, appeared=when, problem=problem), record)


def _opened(path: str, data: bytes, trust: Trust) -> tuple[str, SignOff, Signer]:
    """Id, content and signer of a file. Raises `SignatureError`, `StatementError`."""
    opened = envelope.opened(data)
    said = statement.decode(opened.payload)
    id_ = envelope.identity(opened.payload)
    if not path.endswith(f"/{id_}.json"):
        raise SignatureError(f"its content belongs into a file named {id_}.json")
    signer = _signer(opened.key, trust.signers)
    if said.reviewer not in signer.principals:
        raise SignatureError(f"{said.reviewer} did not sign it: the key belongs to {signer.principals[0]}")
    # Under the one name that counts, so that nobody is two people.
    return id_, msgspec.structs.replace(said, reviewer=signer.principals[0]), signer


def seal(signoff: SignOff, signature: bytes) -> bytes:
    """The file's bytes for a sign-off and its SSHSIG (with armour). Raises `SignatureError`."""
    return envelope.seal(statement.encode(signoff), sshsig.unarmoured(signature))


def public_blob(text: str) -> bytes:
    """The key in the text of a public key's file; empty if there is none."""
    words = text.split()
    try:
        return b64decode(words[1], validate=True) if len(words) > 1 else b""
    except Base64Error:
        return b""


def removed(before: Iterable[tuple[str, bytes]], after: dict[str, bytes]) -> list[str]:
    """Paths of records that were there before and are gone, or hold something else."""
    return sorted(path for path, data in before if after.get(path) != data)


def read_trust(signers: tuple[Signer, ...], revoked: Revoked) -> Trust:
    """Both lists together. Raises `DecisionError` when nobody may sign."""
    if not signers:
        raise DecisionError("nobody may sign: .seatrial/allowed_signers names no key. Add a line for each architect.")
    return Trust(signers, revoked)


def _signer(key: bytes, signers: tuple[Signer, ...]) -> Signer:
    for signer in signers:
        if signer.key == key:
            return signer
    raise SignatureError(f"the key {fingerprint(key)} is nobody's in .seatrial/allowed_signers")


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".json")
