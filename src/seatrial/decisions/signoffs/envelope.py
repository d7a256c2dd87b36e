"""The envelope around what was signed: DSSE 1.0.2, with an SSHSIG as its one signature.

The payload is kept byte for byte, so nothing depends on how JSON is written.
"""

from hashlib import sha256

import msgspec

from seatrial.decisions.signoffs import sshsig
from seatrial.decisions.signoffs.keys import SignatureError, fingerprint

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: bytes


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    payload: bytes
    payload_type: str
    signatures: tuple[_Signature, ...]


class Opened(msgspec.Struct, frozen=True):
    """A payload, and the key that signed it: its blob."""

    payload: bytes
    key: bytes


def pae(payload: bytes) -> bytes:
    """The bytes that are signed: payload and its type, each with its length (DSSE, pre-authentication encoding)."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def identity(payload: bytes) -> str:
    """The id of a record: the first 16 hex digits of its payload's SHA-256."""
    return sha256(payload).hexdigest()[:16]


def seal(payload: bytes, signature: bytes) -> bytes:
    """The envelope's text for a payload and its SSHSIG (no armour). Raises `SignatureError`."""
    keyid = fingerprint(sshsig.parse(signature).key)
    sealed = _Envelope(payload, PAYLOAD_TYPE, (_Signature(keyid, signature),))
    return msgspec.json.format(msgspec.json.encode(sealed), indent=1) + b"\n"


def opened(data: bytes) -> Opened:
    """What an envelope holds, once its signature has been checked. Raises `SignatureError`."""
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SignatureError(f"it is no envelope: {error}") from None
    if envelope.payload_type != PAYLOAD_TYPE or len(envelope.signatures) != 1:
        raise SignatureError(f"it is no envelope of type {PAYLOAD_TYPE} with one signature")
    (only,) = envelope.signatures
    signature = sshsig.parse(only.sig)
    sshsig.verify(signature, pae(envelope.payload))
    if only.keyid != fingerprint(signature.key):
        raise SignatureError("its keyid is not the key that signed it")
    return Opened(envelope.payload, signature.key)
