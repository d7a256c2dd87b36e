"""Whoever tampers with records, people or policy finds the gate shut, and reads why."""

import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keys import NAMESPACE, key, public, signed
from office import ADA, BOB, EVE, SHOP, Office
from seatrial.decisions.signoffs import exemptions, sshsig
from seatrial.decisions.signoffs.envelope import pae
from seatrial.decisions.signoffs.signers import line
from seatrial.errors import DecisionError
from seatrial.model.mandate import Exemption
from seatrial.model.signoff import Condition, Criterion, Kind, Mark
from seatrial.model.standing import Standing, UnitState
from trees import commit, git

SHUT = {UnitState.NEVER, UnitState.STALE}
NOW = datetime.now(UTC)
Payload = dict[str, Any]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open().branch()


def is_shut(found: Standing) -> bool:
    return bool(found.faults) or any(one.state in SHUT for one in found.units)


def payload_of(path: Path) -> Payload:
    found: Payload = msgspec.json.decode(b64decode(msgspec.json.decode(path.read_bytes())["payload"]))
    return found


def rewritten(path: Path, payload: bytes) -> Path:
    """The record with another payload under the old signature, in the file that it would belong to."""
    envelope = msgspec.json.decode(path.read_bytes()) | {"payload": b64encode(payload).decode()}
    path.unlink()
    other = path.with_name(f"{sha256(payload).hexdigest()[:16]}.json")
    other.write_bytes(msgspec.json.encode(envelope))
    return other


CHANGES: dict[str, Callable[[Payload], object]] = {
    "_type": lambda p: p.update(_type="https://in-toto.io/Statement/v2"),
    "predicateType": lambda p: p.update(predicateType="urn:seatrial:signoff:v2"),
    "subject.name": lambda p: p["subject"][0].update(name="shop/other.py#total"),
    "subject.digest": lambda p: p["subject"][0]["digest"].update(seatrialPyAst1="0" * 64),
    "subject.annotations": lambda p: p["subject"][0]["annotations"].update(lines=1_000),
    "kind": lambda p: p["predicate"].update(kind="emergency"),
    "base": lambda p: p["predicate"].update(base="0123456789abcdef"),
    "criteria.id": lambda p: p["predicate"]["criteria"][0].update(id="scales"),
    "criteria.verdict": lambda p: p["predicate"]["criteria"][0].update(verdict="n/a"),
    "criteria.note": lambda p: p["predicate"]["criteria"][0].update(note="not read"),
    "reviewer": lambda p: p["predicate"].update(reviewer=BOB),
    "role": lambda p: p["predicate"].update(role="security"),
    "authors": lambda p: p["predicate"].update(authors=[EVE]),
    "operator": lambda p: p["predicate"].update(operator=[EVE]),
    "provenance": lambda p: p["predicate"]["provenance"].update(tools=["other"]),
    "interrogation": lambda p: p["predicate"].update(
        interrogation=[{"lens": "scale", "question": "?", "prediction": "!", "predictedAt": "2026-11-22T00:00:00Z"}]
    ),
    "effort": lambda p: p["predicate"]["effort"].update(activeSeconds=9_000),
    "vigilance": lambda p: p["predicate"]["vigilance"].update(window="met"),
    "decisions": lambda p: p["predicate"].update(decisions=["D-20261122-x@0"]),
    "conditions": lambda p: p["predicate"].update(conditions=[]),
    "assist": lambda p: p["predicate"]["assist"].update(humanGuided=False),
    "policy": lambda p: p["predicate"].update(policy="0"),
    "reviewedAt": lambda p: p["predicate"].update(reviewedAt="2020-01-01T00:00:00Z"),
    "gitCommit": lambda p: p["subject"][-1]["digest"].update(gitCommit="0" * 40),
}


def test_every_field_of_a_record_is_changed_below(office: Office) -> None:
    payload = payload_of(office.sign())
    names = {*payload["predicate"], "_type", "predicateType"}
    assert names == {name.partition(".")[0] for name in CHANGES} - {"subject", "gitCommit"}


