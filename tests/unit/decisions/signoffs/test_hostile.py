"""Whatever a stranger writes into the files of sign-offs is read, or refused in words; nothing else is raised."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys import Device
from seatrial.decisions.signoffs import envelope, exemptions, revoked, roles, signers, sshsig, statement
from seatrial.decisions.signoffs.keys import SignatureError
from seatrial.decisions.signoffs.wire import string
from seatrial.errors import DecisionError

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BLOB = Device().blob
KEY = b64encode(BLOB).decode()
words = st.sampled_from(
    ["ada", "namespaces=", '"', "seatrial-signoff", ",", " ", "\n", "#", "valid-after=", "20261399", "ssh-ed25519", KEY]
)
lines = st.lists(words | st.text(max_size=8), max_size=12).map("".join)


@pytest.mark.parametrize("parse", [signers.parse, roles.parse, exemptions.parse])
@calm
@given(text=lines)
def test_lists(parse: Callable[[str], object], text: str) -> None:
    with suppress(DecisionError):
        parse(text)


@pytest.mark.parametrize("parse", [roles.parse, exemptions.parse])
@pytest.mark.parametrize("text", ["a=" + "[" * 5_000, "[a]\n" * 3, "a" + ".a" * 9_000 + "=1", "\0", "a=1e999999"])
def test_lists_that_are_deep_or_broken(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(DecisionError):
        parse(text)


@calm
@given(st.binary(max_size=200) | st.lists(st.binary(max_size=20)).map(lambda parts: b"".join(map(string, parts))))
def test_revoked_keys(data: bytes) -> None:
    for whole in (data, b"SSHKRL\n\0" + (1).to_bytes(4) + bytes(24) + data):
        with suppress(DecisionError):
            revoked.parse(whole)


@calm
@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([BLOB, b"sha512", b"seatrial-signoff", b""]), max_size=7).map(
        lambda parts: b"SSHSIG" + (1).to_bytes(4) + b"".join(map(string, parts))
    )
)
def test_signatures(data: bytes) -> None:
    with suppress(SignatureError):
        sshsig.verify(sshsig.parse(data), b"message")
        pytest.fail("nobody signed this")


@calm
@given(st.binary(max_size=60), st.text(max_size=10), st.binary(max_size=60))
def test_envelopes(payload: bytes, type_: str, signature: bytes) -> None:
    made = {"payload": payload, "payloadType": type_, "signatures": [{"keyid": "", "sig": signature}]}
    for data in (msgspec.json.encode(made), payload, b"[" * 5_000):
        with pytest.raises(SignatureError):
            envelope.opened(data)


@calm
@given(st.binary(max_size=80))
def test_statements(payload: bytes) -> None:
    for data in (payload, b'{"predicate":' * 3_000):
        with pytest.raises(statement.StatementError):
            statement.decode(data)
