"""What is kept of a trial, and how long it holds."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from build import finding, trial, verdict
from seatrial.app import evidence
from seatrial.app.analysis import Analysis
from seatrial.app.audit import Request, audit
from seatrial.app.evidence import Kept
from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding
from seatrial.model.policy import Policy
from seatrial.model.verdict import Counts
from trees import write

FOUND = finding("lost-update", confirmed_by="race")
SOURCE = """
import os
from flask import Flask, request

app = Flask(__name__)

@app.get("/list")
def listed():
    os.system("ls " + request.args["folder"])
    return ""
"""
NOW, BEFORE = "program", "another program"


def analysis(*findings: Finding) -> Analysis:
    return Analysis(findings, (), (), (), (), Counts(1, 1, 0, 1, 0, 0, 0.0), ())


def kept(piece: Evidence, program: str = NOW, found: Finding | None = None) -> Kept:
    return Kept("shop/orders.py", 41, "lost-update", piece, program, found)


def outcomes(entries: Sequence[Kept], *findings: Finding) -> list[Outcome]:
    return [one.outcome for one in evidence.recalled(entries, analysis(*findings), NOW)[0]]


def test_what_is_written_is_read_again_one_entry_a_line(tmp_path: Path) -> None:
    entries = [kept(trial(FOUND, trial=name), found=FOUND) for name in ("access", "race")]
    evidence.write(tmp_path / "kept", reversed(entries))
    assert evidence.read(tmp_path / "kept") == entries
    assert len((tmp_path / "kept").read_text().splitlines()) == 2


def test_a_damaged_line_clears_nothing_and_the_others_hold(tmp_path: Path) -> None:
    evidence.write(tmp_path / "kept", [kept(trial(FOUND))])
    with (tmp_path / "kept").open("a") as file:
        file.write('{"outcome": "cleared"}\nnonsense\n')
    assert evidence.read(tmp_path / "kept") == [kept(trial(FOUND))]


def test_what_clears_lapses_with_any_change_of_the_program_and_says_so() -> None:
    assert outcomes([kept(trial(FOUND))], FOUND) == [Outcome.CLEARED]
    ((old,), _) = evidence.recalled([kept(trial(FOUND), BEFORE)], analysis(FOUND), NOW)
    assert old.outcome is Outcome.NOT_TRIED
    assert "the program has changed since" in old.reason


def test_what_is_proven_holds_until_the_code_of_the_finding_changes() -> None:
    entry = kept(trial(FOUND, Outcome.PROVEN), BEFORE)
    assert outcomes([entry], FOUND) == [Outcome.PROVEN]
    edited = msgspec.structs.replace(FOUND, digest="0" * 64)
    (judged,) = verdict(edited, evidence=evidence.recalled([entry], analysis(edited), NOW)[0]).judged
    assert judged.evidence == ()


def test_a_finding_that_only_a_trial_made_is_found_again_in_the_same_program_alone() -> None:
    proof = trial(FOUND, Outcome.PROVEN)
    assert evidence.recalled([kept(proof, found=FOUND)], analysis(), NOW) == ((proof,), (FOUND,))
    assert evidence.recalled([kept(proof, BEFORE, FOUND)], analysis(), NOW) == ((), ())


def test_a_trial_that_ran_again_replaces_what_it_said_and_no_other_trial_did() -> None:
    old = [kept(trial(FOUND, trial="race")), kept(trial(FOUND, trial="growth"))]
    fresh = trial(FOUND, Outcome.PROVEN, trial="race")
    renewed = evidence.renewed(old, [fresh], [FOUND], [], NOW, {"race"})
    assert [(one.evidence.trial, one.evidence.outcome) for one in renewed] == [
        ("growth", Outcome.CLEARED),
        ("race", Outcome.PROVEN),
    ]


def test_a_rule_that_needs_evidence_opens_the_gate_only_while_it_is_cleared() -> None:
    policy = Policy(require_evidence=("lost-update",))
    for program, is_open in ((NOW, True), (BEFORE, False)):
        shown, _ = evidence.recalled([kept(trial(FOUND), program)], analysis(FOUND), NOW)
        assert verdict(FOUND, evidence=shown, policy=policy).open is is_open


@pytest.mark.parametrize("name", [".seatrial/evidence.jsonl", "evidence.jsonl"])
def test_evidence_that_comes_with_the_code_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    root = write(tmp_path / "tree", {"m.py": SOURCE})
    (found, *_) = audit(Request(root=root)).verdict.judged
    line = msgspec.json.encode(Kept("m.py", 4, found.finding.rule, trial(found.finding), "any"))
    write(root, {name: line})
    assert all(one.evidence == () for one in audit(Request(root=root)).verdict.judged)
