"""On PostgreSQL, each schedule of two requests is tried: what depends on it is proven, what does not is cleared."""

from collections.abc import Callable, Sequence

import pytest

from seatrial.model.evidence import Outcome
from seatrial.trials import deadlock, race
from seatrial.trials.at_once import Raced
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

FAULTY, SOUND = "limit,looks,lost,name,number,order,tables", ""
Bank = Callable[[str], Bench]


def proven(claims: Sequence[Claim]) -> Sequence[str]:
    return sorted(claim.operation for claim in claims if claim.outcome is Outcome.PROVEN)


@pytest.fixture(scope="module")
def raced(bank: Bank) -> Sequence[race.Tried]:
    return list(race.run(bank(FAULTY)))


@pytest.mark.parametrize(
    ("operation", "read", "write"),
    [
        ("GET /accounts/{account_id}/statement", "select looks", "update accounts set looks"),
        ("POST /accounts", "select 1 from accounts", "insert into accounts"),
        ("POST /accounts/{account_id}/spend", "select balance", "update accounts set balance"),
        ("POST /accounts/{account_id}/withdraw", "select * from accounts", "update accounts set balance"),
        ("POST /tickets", "select coalesce(max(number)", "insert into tickets"),
    ],
)
def test_race_names_the_window(raced: Sequence[race.Tried], operation: str, read: str, write: str) -> None:
    (tried,) = [one for one in raced if one.operation == operation]
    assert tried.window is not None
    _, window = tried.window
    assert window.verdict == "corrupted"
    assert window.read.sql.startswith(read)
    assert window.write.sql.startswith(write)


def test_race_proves_what_depends_on_the_schedule_and_nothing_else(raced: Sequence[race.Tried]) -> None:
    assert sorted(one.operation for one in raced if one.window) == [
        "GET /accounts/{account_id}/statement",
        "POST /accounts",
        "POST /accounts/{account_id}/spend",
        "POST /accounts/{account_id}/withdraw",
        "POST /tickets",
    ]


def test_what_a_schedule_has_shown_is_not_asked_for_at_once(raced: Sequence[race.Tried]) -> None:
    assert {one.at_once is None for one in raced if one.window} == {True}
    assert {one.at_once is None for one in raced if not one.window} == {False}


def test_race_clears_the_sound_twin_and_says_in_how_many_schedules(bank: Bank) -> None:
    claims = list(race.claims(bank(SOUND)))
    assert proven(claims) == []
    (cleared,) = [claim for claim in claims if claim.operation == "POST /accounts/{account_id}/withdraw"]
    assert cleared.outcome is Outcome.CLEARED
    assert "the same request twice: as some order in 2 of 2 schedules" in cleared.reason


def test_race_tells_a_request_that_fails_from_a_state_that_is_wrong(bank: Bank) -> None:
    tried = next(one for one in race.run(bank("loser")) if one.operation == "POST /accounts")
    assert tried.window is not None
    assert tried.window[1].verdict == "wrong answers"


def test_what_is_refused_in_a_schedule_is_asked_for_at_once_before_the_next(bank: Bank) -> None:
    first, *others = race.run(bank("crowd"))
    assert first.operation == "POST /tickets"
    assert isinstance(first.at_once, Raced)
    assert first.at_once.verdict == "wrong answers"
    assert not any(isinstance(one.at_once, Raced) for one in others)


def test_deadlock_proves_locks_in_the_order_of_arguments_and_tables_in_two_orders(bank: Bank) -> None:
    claims = list(deadlock.claims(bank(FAULTY)))
    assert proven(claims) == ["POST /accounts/{account_id}/block", "POST /fees", "POST /transfers"]
    assert all("deadlock detected" in claim.reason for claim in claims if claim.outcome is Outcome.PROVEN)


def test_deadlock_clears_the_sound_twin_and_who_tries_again(bank: Bank) -> None:
    claims = list(deadlock.claims(bank(SOUND)))
    assert proven(claims) == []
    told = {claim.operation: claim.reason for claim in claims if claim.outcome is Outcome.CLEARED}
    assert "no deadlock in 3 of 3 schedules" in told["POST /transfers"]
    assert "it was tried again" in told["POST /refunds"]
