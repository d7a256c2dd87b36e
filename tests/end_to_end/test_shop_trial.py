"""The example shop on trial: what is planted is proven on the running program, and no sound twin is."""

import json
from pathlib import Path

import pytest

from seatrial.app.audit import Request
from seatrial.app.trial import Trial, trial
from seatrial.model.evidence import Outcome
from seatrial.model.verdict import Report

SHOP = Path(__file__).parents[2] / "examples" / "shop"
EXPECTED = {
    ("query-in-loop", "list_orders"),
    ("query-in-loop", "list_summaries"),
    ("query-in-loop", "customer_report"),
    ("lost-update", "place_order"),
    ("lost-update", "add_review"),
    ("unguarded-endpoint", "set_stock"),
    ("unguarded-endpoint", "deactivate_coupon"),
    ("unchecked-owner", "change_address"),
}


@pytest.fixture(scope="module")
def report() -> Report:
    return trial(Trial(audit=Request(root=SHOP, gate=True, cached=False)))


def proven(report: Report) -> set[tuple[str, str]]:
    judged = report.verdict.judged
    return {
        (one.finding.rule, one.finding.symbol)
        for one in judged
        if any(piece.outcome is Outcome.PROVEN for piece in one.evidence)
    }


@pytest.mark.slow
def test_what_is_planted_is_proven(report: Report) -> None:
    assert proven(report) >= EXPECTED


@pytest.mark.slow
def test_no_sound_twin_is_proven(report: Report) -> None:
    sound = {(twin["rule"], twin["symbol"]) for twin in json.loads((SHOP / "sound.json").read_text())}
    locked = {("lost-update", "cancel_order")}  # by a row lock, which SQLite does not have
    assert (sound & proven(report)) - locked == set()
