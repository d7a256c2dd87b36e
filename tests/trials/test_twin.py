"""Two functions are proven one, or the smallest input tells them apart; what cannot be compared is said so."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from seatrial.model.evidence import Outcome
from seatrial.model.pair import Pair, Side
from seatrial.sandbox import Launch, launched
from seatrial.trials import twin
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

PROGRAMS = Path(__file__).with_name("programs")
PAIRS = (
    ("total", "total_fast"),
    ("total", "total_rounded"),
    ("slug", "slug_old"),
    ("initials", "initials_new"),
    ("due", "due_fast"),
    ("pick", "pick_new"),
    ("save", "save_fast"),
    ("spin", "spin_new"),
    ("shout", "whisper"),
    ("text_of", "text_from"),
    ("lid", "lid_new"),
)


def pair(left: str, right: str) -> Pair:
    rule = "duplicate-logic" if right == "whisper" else "second-version"
    return Pair(rule, Side("twins.py", 1, left), Side("twins.py", 1, right))


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Claim]:
    launch = Launch(
        root=PROGRAMS / "twins",
        aside=tmp_path_factory.mktemp("aside"),
        target="twins:app",
        python=sys.executable,
        env={"PYTHONPATH": str(PROGRAMS)},
    )
    with launched(launch) as (application, started):
        bench = Bench(application, started)
        bench.pairs = [pair(*names) for names in PAIRS]
        return dict(zip(PAIRS, twin.claims(bench), strict=True))


@pytest.mark.parametrize(
    "names", [("total", "total_fast"), ("initials", "initials_new"), ("due", "due_fast"), ("text_of", "text_from")]
)
def test_twin_proves_functions_that_answer_alike(
    claims: Mapping[tuple[str, str], Claim], names: tuple[str, str]
) -> None:
    claim = claims[names]
    assert claim.outcome is Outcome.PROVEN, claim.reason
    assert "answer alike on" in claim.reason


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("total", "total_rounded"), "total_rounded"),
        (("slug", "slug_old"), "slug_old"),
    ],
)
def test_twin_tells_functions_apart_by_the_smallest_input(
    claims: Mapping[tuple[str, str], Claim], names: tuple[str, str], told: str
) -> None:
    claim = claims[names]
    assert claim.outcome is Outcome.INCONCLUSIVE
    assert "the smallest" in claim.reason
    assert told in claim.reason
    assert len(claim.reason) < 220


def test_twin_clears_code_that_looks_alike_and_does_other_work(claims: Mapping[tuple[str, str], Claim]) -> None:
    assert claims["shout", "whisper"].outcome is Outcome.CLEARED


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("pick", "pick_new"), "answers otherwise each time"),
        (("save", "save_fast"), "reaches outside (open)"),
        (("spin", "spin_new"), "takes more than 1 s"),
        (("lid", "lid_new"), "cannot be made up"),
    ],
)
def test_twin_says_why_two_cannot_be_compared(
    claims: Mapping[tuple[str, str], Claim], names: tuple[str, str], why: str
) -> None:
    assert claims[names].outcome is Outcome.INCONCLUSIVE
    assert why in claims[names].reason
