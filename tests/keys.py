"""SSH keys and signatures for tests: real ones, by ssh-keygen, and those of devices that only hardware would make."""

import subprocess
from hashlib import sha256, sha512
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from seatrial.decisions.signoffs.wire import string

NAMESPACE = "seatrial-signoff"
TOUCHED = 1


def key(folder: Path, name: str, kind: str = "ed25519", bits: int = 0) -> Path:
    """A new key without a passphrase: the private file; the public one lies beside it with `.pub`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    size = ["-b", str(bits)] if bits else []
    command = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", name, "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def public(path: Path) -> str:
    """The text of a key's public half: type and key."""
    return " ".join(path.with_name(path.name + ".pub").read_text().split()[:2])


def signed(path: Path, message: bytes, namespace: str = NAMESPACE, hash_: str = "sha512") -> bytes:
    """The armoured signature of ssh-keygen."""
    command = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-O", f"hashalg={hash_}", "-f", str(path)]
    return subprocess.run(command, input=message, check=True, capture_output=True).stdout


def accepted_by_ssh(allowed: str, signature: bytes, message: bytes, folder: Path, who: str = "ada") -> bool:
    """Whether ssh-keygen itself accepts an armoured signature."""
    (folder / "allowed").write_text(allowed)
    (folder / "signature").write_bytes(signature)
    command = ["ssh-keygen", "-Y", "verify", "-f", str(folder / "allowed"), "-I", who, "-n", NAMESPACE]
    done = subprocess.run([*command, "-s", str(folder / "signature")], input=message, check=False, capture_output=True)
    return done.returncode == 0


class Device:
    """A key in a device, as `PROTOCOL.u2f` has it: `sk-ssh-ed25519` or, with `ecdsa`, `sk-ecdsa-sha2-nistp256`."""

    def __init__(self, *, ecdsa: bool = False) -> None:
        self._ecdsa = ec.generate_private_key(ec.SECP256R1()) if ecdsa else None
        self._ed25519 = ed25519.Ed25519PrivateKey.generate()

    @property
    def kind(self) -> bytes:
        return b"sk-ecdsa-sha2-nistp256@openssh.com" if self._ecdsa else b"sk-ssh-ed25519@openssh.com"

    @property
    def blob(self) -> bytes:
        """The public key."""
        if self._ecdsa:
            form = serialization.PublicFormat.UncompressedPoint
            point = self._ecdsa.public_key().public_bytes(serialization.Encoding.X962, form)
            return string(self.kind) + string(b"nistp256") + string(point) + string(b"ssh:")
        raw = self._ed25519.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return string(self.kind) + string(raw) + string(b"ssh:")

    def signature(self, message: bytes, flags: int = TOUCHED, namespace: str = NAMESPACE) -> bytes:
        """The SSHSIG over a message, without armour."""
        told = string(namespace.encode()) + string(b"") + string(b"sha512")
        inner = b"SSHSIG" + told + string(sha512(message).digest())
        tail = bytes([flags]) + (7).to_bytes(4)
        made = string(self._raw(sha256(b"ssh:").digest() + tail + sha256(inner).digest()))
        return b"SSHSIG" + (1).to_bytes(4) + string(self.blob) + told + string(string(self.kind) + made + tail)

    def _raw(self, data: bytes) -> bytes:
        if not self._ecdsa:
            return self._ed25519.sign(data)
        r, s = utils.decode_dss_signature(self._ecdsa.sign(data, ec.ECDSA(hashes.SHA256())))
        return b"".join(string(number.to_bytes((number.bit_length() + 8) // 8)) for number in (r, s))
