"""Sign-offs from signature to standing, with real git and real keys."""

import json
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from build import accepted, finding, verdict
from keys import accepted_by_ssh
from office import ADA, APPROVED, BOB, SHOP, Office
from seatrial.app.provenance import survey
from seatrial.app.signoffs import Seen, attested, grave, standing
from seatrial.decisions.signoffs import envelope
from seatrial.decisions.signoffs.envelope import pae
from seatrial.errors import DecisionError
from seatrial.model.finding import Quality, Severity
from seatrial.model.provenance import Origin
from seatrial.model.signoff import Condition, Criterion, Kind, Mark, Vigilance, Window
from seatrial.model.standing import SHUT, UnitState
from seatrial.surfaces.cli.main import run
from trees import commit, git

SIGNED, STALE, NEVER = UnitState.SIGNED, UnitState.STALE, UnitState.NEVER
NOW = datetime.now(UTC)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open().branch()


def test_without_roles_nobody_asks_for_sign_offs(tmp_path: Path) -> None:
    found = Office(tmp_path).standing("")
    assert not found.mandate
    assert found.units == ()


def test_a_record_is_an_in_toto_statement_that_ssh_keygen_itself_accepts(office: Office, tmp_path: Path) -> None:
    record = json.loads(office.sign("total").read_bytes())
    payload = b64decode(record["payload"])
    (only,) = record["signatures"]
    armour = f"-----BEGIN SSH SIGNATURE-----\n{only['sig']}\n-----END SSH SIGNATURE-----\n".encode()
    assert accepted_by_ssh(office.allowed, armour, pae(payload), tmp_path, ADA)
    statement = json.loads(payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "urn:seatrial:signoff:v1"
    total, commit_ = statement["subject"]
    assert total["name"] == "shop/orders.py#total"
    assert list(total["digest"]) == ["seatrialPyAst1"]
    head = git(office.root, "rev-parse", "HEAD~1", "HEAD~1^{tree}").split()
    assert [commit_["digest"]["gitCommit"], commit_["digest"]["gitTree"]] == head
    assert statement["predicate"]["criteria"][0]["verdict"] == "pass"


def test_what_was_never_signed_says_the_cheapest_way(office: Office) -> None:
    found = office.standing()
    assert {one.name: one.state for one in found.units} == {"<imports>": NEVER, "total": NEVER, "load": NEVER}
    assert (found.way.units, found.way.roles) == (3, ("architect",))
    assert found.way.minutes == 1
    assert found.units[0].why == "nobody signed it"


def test_a_full_sign_off_covers_what_it_names(office: Office) -> None:
    office.sign("total", "<imports>")
    assert office.states() == {"<imports>": SIGNED, "total": SIGNED, "load": NEVER}
    office.sign("load")
    assert set(office.states().values()) == {SIGNED}
    assert office.standing().faults == ()


def test_it_survives_squash_formatting_comments_and_moves(office: Office) -> None:
    office.sign()
    office.merge()
    assert set(office.states().values()) == {SIGNED}
    office.branch("format").write({"shop/orders.py": "# the shop\n" + SHOP.replace("(order)", "( order )")})
    assert set(office.states().values()) == {SIGNED}
    (office.root / "shop/orders.py").rename(office.root / "shop/moved.py")
    assert set(office.states().values()) == {SIGNED}
    assert {one.path for one in office.standing().units} == {"shop/moved.py"}


def test_a_copy_is_not_a_move(office: Office) -> None:
    office.sign()
    office.write({"shop/copy.py": SHOP})
    assert {one.path for one in office.standing().units if one.state in SHUT} == {"shop/copy.py"}


def test_one_changed_symbol_is_stale_and_a_delta_settles_it(office: Office) -> None:
    first = office.sign()
    office.write({"shop/orders.py": SHOP.replace("json.loads(text)", "json.loads(text or '{}')")})
    assert office.states() == {"<imports>": SIGNED, "total": SIGNED, "load": STALE}
    (stale,) = [one for one in office.standing().units if one.state is STALE]
    assert "its code changed since ada@example.org signed it" in stale.why
    assert (stale.ask, stale.base) == (Kind.DELTA, first.stem)
    office.sign("load", kind=Kind.DELTA, base=first.stem)
    assert set(office.states().values()) == {SIGNED}


def test_a_new_import_costs_four_criteria_of_the_imports_alone(office: Office) -> None:
    base = office.sign()
    office.write({"shop/orders.py": SHOP.replace("import json", "import json\nimport os")})
    assert office.states() == {"<imports>": STALE, "total": SIGNED, "load": SIGNED}
    (stale,) = [one for one in office.standing().units if one.state is STALE]
    assert stale.missing == ("ecosystem-fit", "legacy-safe", "no-circular-logic", "security-protocols")
    again = tuple(Criterion(one, Mark.PASS, "seen") for one in stale.missing)
    office.sign("<imports>", kind=Kind.DELTA, base=base.stem, criteria=again)
    assert set(office.states().values()) == {SIGNED}


def test_a_pragma_costs_security(office: Office) -> None:
    office.sign()
    office.write({"shop/orders.py": SHOP.replace("json.loads(text)", "json.loads(text)  # nosec")})
    (stale,) = [one for one in office.standing().units if one.state in SHUT]
    assert (stale.name, stale.missing) == ("load", ("security-protocols",))


def test_a_changed_signature_costs_the_module_legacy_until_it_is_signed(office: Office) -> None:
    base = office.sign()
    office.write({"shop/orders.py": SHOP.replace("def load(text)", "def load(text, strict)")})
    found = {one.name: one for one in office.standing().units}
    assert {name: one.missing for name, one in found.items() if name != "load"} == {
        "<imports>": ("legacy-safe",),
        "total": ("legacy-safe",),
    }
    assert found["total"].settled_by == "shop/orders.py#load"
    assert office.standing().way.units == 1
    office.sign("load", kind=Kind.DELTA, base=base.stem)
    assert set(office.states().values()) == {SIGNED}


def test_a_fail_beats_everything_until_the_code_changes(office: Office) -> None:
    office.sign()
    office.sign("load", who=BOB, kind=Kind.VIOLATION, criteria=(Criterion("scales", Mark.FAIL, "loads it all"),))
    assert office.states()["load"] is UnitState.FAILED
    office.sign("load")
    assert office.states()["load"] is UnitState.FAILED
    office.write({"shop/orders.py": SHOP.replace("json.loads(text)", "json.loads(text[:9])")})
    office.sign("load")
    assert set(office.states().values()) == {SIGNED}


def test_more_than_five_deltas_ask_for_a_full_review(tmp_path: Path) -> None:
    body = "def a():\n    return 1\n" + "".join(f"\n\ndef f{n}(x):\n    return x\n" for n in range(20))
    office = Office(tmp_path, {"shop/orders.py": body}).open().branch()
    base = office.sign()
    for number in range(2, 8):
        office.write({"shop/orders.py": body.replace("return 1", f"return {number}")})
        (stale,) = [one for one in office.standing().units if one.state in SHUT]
        assert stale.ask is (Kind.DELTA if number < 7 else Kind.FULL)
        base = office.forge("a", kind=Kind.DELTA, base=base.stem)
    assert "more than 5 deltas" in office.standing().units[0].why
    office.sign("a")
    assert set(office.states().values()) == {SIGNED}


def test_deltas_on_most_of_a_module_ask_for_a_full_review(office: Office) -> None:
    base = office.sign()
    office.write({"shop/orders.py": SHOP.replace("return", "return 1 and")})
    office.sign("total", "load", kind=Kind.DELTA, base=base.stem)
    found = {one.name: one for one in office.standing().units}
    assert found["total"].state is STALE
    assert "review it in full" in found["total"].why
    assert found["total"].ask is Kind.FULL


def test_an_emergency_lets_pass_for_72_hours_once(office: Office) -> None:
    office.sign(kind=Kind.EMERGENCY)
    found = office.standing()
    assert {one.state for one in found.units} == {UnitState.EMERGENCY}
    assert found.notices[0].startswith("EMERGENCY")
    office.merge()
    late = NOW + timedelta(hours=73)
    assert set(office.states(now=late).values()) == {STALE}
    office.sign(kind=Kind.EMERGENCY)
    assert set(office.states(now=late).values()) == {STALE}


def test_whoever_wrote_it_attests_and_does_not_review(office: Office) -> None:
    office.forge("total", authors=(ADA,))
    assert office.states()["total"] is STALE
    assert "among its authors" in office.standing().units[1].why
    office.sign("total", authors=(ADA,), kind=Kind.HUMAN_AUTHORED)
    assert office.states()["total"] is SIGNED


def test_an_attestation_is_provenance(office: Office) -> None:
    office.sign("total", authors=(ADA,), kind=Kind.HUMAN_AUTHORED)
    found = {one.name: one.origin for one in survey(office.root, (), attested(office.root)).units}
    assert found == {"<imports>": Origin.UNKNOWN, "total": Origin.HUMAN_ATTESTED, "load": Origin.UNKNOWN}


def test_nobody_attests_to_have_written_what_bears_the_mark_of_an_ai(office: Office) -> None:
    text = SHOP.replace("return json", "return 1 or json")
    (office.root / "shop/orders.py").write_text(text)
    git(office.root, "commit", "-qam", "Change\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    office.sign(authors=(ADA,), kind=Kind.HUMAN_AUTHORED)
    assert office.states() == {"<imports>": SIGNED, "total": SIGNED, "load": STALE}


def test_only_what_an_ai_marked_may_be_asked_for(tmp_path: Path) -> None:
    office = Office(tmp_path).open('[sign-offs.paths."*.py"]\nunknown = "human"\n').branch()
    assert office.states() == {}
    (office.root / "shop/orders.py").write_text(SHOP.replace("return json", "return 1 or json"))
    git(office.root, "commit", "-qam", "Change\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    assert office.states() == {"load": NEVER}


def test_whoever_told_the_ai_what_to_write_does_not_review(office: Office) -> None:
    office.forge("total", operator=("Ada@Example.org",))
    assert office.states()["total"] is STALE


def test_whoever_committed_the_change_does_not_review(office: Office) -> None:
    text = SHOP.replace("return json", "return  1 or json")
    (office.root / "shop/orders.py").write_text(text)
    git(office.root, "commit", "-qam", f"Change\n\nCo-authored-by: Ada <{ADA}>")
    office.sign()
    assert office.states() == {"<imports>": SIGNED, "total": SIGNED, "load": STALE}
    office.sign("load", who=BOB)
    assert office.states()["load"] is SIGNED


def test_moving_it_makes_nobody_forget_who_wrote_it(office: Office) -> None:
    (office.root / "shop/orders.py").write_text(SHOP.replace("return json", "return 1 or json"))
    git(office.root, "commit", "-qam", "Change", "--author", f"Ada <{ADA}>")
    (office.root / "shop/orders.py").rename(office.root / "shop/moved.py")
    commit(office.root)
    office.sign(path="shop/moved.py")
    assert office.states() == {"<imports>": SIGNED, "total": SIGNED, "load": STALE}


def test_whoever_moves_code_or_takes_a_change_back_is_no_author(office: Office) -> None:
    office.sign()
    office.merge().branch("other")
    by_ada = ("commit", "-qm", "Change", "--author", f"Ada <{ADA}>")
    for text in (SHOP.replace("return json", "return 1 or json"), SHOP):
        (office.root / "shop/orders.py").write_text(text)
        git(office.root, "add", "-A")
        git(office.root, *by_ada)
    assert set(office.states().values()) == {SIGNED}
    (office.root / "shop/orders.py").rename(office.root / "shop/moved.py")
    git(office.root, "add", "-A")
    git(office.root, *by_ada)
    assert set(office.states().values()) == {SIGNED}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"authors": (ADA,)}, "among its authors"),
        ({"role": "security"}, "was no security"),
        ({"kind": Kind.DELTA, "base": "0" * 16}, "which is not here"),
        ({"kind": Kind.DELTA}, "none is named"),
        ({"kind": Kind.HUMAN_AUTHORED}, "not among its authors"),
        ({"subjects": ()}, "nothing was reviewed"),
        ({"reviewer": BOB}, "did not sign it"),
    ],
)
def test_what_would_not_count_is_not_signed(office: Office, more: dict[str, Any], why: str) -> None:
    with pytest.raises(DecisionError, match=why):
        office.sign(**more)
    assert not list(office.root.glob(".seatrial/signoffs/**/*.json"))


