"""Signatures of `ssh-keygen -Y sign`, read and checked without it (OpenSSH `PROTOCOL.sshsig`)."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from hashlib import sha256, sha512
from typing import NamedTuple

from seatrial.decisions.signoffs.keys import SignatureError, check, kind
from seatrial.decisions.signoffs.wire import Reader, WireError, string

NAMESPACE = "seatrial-signoff"
"""What our signatures are for: one that was made for mail or for a commit is none of ours."""

_MAGIC = b"SSHSIG"
_HASHES = {b"sha256": sha256, b"sha512": sha512}
_ARMOUR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\s(.*?)\s-----END SSH SIGNATURE-----", re.DOTALL)


class Signature(NamedTuple):
    """What one SSHSIG holds. `key` is the public key that claims to have made it."""

    key: bytes
    namespace: bytes
    reserved: bytes
    hash: bytes
    blob: bytes


def unarmoured(text: bytes) -> bytes:
    """The signature in the lines that ssh-keygen prints. Raises `SignatureError`."""
    found = _ARMOUR.search(text)
    try:
        return b64decode(b"".join(found[1].split()), validate=True) if found else b""
    except Base64Error as error:
        raise SignatureError(f"the signature is no base64: {error}") from None


def parse(data: bytes) -> Signature:
    """Takes a signature apart. Raises `SignatureError` when it does not have the form."""
    reader = Reader(data)
    try:
        if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != 1:
            raise SignatureError("it is no signature of OpenSSH, version 1")
        found = Signature(*(reader.string() for _ in range(5)))
        reader.end()
        kind(found.key)
    except WireError as error:
        raise SignatureError(f"the signature is damaged: {error}") from None
    return found


def verify(signature: Signature, message: bytes, namespace: str = NAMESPACE) -> None:
    """Raises `SignatureError` unless the signature's key signed exactly this message for exactly this namespace."""
    if signature.namespace != namespace.encode():
        given = signature.namespace.decode("utf-8", "backslashreplace")
        raise SignatureError(f"it was signed for `{given}`, not for `{namespace}`")
    if signature.hash not in _HASHES:
        raise SignatureError("its hash is neither SHA-256 nor SHA-512")
    digest = _HASHES[signature.hash](message).digest()
    parts = (signature.namespace, signature.reserved, signature.hash, digest)
    try:
        check(signature.key, signature.blob, _MAGIC + b"".join(map(string, parts)))
    except WireError as error:
        raise SignatureError(f"the signature is damaged: {error}") from None