@pytest.mark.parametrize("field", CHANGES)
def test_a_changed_field_voids_the_record(office: Office, field: str) -> None:
    due = Condition("page it", BOB, NOW.date() + timedelta(days=9))
    record = office.sign(conditions=(due,))
    before = record.read_bytes()
    payload = payload_of(record)
    CHANGES[field](payload)
    assert rewritten(record, msgspec.json.encode(payload)).read_bytes() != before
    found = office.standing()
    assert "does not fit what was signed" in found.ledger[0].problem
    assert found.faults
    assert {one.state for one in found.units} == {UnitState.NEVER}


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.update(payloadType="application/json"),
        lambda e: e["signatures"][0].update(keyid="SHA256:other"),
        lambda e: e["signatures"].append(e["signatures"][0]),
        lambda e: e["signatures"].clear(),
        lambda e: e.update(more=1),
    ],
    ids=["payloadType", "keyid", "two signatures", "no signature", "another field"],
)
def test_a_changed_envelope_voids_the_record(office: Office, change: Callable[[Payload], object]) -> None:
    record = office.sign()
    envelope = msgspec.json.decode(record.read_bytes())
    change(envelope)
    record.write_bytes(msgspec.json.encode(envelope))
    assert is_shut(office.standing())
    assert office.standing().ledger[0].problem


def test_a_record_under_another_name_does_not_hold(office: Office) -> None:
    record = office.sign()
    record.rename(record.with_name("0123456789abcdef.json"))
    assert "belongs into a file named" in office.standing().ledger[0].problem


@pytest.mark.parametrize("what", ["removed", "changed"])
def test_a_record_of_the_base_must_stay(office: Office, what: str) -> None:
    record = office.sign("total", kind=Kind.VIOLATION, criteria=(Criterion("scales", Mark.FAIL, "no"),))
    office.merge().branch("other")
    record.unlink() if what == "removed" else record.write_bytes(record.read_bytes() + b" ")
    commit(office.root)
    found = office.standing()
    assert [fault.path for fault in found.faults] == [record.relative_to(office.root).as_posix()]
    assert what in found.faults[0].what
    assert office.states()["total"] is UnitState.FAILED or what == "changed"


@pytest.mark.parametrize("form", ["a list", "a KRL", "a KRL of digests"])
@pytest.mark.parametrize("where", ["in the base", "in the change"])
def test_a_revoked_key_counts_for_nothing_that_it_signed(office: Office, form: str, where: str) -> None:
    office.sign()
    assert not is_shut(office.standing())
    office.merge()
    if where == "in the change":
        office.branch("other")
    file = office.root / ".seatrial/revoked_keys"
    if form == "a list":
        file.write_text(f"# stolen\n{public(office.keys[ADA])} ada\n")
    else:
        given = f"{office.keys[ADA]}.pub"
        if form == "a KRL of digests":
            given = str(office.root / "spec")
            Path(given).write_text(f"sha256: {public(office.keys[ADA])}\n")
        subprocess.run(["ssh-keygen", "-q", "-k", "-f", str(file), given], check=True)
    commit(office.root)
    found = office.standing()
    assert found.ledger[0].problem == "its key was revoked"
    assert {one.state for one in found.units} == {UnitState.STALE}


@pytest.mark.parametrize(
    ("option", "why"),
    [('valid-before="20200101"', "was valid until"), ('valid-after="20990101"', "valid only after")],
)
def test_a_key_counts_in_its_time_alone(office: Office, option: str, why: str) -> None:
    office.sign()
    git(office.root, "checkout", "-q", "main")
    office.write({".seatrial/allowed_signers": office.allowed.replace("namespaces", f"{option},namespaces", 1)})
    git(office.root, "checkout", "-q", "change")
    found = office.standing()
    assert why in found.ledger[0].problem
    assert {one.state for one in found.units} == {UnitState.STALE}


def test_a_key_that_ends_later_does_not_void_what_was_merged_before(office: Office) -> None:
    office.sign()
    office.merge()
    tomorrow = f"{NOW + timedelta(days=1):%Y%m%d}"
    ending = office.allowed.replace("namespaces", f'valid-before="{tomorrow}",namespaces', 1)
    office.write({".seatrial/allowed_signers": ending})
    assert not is_shut(office.standing(now=NOW + timedelta(days=30)))


def test_a_policy_loosened_in_the_same_change_does_not_count(office: Office) -> None:
    office.write({"seatrial.toml": '[sign-offs.paths."*.py"]\nmin-reviewers = 0\n'})
    found = office.standing()
    assert {one.state for one in found.units} == {UnitState.NEVER}
    assert {one.path for one in found.units} == {"seatrial.toml", "shop/orders.py"}
    assert next(one.reviewers for one in found.units if one.path == "seatrial.toml") == 2


