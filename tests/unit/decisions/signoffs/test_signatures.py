"""Signatures are read and checked without ssh-keygen, and agree with it."""

import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from keys import NAMESPACE, Device, accepted_by_ssh, key, public, signed
from seatrial.decisions.signoffs import sshsig
from seatrial.decisions.signoffs.keys import SignatureError, fingerprint, is_hardware
from seatrial.decisions.signoffs.sshsig import parse, unarmoured, verify
from seatrial.decisions.signoffs.wire import Reader, WireError

MESSAGE = b"what was reviewed"


@pytest.mark.parametrize(
    ("kind", "bits"), [("ed25519", 0), ("rsa", 2048), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521)]
)
@pytest.mark.parametrize("hash_", ["sha256", "sha512"])
def test_what_ssh_keygen_signs_holds_for_that_message_alone(tmp_path: Path, kind: str, bits: int, hash_: str) -> None:
    ours = key(tmp_path, "ada", kind, bits)
    signature = parse(unarmoured(signed(ours, MESSAGE, hash_=hash_)))
    verify(signature, MESSAGE)
    with pytest.raises(SignatureError, match="does not fit"):
        verify(signature, MESSAGE + b"!")
    assert not is_hardware(signature.key)


@pytest.mark.parametrize("ecdsa", [False, True])
def test_a_device_s_signature_holds_once_it_was_touched(tmp_path: Path, ecdsa: bool) -> None:  # noqa: FBT001 - a table
    device = Device(ecdsa=ecdsa)
    signature = device.signature(MESSAGE)
    armour = b"-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n" % b64encode(signature)
    allowed = f"ada {device.kind.decode()} {b64encode(device.blob).decode()}\n"
    assert accepted_by_ssh(allowed, armour, MESSAGE, tmp_path)
    verify(parse(signature), MESSAGE)
    assert is_hardware(device.blob)
    with pytest.raises(SignatureError, match="does not fit"):
        verify(parse(signature), b"other")
    with pytest.raises(SignatureError, match="not touched"):
        verify(parse(device.signature(MESSAGE, flags=0)), MESSAGE)


def test_a_signature_for_another_namespace_is_none_of_ours(tmp_path: Path) -> None:
    signature = parse(unarmoured(signed(key(tmp_path, "ada"), MESSAGE, namespace="git")))
    with pytest.raises(SignatureError, match="signed for `git`"):
        verify(signature, MESSAGE)
    verify(signature, MESSAGE, "git")


def test_every_changed_byte_of_a_signature_is_found(tmp_path: Path) -> None:
    whole = unarmoured(signed(key(tmp_path, "ada"), MESSAGE))
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(SignatureError):
            verify(parse(changed), MESSAGE)


def test_what_is_cut_or_longer_is_no_signature(tmp_path: Path) -> None:
    whole = unarmoured(signed(key(tmp_path, "ada"), MESSAGE))
    for data in (*(whole[:at] for at in range(len(whole))), whole + b"\0"):
        with pytest.raises(SignatureError):
            parse(data)


def test_a_short_rsa_key_is_refused(tmp_path: Path) -> None:
    signature = parse(unarmoured(signed(key(tmp_path, "ada", "rsa", 1024), MESSAGE)))
    with pytest.raises(SignatureError, match="too short"):
        verify(signature, MESSAGE)


def test_the_fingerprint_is_that_of_openssh(tmp_path: Path) -> None:
    ours = key(tmp_path, "ada")
    blob = parse(unarmoured(signed(ours, MESSAGE))).key
    told = subprocess.run(["ssh-keygen", "-lf", f"{ours}.pub"], check=True, capture_output=True, text=True).stdout
    assert fingerprint(blob) == told.split()[1]
    assert b64encode(blob).decode() == public(ours).split()[1]


def test_numbers_that_no_key_holds_are_refused() -> None:
    with pytest.raises(WireError, match="negative"):
        Reader(b"\0\0\0\1\x80").mpint()
    assert sshsig.NAMESPACE == NAMESPACE