def test_whoever_misses_planted_defects_needs_another_beside_them(office: Office) -> None:
    office.sign(vigilance=Vigilance("canary-1", Window.NOT_MET))
    assert set(office.states().values()) == {STALE}
    office.sign(who=BOB)
    assert set(office.states().values()) == {SIGNED}


def test_a_condition_past_its_day_makes_it_stale(office: Office) -> None:
    given = (Criterion("architect-approved", Mark.CONDITIONAL, "once it is paged"),)
    office.sign(criteria=given, conditions=(Condition("page it", BOB, NOW.date() + timedelta(days=3)),))
    assert set(office.states().values()) == {SIGNED}
    office.merge()
    assert set(office.states(now=NOW + timedelta(days=5)).values()) == {STALE}


def test_a_sign_off_ends_after_its_year_and_warns_before(office: Office) -> None:
    office.sign()
    office.merge()
    soon = office.standing(now=NOW + timedelta(days=350))
    assert {one.state for one in soon.units} == {SIGNED}
    assert "ends on" in soon.notices[0]
    assert set(office.states(now=NOW + timedelta(days=367)).values()) == {STALE}


def test_the_policy_asks_by_path_and_a_criterion_may_change_its_meaning(tmp_path: Path) -> None:
    office = Office(tmp_path, {"shop/orders.py": SHOP, "tools/x.py": SHOP})
    asked = '[sign-offs.paths."shop/"]\ncriteria = ["scales"]\nrole = "architect"\n'
    office.open(asked).branch()
    office.sign(criteria=(Criterion("scales", Mark.PASS, "measured"),))
    assert {(one.path, one.state) for one in office.standing().units} == {("shop/orders.py", SIGNED)}
    office.merge().write({"seatrial.toml": asked + '[sign-offs.criteria.scales]\ntext = "at 1 TB"\nversion = 2\n'})
    assert set(office.states().values()) == {STALE}


