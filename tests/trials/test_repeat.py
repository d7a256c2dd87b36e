"""A trial's evidence is kept, heard by the next audit, and shown again by one command."""

import shutil
import sys
from pathlib import Path

import pytest

from seatrial.app.audit import Request, audit
from seatrial.app.progress import Progress
from seatrial.app.repeat import Asked, repeat
from seatrial.app.starting import Start
from seatrial.app.trial import Trial, trial
from seatrial.model.evidence import Outcome
from seatrial.model.verdict import Report

PROGRAMS = Path(__file__).with_name("programs")
START = Start(target="shop:app", python=sys.executable)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shop, with the race that loses an update and the label that fails."""
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "shop"
    shutil.copytree(PROGRAMS / "shop", root)
    shutil.copy(PROGRAMS / "small.py", root)
    (root / "seatrial.toml").write_text('[app]\nenv = { FAULTS = "race,edge" }\n')
    return root


def proven(report: Report) -> dict[str, str]:
    return {
        one.finding.fingerprint: piece.reason
        for one in report.verdict.judged
        for piece in one.evidence
        if piece.outcome is Outcome.PROVEN
    }


def test_the_next_audit_hears_it_and_a_command_shows_it_again(shop: Path) -> None:
    tried = trial(Trial(audit=Request(root=shop), only=("race",), seed=7, start=START))
    assert "seed 7" in tried.tried
    ((fingerprint, reason),) = proven(tried).items()
    assert proven(audit(Request(root=shop))) == {fingerprint: reason}
    asked = Asked(which=fingerprint[:8], request=Request(root=shop), start=START)
    (again,) = repeat(asked, Progress())
    assert again.is_seen
    assert again.now == again.kept.evidence
    source = shop / "shop.py"
    source.write_text(source.read_text().replace('if "race" in FAULTS:', "if False:"))
    assert proven(audit(Request(root=shop))) == {}
    (gone,) = repeat(asked, Progress())
    assert not gone.is_seen


def test_with_no_cache_nothing_is_kept(shop: Path) -> None:
    assert proven(trial(Trial(audit=Request(root=shop, cached=False), only=("edge",), start=START)))
    assert proven(audit(Request(root=shop))) == {}
