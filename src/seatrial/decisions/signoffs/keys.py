"""Public keys of SSH, and whether one of them made a signature. Needs `cryptography`, the extra `signoffs`.

Forms: RFC 4253 section 6.6 and RFC 8332 (rsa), RFC 5656 (ecdsa), RFC 8709 (ed25519), OpenSSH `PROTOCOL.u2f` (sk-).
"""

from base64 import b64encode
from hashlib import sha256

from seatrial.decisions.signoffs.wire import Reader
from seatrial.errors import ConfigError

_HARDWARE = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")
_TOUCHED = 0x01
"""The flag that says that a person touched the key (`PROTOCOL.u2f`: user presence)."""
_LEAST_RSA_BITS = 2048
_CURVES = {"nistp256": "sha256", "nistp384": "sha384", "nistp521": "sha512"}


class SignatureError(Exception):
    """A signature does not hold; `str` says why."""


def require() -> None:
    """Raises `ConfigError` that names the extra, unless signatures can be checked here."""
    try:
        import cryptography  # noqa: F401, PLC0415 - asked for only where sign-offs are
    except ImportError:
        raise ConfigError(
            "sign-offs are asked for here (.seatrial/roles.toml), and checking signatures needs the package "
            "`cryptography`: pip install 'seatrial[signoffs]'"
        ) from None


def fingerprint(blob: bytes) -> str:
    """The key's fingerprint as OpenSSH shows it: `SHA256:…`."""
    return "SHA256:" + b64encode(sha256(blob).digest()).decode().rstrip("=")


def kind(blob: bytes) -> str:
    """The key's type: `ssh-ed25519`. Raises `WireError`."""
    return Reader(blob).string().decode("ascii", "replace")


def is_hardware(blob: bytes) -> bool:
    """Whether the key lies in a device that must be touched."""
    return kind(blob) in _HARDWARE


def check(blob: bytes, signature: bytes, message: bytes) -> None:
    """Raises `SignatureError` or `WireError` unless the key made this signature over exactly this message."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 - see `require`

    key, signed = Reader(blob), Reader(signature)
    name, form = key.string(), signed.string()
    try:
        _CHECKS[name.decode("ascii", "replace")](key, form.decode("ascii", "replace"), signed, message)
    except KeyError:
        raise SignatureError(f"keys of type {name.decode('ascii', 'backslashreplace')} are not accepted") from None
    except InvalidSignature:
        raise SignatureError("the signature does not fit what was signed") from None
    except (UnsupportedAlgorithm, ValueError) as error:
        raise SignatureError(f"the key cannot be used: {error}") from None
    key.end()
    signed.end()


def _expect(form: str, *allowed: str) -> None:
    if form not in allowed:
        raise SignatureError(f"a signature of type {form} is not accepted for this key")


def _ed25519(key: Reader, form: str, signed: Reader, message: bytes) -> None:
    _expect(form, "ssh-ed25519")
    _check_ed25519(key.string(), signed.string(), message)


def _check_ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - see `require`

    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def _rsa(key: Reader, form: str, signed: Reader, message: bytes) -> None:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - see `require`
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415 - see `require`

    _expect(form, "rsa-sha2-256", "rsa-sha2-512")  # never ssh-rsa, which is SHA-1
    exponent, modulus = key.mpint(), key.mpint()
    if modulus.bit_length() < _LEAST_RSA_BITS:
        raise SignatureError(f"an RSA key of {modulus.bit_length()} bits is too short; {_LEAST_RSA_BITS} is the least")
    digest = hashes.SHA256() if form.endswith("256") else hashes.SHA512()
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    signature = signed.string().rjust(public.key_size // 8, b"\0")
    public.verify(signature, message, padding.PKCS1v15(), digest)


def _ecdsa(key: Reader, form: str, signed: Reader, message: bytes) -> None:
    curve = key.string().decode("ascii", "replace")
    _expect(form, f"ecdsa-sha2-{curve}")
    _check_ecdsa(curve, key.string(), signed.string(), message)


def _check_ecdsa(curve: str, point: bytes, signature: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - see `require`
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - see `require`

    if curve not in _CURVES:
        raise SignatureError(f"the curve {curve} is not accepted")
    curves: dict[str, ec.EllipticCurve] = {
        "nistp256": ec.SECP256R1(),
        "nistp384": ec.SECP384R1(),
        "nistp521": ec.SECP521R1(),
    }
    digests = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    parts = Reader(signature)
    encoded = utils.encode_dss_signature(parts.mpint(), parts.mpint())
    parts.end()
    public = ec.EllipticCurvePublicKey.from_encoded_point(curves[curve], point)
    public.verify(encoded, message, ec.ECDSA(digests[_CURVES[curve]]))


def _sk_ed25519(key: Reader, form: str, signed: Reader, message: bytes) -> None:
    _expect(form, _HARDWARE[0])
    public, application = key.string(), key.string()
    signature = signed.string()
    _check_ed25519(public, signature, _told_by_device(application, signed, message))


def _sk_ecdsa(key: Reader, form: str, signed: Reader, message: bytes) -> None:
    _expect(form, _HARDWARE[1])
    curve, point, application = key.string().decode("ascii", "replace"), key.string(), key.string()
    signature = signed.string()
    _check_ecdsa(curve, point, signature, _told_by_device(application, signed, message))


def _told_by_device(application: bytes, signed: Reader, message: bytes) -> bytes:
    """What the device signed: it adds whether it was touched, and its counter."""
    flags, counter = signed.number(1), signed.take(4)
    if not flags & _TOUCHED:
        raise SignatureError("the hardware key was not touched")
    return sha256(application).digest() + bytes([flags]) + counter + sha256(message).digest()


_CHECKS = {
    "ssh-ed25519": _ed25519,
    "ssh-rsa": _rsa,
    **{f"ecdsa-sha2-{curve}": _ecdsa for curve in _CURVES},
    _HARDWARE[0]: _sk_ed25519,
    _HARDWARE[1]: _sk_ecdsa,
}
