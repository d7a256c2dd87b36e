"""What somebody gets by logging in is no half of what they did: they log in again."""

from collections import Counter

import pytest

from seatrial.trials.halves import is_whole

AFTER = {
    "users": Counter(["name=ann"]),
    "token_blacklist_outstandingtoken": Counter(["jti=1"]),
    "lines": Counter(["n=1"]),
}


@pytest.mark.parametrize(
    ("lacking", "is_all"),
    [
        ((), True),
        (("token_blacklist_outstandingtoken",), True),
        (("token_blacklist_outstandingtoken", "lines"), False),
        (("lines",), False),
    ],
)
def test_a_proof_that_lacks_is_no_half(lacking: tuple[str, ...], *, is_all: bool) -> None:
    left = {name: Counter[str]() if name in lacking else rows for name, rows in AFTER.items()}
    assert is_whole(left, AFTER) is is_all


def test_a_proof_that_stays_though_it_was_to_go_is_half_of_a_change() -> None:
    assert not is_whole(AFTER, {**AFTER, "token_blacklist_outstandingtoken": Counter[str]()})
    assert not is_whole({"verification_tokens": Counter[str]()}, {"verification_tokens": Counter(["of=ann"])})
