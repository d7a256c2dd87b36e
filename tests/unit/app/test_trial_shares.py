"""Time goes to the trials that can confirm what the audit suspects."""

from seatrial.app import trial


def test_a_trial_has_more_time_the_more_the_audit_suspects() -> None:
    wanted = ["race", "edge", "leak"]
    assert trial._share("race", wanted, {}, 90.0) == 40.0
    assert trial._share("race", wanted, {"race": 2}, 110.0) == 60.0
    assert trial._share("race", wanted, {"race": 9}, 120.0) == 70.0
    assert trial._share("leak", wanted, {"race": 9}, 80.0) == 80.0
