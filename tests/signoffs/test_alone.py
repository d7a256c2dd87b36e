"""Somebody who works alone: what they wrote they can vouch for, what a model wrote waits for somebody else."""

from pathlib import Path

import pytest

from office import ADA, Office
from seatrial.model.signoff import Kind
from seatrial.model.standing import UnitState
from trees import git, write

LEFT = "too few people with the role architect are left to review shop/new.py#f, since nobody reviews what they changed"


class Alone(Office):
    """Ada's own repository."""

    @property
    def roles(self) -> str:
        return f'["{ADA}"]\nroles = ["architect"]\n'

    def by_ada(self, code: str, more: str = "") -> None:
        write(self.root, {"shop/new.py": code})
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "--author", f"Ada <{ADA}>", "-m", f"Change\n\n{more}")


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    made = Alone(tmp_path, {"README": ""})
    made.open().branch()
    made.by_ada("def f():\n    return 1\n")
    return made


def test_what_one_wrote_oneself_one_signs_as_ones_own(alone: Alone) -> None:
    assert any(notice.startswith(LEFT) for notice in alone.standing().notices)
    alone.sign(path="shop/new.py", kind=Kind.HUMAN_AUTHORED, authors=(ADA,))
    assert alone.states() == {"f": UnitState.SIGNED}
    assert alone.standing().notices == ()


def test_a_review_of_ones_own_counts_for_nothing(alone: Alone) -> None:
    alone.sign(path="shop/new.py")
    (found,) = alone.standing().units
    assert (found.state, found.why) == (UnitState.STALE, f"{ADA} changed it, and cannot review it")


def test_what_a_model_wrote_then_needs_somebody_else(alone: Alone) -> None:
    alone.sign(path="shop/new.py", kind=Kind.HUMAN_AUTHORED, authors=(ADA,))
    alone.by_ada("def f():\n    return 2\n", "Co-Authored-By: Claude <noreply@anthropic.com>")
    (found,) = alone.standing().units
    assert (found.state, found.why) == (UnitState.STALE, "it changed since it was signed")
    alone.forge(path="shop/new.py", kind=Kind.HUMAN_AUTHORED, authors=(ADA,))
    (found,) = alone.standing().units
    assert found.state is UnitState.STALE
    assert "it bears the mark of an AI, so that nobody can sign it as their own" in found.why
    assert any(notice.startswith(LEFT) for notice in alone.standing().notices)


def test_two_that_are_asked_for_must_both_be_free(tmp_path: Path) -> None:
    office = Office(tmp_path, {"README": ""}).open('[sign-offs.paths."shop/"]\nmin-reviewers = 2\n').branch()
    Alone.by_ada(office, "def f():\n    return 1\n")  # type: ignore[arg-type]  # needs but its root
    assert any(notice.startswith(LEFT) for notice in office.standing().notices)
    git(office.root, "commit", "-q", "--amend", "--no-edit", "--author", "Somebody <somebody@example.org>")
    assert office.standing().notices == ()
