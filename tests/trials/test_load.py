"""Where a load curve bends."""

from seatrial.sandbox import Loaded
from seatrial.trials.load import bent


def step(users: int, answers: int, latency: float, failed: int = 0, silent: int = 0) -> Loaded:
    return Loaded(users, 1.0, (latency,) * answers, failed, silent)


def test_it_does_not_bend_while_answers_grow_with_users() -> None:
    assert bent([step(10, 100, 0.1), step(20, 200, 0.1)]) == ""
    assert bent([step(10, 100, 0.1), step(20, 180, 0.4)]) == ""


def test_it_bends_where_users_wait_longer_for_no_more_answers() -> None:
    assert "no more answers" in bent([step(10, 100, 0.1), step(20, 104, 0.4)])


def test_it_bends_at_errors_and_at_silence() -> None:
    assert "fail" in bent([step(10, 100, 0.1, failed=5)])
    assert "not answered" in bent([step(10, 100, 0.1, silent=5)])
    assert "any more" in bent([step(10, 0, 0.1, silent=9)])