def test_a_changed_policy_takes_two_architects_and_counts_once_it_is_merged(office: Office) -> None:
    office.sign()
    office.write({"seatrial.toml": '[sign-offs.paths."*.py"]\nmin-reviewers = 2\n'})
    office.sign(path="seatrial.toml")
    assert is_shut(office.standing())
    office.sign(path="seatrial.toml", who=BOB)
    assert not is_shut(office.standing())
    office.merge()
    assert is_shut(office.standing())


@pytest.mark.parametrize("kind", [Kind.HUMAN_AUTHORED, Kind.EMERGENCY])
def test_nothing_but_reviews_lets_a_policy_pass(office: Office, kind: Kind) -> None:
    office.sign()
    office.write({"seatrial.toml": '[policy]\nfail-on = "error"\n'})
    for who in (ADA, BOB):
        office.sign(path="seatrial.toml", who=who, kind=kind, authors=(who,) * (kind is Kind.HUMAN_AUTHORED))
    assert is_shut(office.standing())


def test_a_role_and_a_signer_added_in_the_same_change_do_not_count(office: Office) -> None:
    roles = office.roles + f'["{EVE}"]\nroles = ["architect"]\n'
    signers = office.allowed + line(EVE, public(office.keys[EVE]))
    office.write({".seatrial/roles.toml": roles, ".seatrial/allowed_signers": signers})
    office.sign(who=EVE)
    for path in (".seatrial/roles.toml", ".seatrial/allowed_signers"):
        office.sign(who=EVE, path=path)
    found = office.standing()
    assert {one.state for one in found.units} == {UnitState.NEVER}
    assert "is nobody's" in found.ledger[0].problem
    assert {fault.path for fault in found.faults} == {entry.path for entry in found.ledger}


def test_a_key_without_a_role_does_not_count(office: Office) -> None:
    git(office.root, "checkout", "-q", "main")
    office.write({".seatrial/allowed_signers": office.allowed + line(EVE, public(office.keys[EVE]))})
    office.branch("other").forge(who=EVE)
    assert "has no role here" in office.standing().ledger[0].problem
    assert is_shut(office.standing())


@pytest.mark.parametrize("path", [".seatrial/roles.toml", ".seatrial/allowed_signers"])
def test_the_mandate_cannot_be_taken_away(office: Office, path: str) -> None:
    (office.root / path).unlink()
    commit(office.root)
    found = office.standing()
    assert found.mandate
    assert [fault.path for fault in found.faults] == [path]


def test_a_record_replayed_on_other_code_covers_nothing(office: Office) -> None:
    record = office.sign()
    office.write({"shop/orders.py": SHOP.replace("order.lines", "order.rows").replace("loads", "load")})
    states = office.states()
    assert (states["total"], states["load"]) == (UnitState.STALE, UnitState.STALE)
    other = Office(office.root.parent / "elsewhere", {"shop/pay.py": SHOP.replace("total", "pay")})
    other.keys = office.keys
    other.open().branch()
    copy = other.root / record.relative_to(office.root)
    copy.parent.mkdir(parents=True)
    copy.write_bytes(record.read_bytes())
    commit(other.root)
    assert other.states()["pay"] is UnitState.NEVER


def test_a_signature_from_another_namespace_does_not_hold(office: Office) -> None:
    record = office.sign()
    envelope = msgspec.json.decode(record.read_bytes())
    payload = b64decode(envelope["payload"])
    for space in ("git", "file", NAMESPACE + "s"):
        other = sshsig.unarmoured(signed(office.keys[ADA], pae(payload), namespace=space))
        envelope["signatures"][0]["sig"] = b64encode(other).decode()
        record.write_bytes(msgspec.json.encode(envelope))
        assert f"signed for `{space}`" in office.standing().ledger[0].problem
        assert is_shut(office.standing())


