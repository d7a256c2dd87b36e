"""Every trial that a rule names exists, and every trial has a faulty program, a sound twin and a line in its page."""

from pathlib import Path

import pytest

from seatrial import registry
from seatrial.app.trial import TRIALS
from seatrial.trials.access import LOGIN, OWNER

ROOT = Path(__file__).parents[2]


def test_rules_name_trials_that_exist() -> None:
    named = {rule.id: rule.confirmed_by for rule in registry.rules().values() if rule.confirmed_by}
    assert {name: trial for name, trial in named.items() if trial not in TRIALS} == {}


def test_what_access_proves_names_it() -> None:
    named = {rule.id for rule in registry.rules().values() if rule.confirmed_by == "access"}
    assert named == {*OWNER, *LOGIN, "mass-assignment"}


@pytest.mark.parametrize("trial", TRIALS)
def test_every_trial_is_described(trial: str) -> None:
    assert f"| `{trial}` |" in (ROOT / "docs" / "trials.md").read_text()


@pytest.mark.parametrize("trial", TRIALS)
def test_every_trial_is_tried_on_a_program_with_faults_and_on_a_sound_one(trial: str) -> None:
    tests = "\n".join(file.read_text() for file in (ROOT / "tests" / "trials").glob("test_*.py"))
    assert f"{trial}.claims(" in tests or f"{trial}.run(" in tests