def test_a_role_that_is_not_asked_for_does_not_count(office: Office) -> None:
    office.forge(role="security")
    assert {one.why for one in office.standing().units} == {
        next(f"the sign-off {entry.id} does not count: {entry.problem}" for entry in office.standing().ledger)
    }


def test_a_finding_that_the_reviewer_did_not_see_costs_its_criterion(office: Office) -> None:
    slow = finding(path="shop/orders.py", line=9, symbol="load", quality=Quality.SECURITY)
    office.sign()

    def missing() -> dict[str, tuple[str, ...]]:
        found = standing(office.root, "main", Seen((slow,))).units
        return {one.name: one.missing for one in found if one.state in SHUT}

    assert missing() == {"load": ("security-protocols",)}
    seen = (Criterion("security-protocols", Mark.PASS, "only we call it", (f"finding:{slow.fingerprint}",)),)
    office.sign("load", criteria=seen)
    assert missing() == {}


def test_only_grave_findings_cost_anything() -> None:
    mild = finding(line=1, quality=Quality.SECURITY, severity=Severity.WARNING)
    layers = finding(line=2, quality=Quality.ARCHITECTURE, severity=Severity.WARNING)
    known = finding(line=3, severity=Severity.ERROR)
    worst = finding(line=4, severity=Severity.ERROR)
    judged = verdict(mild, layers, known, worst, decisions=(accepted(known),))
    assert set(grave(judged)) == {layers, worst}