def test_a_sign_off_in_another_s_name_does_not_hold(office: Office) -> None:
    record = office.sign()
    payload = msgspec.json.encode(payload_of(record) | {})
    envelope = msgspec.json.decode(record.read_bytes())
    named = payload.replace(ADA.encode(), BOB.encode())
    signature = sshsig.unarmoured(signed(office.keys[ADA], pae(named)))
    envelope["signatures"][0]["sig"] = b64encode(signature).decode()
    record.write_bytes(msgspec.json.encode(envelope))
    rewritten(record, named)
    assert f"{BOB} did not sign it" in office.standing().ledger[0].problem


def test_exemptions_may_only_shrink(office: Office) -> None:
    (one, *_) = [s for s in office.subjects() if s.name == "load"]
    mine = Exemption(one.path, one.name, one.digest[:16], "old", ADA, NOW.date() + timedelta(days=90))
    office.write({exemptions.NAME: exemptions.encode([mine])})
    assert "may only shrink" in office.standing().faults[0].what
    assert office.states()["load"] is UnitState.NEVER
    office.merge().branch("later")
    assert office.states()["load"] is UnitState.EXEMPT
    longer = msgspec.structs.replace(mine, expires=mine.expires + timedelta(days=1))
    office.write({exemptions.NAME: exemptions.encode([longer])})
    assert office.standing().faults
    office.write({exemptions.NAME: exemptions.encode([])})
    assert not office.standing().faults
    assert office.states()["load"] is UnitState.NEVER


def test_a_changed_unit_is_exempt_no_longer(office: Office) -> None:
    until = NOW.date() + timedelta(days=90)
    all_ = [Exemption(s.path, s.name, s.digest[:16], "old", ADA, until) for s in office.subjects()]
    office.write({exemptions.NAME: exemptions.encode(all_)})
    office.merge().branch("later")
    assert set(office.states().values()) == {UnitState.EXEMPT}
    office.write({"shop/orders.py": SHOP.replace("order.lines", "order.lines[:3]")})
    assert office.states() == {
        "<imports>": UnitState.EXEMPT,
        "total": UnitState.STALE,
        "load": UnitState.EXEMPT,
    }
    assert set(office.states(now=NOW + timedelta(days=91)).values()) == {UnitState.STALE}


def test_a_baseline_that_grew_takes_two_architects(office: Office) -> None:
    office.sign()
    office.write({".seatrial/baseline.json": '[\n{"seatrial-baseline":1}\n]\n'})
    assert not is_shut(office.standing())
    entry = '{"fingerprint":"f","digest":"d","rule":"r","path":"p","line":1}'
    office.write({".seatrial/baseline.json": f'[\n{entry},\n{{"seatrial-baseline":1}}\n]\n'})
    assert is_shut(office.standing())


@pytest.mark.parametrize(
    "path", ["shop/vendor/evil.py", "shop/site-packages/evil.py", "shop/evil_pb2.py", "shop/evil.py"]
)
def test_code_does_not_hide_by_where_it_lies(office: Office, path: str) -> None:
    office.sign()
    office.write({path: "def evil():\n    pass\n", "shop/pyvenv.cfg": "", ".gitignore": ""})
    assert {(one.path, one.state) for one in office.standing().units if one.state in SHUT} == {(path, UnitState.NEVER)}


@pytest.mark.parametrize(("link", "to"), [("shop/evil.py", "../tests/evil.py"), ("shop/more", "../tests")])
def test_code_does_not_come_in_by_a_link(office: Office, link: str, to: str) -> None:
    office.sign()
    office.write({"tests/evil.py": "def evil():\n    pass\n"})
    assert not is_shut(office.standing())
    (office.root / link).symlink_to(to)
    commit(office.root)
    assert [one.path for one in office.standing().units if one.state in SHUT] == [
        link if link.endswith(".py") else f"{link}/evil.py"
    ]


def test_one_key_is_one_person(office: Office) -> None:
    double = office.allowed + line("mallory@example.org", public(office.keys[ADA]))
    git(office.root, "checkout", "-q", "main")
    office.write({".seatrial/allowed_signers": double})
    with pytest.raises(DecisionError, match="stands there twice"):
        office.standing()


def test_only_keys_that_are_touched_count_where_the_policy_says_so(tmp_path: Path) -> None:
    office = Office(tmp_path).open('[sign-offs.paths."*.py"]\nrequire-hardware = true\n').branch()
    office.sign()
    assert {one.why for one in office.standing().units} == {f"{ADA}'s key lies in no device that is touched"}
    assert key(tmp_path, "unused").exists()
