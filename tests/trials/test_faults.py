"""What is taken from a request in its middle shows what it leaves: a sound program all or nothing, and it goes on."""

from collections.abc import Callable, Sequence

import pytest

from seatrial.model.evidence import Outcome
from seatrial.trials import faults
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

FAULTY, SOUND = "pieces,held,later,patient,hasty", ""
Harbour = Callable[[str], Bench]


@pytest.fixture(scope="module")
def claims(harbour: Harbour) -> Sequence[Claim]:
    return list(faults.claims(harbour(FAULTY)))


def proven(claims: Sequence[Claim]) -> Sequence[tuple[str, str]]:
    return sorted({(claim.operation, claim.rules[0]) for claim in claims if claim.outcome is Outcome.PROVEN})


@pytest.mark.slow
def test_faults_prove_each_fault_and_nothing_else(claims: Sequence[Claim]) -> None:
    assert proven(claims) == [
        ("POST /cargo", "lost-acknowledgement"),
        ("POST /hasty", "retry-without-backoff"),
        ("POST /patient", "missing-timeout"),
        ("POST /ships", "missing-transaction"),
        ("POST /tolls", "no-recovery"),
    ]


@pytest.mark.slow
def test_faults_name_what_is_kept_and_what_is_not(claims: Sequence[Claim]) -> None:
    half = next(claim for claim in claims if claim.operation == "POST /ships")
    assert "`insert into ships (name) values (%s) returning id`" in half.reason
    assert [line.split()[-1] for line, _ in half.steps] == ["arrive", "arrive"]
    assert half.details[0].startswith("+ ships")


@pytest.mark.slow
def test_faults_prove_nothing_of_the_sound_twin_and_clear_it(harbour: Harbour) -> None:
    claims = list(faults.claims(harbour(SOUND)))
    assert proven(claims) == []
    assert {claim.operation for claim in claims if claim.outcome is Outcome.CLEARED} == {"POST /ships"}
    assert "at 2 statements, POST /ships leaves all or nothing" in claims[0].reason


@pytest.mark.slow
def test_faults_prove_that_a_program_does_not_start_again(harbour: Harbour) -> None:
    claims = list(faults.claims(harbour("lock")))
    assert proven(claims) == [("POST /cargo", "no-recovery")]
    assert "new workers end at once" in claims[-1].reason