def test_a_part_of_a_repository_has_sign_offs_of_its_own(tmp_path: Path) -> None:
    office = Office(tmp_path, {"README": "", "seatrial.toml": "include-tests = true\n", "backend/shop/orders.py": SHOP})
    office.root /= "backend"
    office.open().branch()
    record = office.sign()
    assert set(office.states().values()) == {SIGNED}
    git(office.root, "checkout", "-q", "main")
    git(office.root, "merge", "-q", "--squash", "change")
    commit(office.root)
    assert office.standing().ledger[0].appeared
    office.branch("other")
    record.unlink()
    (office.root.parent / "seatrial.toml").write_text("include-tests = false\n")
    commit(office.root)
    found = office.standing()
    assert "was removed" in found.faults[0].what
    assert {one.path for one in found.units if one.state in SHUT} == {"../seatrial.toml"}


def test_the_ledger_tells_of_every_record(office: Office) -> None:
    made = office.sign(criteria=APPROVED)
    (entry,) = office.standing().ledger
    assert (entry.id, entry.problem, entry.appeared) == (made.stem, "", "")
    office.merge()
    assert office.standing().ledger[0].appeared


def test_the_ledger_is_an_in_toto_bundle(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    written = {office.sign("total").read_bytes(), office.sign("load", who=BOB).read_bytes()}
    assert run(["sign-offs", str(office.root), "--bundle"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(written)
    assert {envelope.opened(line.encode()).payload for line in lines} == {
        envelope.opened(one).payload for one in written
    }


def test_the_ledger_is_a_page_of_its_own(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    note = "read </dd><script>alert(1)</script>"
    made = office.sign(criteria=(Criterion("architect-approved", Mark.PASS, note),))
    assert run(["sign-offs", str(office.root), "--html"]) == 0
    page = capsys.readouterr().out
    assert f'id="{made.stem}"' in page
    assert "shop/orders.py#total" in page
    assert "<script" not in page
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"(?:src|href)=.(?!#)", page)
