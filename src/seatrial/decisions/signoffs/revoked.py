"""Keys that no longer count: `.seatrial/revoked_keys`, a list of public keys or a KRL (OpenSSH `PROTOCOL.krl`).

A revoked key counts for nothing that it ever signed: whoever stole it may have written any time into a record.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from hashlib import sha1, sha256

import msgspec

from seatrial.decisions.signoffs.keys import kind
from seatrial.decisions.signoffs.wire import Reader, WireError
from seatrial.errors import DecisionError
from seatrial.model.text import printable

NAME = ".seatrial/revoked_keys"
_MAGIC = b"SSHKRL\n\0"
_CERTIFICATES, _KEYS, _SHA1, _SIGNATURE, _SHA256, _EXTENSION = 1, 2, 3, 4, 5, 255


class Revoked(msgspec.Struct, frozen=True):
    """Revoked keys, whole or by digest."""

    keys: frozenset[bytes] = frozenset()
    sha1: frozenset[bytes] = frozenset()
    sha256: frozenset[bytes] = frozenset()

    def holds(self, key: bytes) -> bool:
        """Whether a key is revoked."""
        by_sha1 = sha1(key, usedforsecurity=False).digest() in self.sha1  # the form of the list, not our choice
        return key in self.keys or by_sha1 or sha256(key).digest() in self.sha256

    def and_(self, other: "Revoked") -> "Revoked":
        """What either of them revokes."""
        return Revoked(self.keys | other.keys, self.sha1 | other.sha1, self.sha256 | other.sha256)

    def covers(self, other: "Revoked") -> bool:
        """Whether nothing that `other` revokes is missing here."""
        return self.and_(other) == self


def parse(data: bytes) -> Revoked:
    """The revoked keys in a file. Raises `DecisionError` when it cannot be read to its end."""
    try:
        return _krl(data) if data.startswith(_MAGIC) else _listed(data.decode())
    except (WireError, ValueError, Base64Error) as error:
        raise DecisionError(printable(f"{NAME}: {error}. Write public keys, one a line, or `ssh-keygen -k`.")) from None


def _listed(text: str) -> Revoked:
    keys = set()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            if len(words) < 2 or kind(b64decode(words[1], validate=True)) != words[0]:
                raise ValueError(f"line {number} is no public key")
            keys.add(b64decode(words[1]))
    return Revoked(frozenset(keys))


def _krl(data: bytes) -> Revoked:
    reader = Reader(data)
    reader.take(len(_MAGIC))
    if (form := reader.number()) != 1:
        raise ValueError(f"a KRL of format {form}; only 1 is known")
    reader.take(24)  # its version, date and flags
    reader.string()
    reader.string()  # its comment
    found: dict[int, set[bytes]] = {_KEYS: set(), _SHA1: set(), _SHA256: set()}
    while reader.left:
        section, content = reader.number(1), Reader(reader.string())
        if section == _SIGNATURE:
            break  # what follows signs what was read
        if section in found:
            while content.left:
                found[section].add(content.string())
        elif section == _EXTENSION:
            _require_optional(content)
        elif section != _CERTIFICATES:  # which are not accepted anyway
            raise ValueError(f"a KRL with a section of kind {section}, which is not known")
    return Revoked(frozenset(found[_KEYS]), frozenset(found[_SHA1]), frozenset(found[_SHA256]))


def _require_optional(extension: Reader) -> None:
    """Raises `ValueError` for an extension that must be understood: it may revoke something."""
    name, critical = extension.string(), extension.number(1)
    if critical:
        raise ValueError(f"a KRL with the extension {name.decode('ascii', 'backslashreplace')}, which is not known")
