"""Signers, revoked keys, roles and exemptions: what is read, and what is refused with a word on how to mend it."""

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from keys import key, public
from seatrial.decisions.signoffs import exemptions, revoked, roles, signers
from seatrial.decisions.signoffs.records import public_blob
from seatrial.decisions.signoffs.wire import string
from seatrial.errors import DecisionError
from seatrial.model.mandate import Exemption, Person

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> str:
    return public(key(tmp_path_factory.mktemp("keys"), "ada"))


def test_a_signer_s_line_holds_names_options_and_key(ada: str) -> None:
    text = (
        "# people\n\n"
        'ada@x,ada@y namespaces="git,seatrial-signoff",valid-after="20260101Z",valid-before="202701011530" '
        f"{ada} hers\n"
    )
    (one,) = signers.parse(text)
    assert one.principals == ("ada@x", "ada@y")
    assert one.key == public_blob(ada)
    assert one.valid_after == datetime(2026, 1, 1, tzinfo=UTC)
    assert one.valid_before == datetime(2027, 1, 1, 15, 30, tzinfo=UTC)
    assert one.problem(NOW) == ""
    assert "valid until" in one.problem(datetime(2027, 1, 1, 15, 30, tzinfo=UTC))
    assert "only after" in one.problem(datetime(2025, 12, 31, tzinfo=UTC))


def test_a_line_without_namespaces_signs_for_all_and_one_for_others_not_for_us(ada: str) -> None:
    assert signers.parse(f"ada {ada}")[0].problem(NOW) == ""
    assert "may not sign" in signers.parse(f'ada namespaces="git" {ada}')[0].problem(NOW)
    assert signers.parse(signers.line("ada", ada))[0].namespaces == ("seatrial-signoff",)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("*@example.org {key}", "name each person"),
        ("ada,!eve {key}", "name each person"),
        ("ada cert-authority {key}", "certificate authorities"),
        ("ada namespaces=git {key}", "no option"),
        ('ada no-touch-required="" {key}', "no option"),
        ('ada namespaces="" {key}', "names none"),
        ('ada valid-after="soon" {key}', "no time"),
        ('ada valid-after="20260101",valid-after="20200101" {key}', "twice"),
        ("ada ssh-rsa {blob}", "not of the type"),
        ("ada", "no key"),
        ("ada ssh-ed25519 AAAA", "ends too early"),
        ("ada {key}\nbob {key}", "line 2: the key SHA256"),
    ],
)
def test_a_line_that_could_mean_two_things_is_refused(ada: str, line: str, why: str) -> None:
    with pytest.raises(DecisionError, match=why):
        signers.parse(line.format(key=ada, blob=ada.split()[1]))


def test_revoked_keys_are_read_from_a_list_and_from_a_krl(tmp_path: Path, ada: str) -> None:
    other = public_blob(public(key(tmp_path, "bob")))
    (tmp_path / "ada.pub").write_text(ada)
    listed = revoked.parse(f"# stolen\n{ada} ada\n".encode())
    krl = tmp_path / "krl"
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", str(krl), str(tmp_path / "ada.pub")], check=True)
    spec = tmp_path / "spec"
    spec.write_text(f"sha1: {ada}\nsha256: {ada}\nserial: 1-9\n")
    digests = tmp_path / "digests"
    made_by = ["-s", str(tmp_path / "ada.pub")]
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", str(digests), *made_by, str(spec)], check=True)
    for found in (listed, revoked.parse(krl.read_bytes()), revoked.parse(digests.read_bytes())):
        assert found.holds(public_blob(ada))
        assert not found.holds(other)
    assert not revoked.parse(b"").holds(other)
    assert listed.covers(revoked.parse(b""))
    assert not revoked.parse(b"").covers(listed)


def test_a_list_that_cannot_be_read_to_its_end_is_refused(tmp_path: Path, ada: str) -> None:
    (tmp_path / "ada.pub").write_text(ada)
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", str(tmp_path / "krl"), str(tmp_path / "ada.pub")], check=True)
    whole = (tmp_path / "krl").read_bytes()
    for data in (b"ada@example.org\n", b"\xff", whole[:-5], whole[:8] + b"\0\0\0\2" + whole[12:]):
        with pytest.raises(DecisionError, match="revoked_keys"):
            revoked.parse(data)


def test_a_krl_s_extension_is_passed_over_only_if_it_says_that_it_may_be(ada: str) -> None:
    head = b"SSHKRL\n\0" + (1).to_bytes(4) + bytes(24) + string(b"") + string(b"")
    key_ = b"\2" + string(string(public_blob(ada)))
    optional, critical = (
        b"\xff" + string(string(b"more@example.org") + flag + string(b"?")) for flag in (b"\0", b"\1")
    )
    assert revoked.parse(head + optional + key_).holds(public_blob(ada))
    for broken in (critical, b"\x09" + string(b"")):
        with pytest.raises(DecisionError, match="not known"):
            revoked.parse(head + broken + key_)


def test_people_have_roles_for_a_time() -> None:
    people = roles.parse(
        '["ada@x"]\nroles = ["architect"]\nemails = ["a@home"]\nsince = 2026-01-01\nuntil = 2026-12-31\n'
    )
    ada = people["ada@x"]
    assert ada.has("architect", date(2026, 12, 31))
    assert not ada.has("architect", date(2027, 1, 1))
    assert not ada.has("architect", date(2025, 12, 31))
    assert not ada.has("security", date(2026, 6, 1))
    assert roles.parse(roles.encode({'a"b': Person(roles=("x", "y"))})) == {'a"b': Person(roles=("x", "y"))}


@pytest.mark.parametrize("text", ["x", "[ada]\n", '[ada]\nroles = "architect"\n', '[ada]\nroles = []\nrole = "x"\n'])
def test_roles_that_cannot_be_understood_are_refused(text: str) -> None:
    with pytest.raises(DecisionError, match=r"roles\.toml"):
        roles.parse(text)


OLD = Exemption("shop/a.py", "f", "0123456789abcdef", "old", "ada", date(2027, 1, 1))


def test_exemptions_are_read_as_they_were_written() -> None:
    more = [
        OLD,
        Exemption('a"b.py', "f", "0" * 16, "it's old\n", "ada", date(2027, 1, 1)),
        Exemption("b.py", "<module>", "f" * 16, "old", "bob", date(2027, 2, 1)),
    ]
    assert exemptions.parse(exemptions.encode(more)) == tuple(sorted(more))
    assert exemptions.parse("") == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('reason = "old"', 'reason = ""'),
        ('owner = "ada"', 'owner = " "'),
        ("0123456789abcdef", "0123"),
        ("shop/a.py#f", "shop/a.py"),
    ],
)
def test_exemptions_need_reason_owner_unit_and_digest(before: str, after: str) -> None:
    text = exemptions.encode([OLD])
    assert before in text
    with pytest.raises(DecisionError, match=r"exemptions\.toml"):
        exemptions.parse(text.replace(before, after))
