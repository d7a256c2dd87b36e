"""A decision is accepted by a person's signature, and by nothing else. Real git, real keys."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from office import ADA, EVE, HERE, Office
from seatrial.app.acceptance import Signer, accept
from seatrial.app.audit import Request
from seatrial.app.decide import draft, find, supersede
from seatrial.app.gate import judge
from seatrial.app.signing import Surroundings
from seatrial.errors import DecisionError
from seatrial.model.record import Anchor, Draft, Match, Rejected, Scope, Status
from seatrial.surfaces.cli.main import run
from trees import commit

REDIS = Rejected(option="Redis as queue", because="jobs were lost", match=Match(imports=("redis",)))
DRAFT = Draft(
    title="Queue jobs in the database",
    scope=Scope(paths=("shop/",)),
    rejected=(REDIS,),
    anchors=(Anchor(path="shop/orders.py", symbol="total"),),
)
TODAY = f"{datetime.now(UTC):%Y%m%d}"
ID = f"D-{TODAY}-queue-jobs-in-the-database"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path).open('[sign-offs.paths."never/"]\ncriteria = []\n')
    draft(office.root, DRAFT)
    return office


def against(office: Office, base: str = "") -> list[str]:
    """What stands against it by its decisions."""
    verdict = judge(Request(root=office.root, changed_since=base)).verdict
    return [one.what for one in verdict.reasons if one.rule.startswith("D-")]


def test_a_signed_record_holds_and_its_text_is_kept(office: Office) -> None:
    record = accept(office.root, ID, Signer(office.keys[ADA], around=HERE))
    assert record.status is Status.ACCEPTED
    assert record.body_hash == find(office.root, ID).body_hash
    commit(office.root)
    assert against(office) == []
    file = office.root / record.path
    file.write_text(file.read_text().replace("jobs were lost", "of taste"))
    assert [what for what in against(office) if "says something else" in what]
    commit(office.root)
    office.branch()
    assert [what for what in against(office, "main") if "says something else" in what]


def test_who_writes_accepted_into_it_has_not_accepted_it(office: Office) -> None:
    file = office.root / find(office.root, ID).path
    file.write_text(file.read_text().replace("status: proposed", "status: accepted"))
    assert [what for what in against(office) if "nobody signed" in what]


@pytest.mark.parametrize(
    "around",
    [
        Surroundings({}, terminal=False),
        Surroundings({"CLAUDECODE": "1"}, terminal=True),
        Surroundings({"AI_AGENT": "x"}, terminal=True),
    ],
)
def test_an_agent_cannot_accept(office: Office, around: Surroundings) -> None:
    before = {path: path.read_bytes() for path in office.root.rglob("*.md")}
    with pytest.raises(DecisionError, match="not signed"):
        accept(office.root, ID, Signer(office.keys[ADA], around=around))
    assert {path: path.read_bytes() for path in office.root.rglob("*.md")} == before
    assert not (office.root / ".seatrial/signoffs").exists()


def test_the_command_is_refused_without_a_terminal(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["decide", "accept", ID, "--root", str(office.root), "--key", str(office.keys[ADA])]) == 2
    assert "not signed" in capsys.readouterr().err
    assert find(office.root, ID).status is Status.PROPOSED


def test_a_key_that_nobody_here_knows_does_not_count(office: Office) -> None:
    with pytest.raises(DecisionError, match="nobody's key here"):
        accept(office.root, ID, Signer(office.keys[EVE], around=HERE))
    with pytest.raises(DecisionError):
        accept(office.root, ID, Signer(office.keys[EVE], address=ADA, around=HERE))
    assert find(office.root, ID).status is Status.PROPOSED


def test_the_key_that_counts_is_found(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(DecisionError, match="none of the keys"):
        accept(office.root, ID, Signer(around=HERE))
    (tmp_path / "home/.ssh").mkdir(parents=True)
    for who in (EVE, ADA):
        for end in ("", ".pub"):
            file = tmp_path / f"home/.ssh/{who}{end}"
            file.write_bytes(Path(f"{office.keys[who]}{end}").read_bytes())
            file.chmod(0o600)
    assert accept(office.root, ID, Signer(around=HERE)).status is Status.ACCEPTED
    commit(office.root)
    assert against(office) == []


def test_a_superseding_record_frees_the_option_only_once_it_is_signed(office: Office) -> None:
    accept(office.root, ID, Signer(office.keys[ADA], around=HERE))
    commit(office.root)
    office.branch().write({"shop/jobs.py": "import redis\n"})
    assert [what for what in against(office, "main") if "jobs were lost" in what]
    new = supersede(office.root, ID, "Queue jobs in Redis")
    file = office.root / new.path
    text = file.read_text()
    file.write_text(text[: text.index("rejected:")] + text[text.index("anchors:") :])
    assert [what for what in against(office, "main") if "jobs were lost" in what]
    proposed = file.read_text()
    file.write_text(proposed.replace("status: proposed", "status: accepted"))
    assert [what for what in against(office, "main") if "jobs were lost" in what]
    file.write_text(proposed)
    accept(office.root, new.id, Signer(office.keys[ADA], around=HERE))
    commit(office.root)
    assert find(office.root, ID).superseded_by == new.id
    assert against(office, "main") == []


def test_an_acceptance_says_nothing_about_another_text(office: Office) -> None:
    accept(office.root, ID, Signer(office.keys[ADA], around=HERE))
    record = find(office.root, ID)
    copy = office.root / f"docs/decisions/{TODAY}-other.md"
    copy.write_text((office.root / record.path).read_text().replace(ID, f"D-{TODAY}-other"))
    assert [what for what in against(office) if what.startswith(f"D-{TODAY}-other") and "nobody signed" in what]
