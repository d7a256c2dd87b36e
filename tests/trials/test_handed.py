"""A request that somebody else makes holds nothing that proves who made it first, however they prove it."""

import pytest

from seatrial.sandbox import Call
from seatrial.trials.access import handed
from seatrial.trials.actors import ANONYMOUS, Actor, Cast
from seatrial.trials.proofs import Proofs

ALICE = Actor("alice", {"X-Api-Key": "of-alice", "Cookie": "session=a"})
BOB = Actor("bob", {"X-Api-Key": "of-bob"})


@pytest.mark.parametrize(("who", "proof"), [(BOB, {"X-Api-Key": "of-bob"}), (ANONYMOUS, {})])
def test_what_proves_the_first_is_left_out(who: Actor, proof: dict[str, str]) -> None:
    proofs: Proofs = object.__new__(Proofs)
    said = {"x-api-key": "of-alice", "cookie": "session=a", "accept": "*/*"}
    call = Call(method="GET", path="/boats", headers=said)
    assert handed(Cast(ALICE, BOB, ANONYMOUS, proofs), call, who).headers == {"accept": "*/*", **proof}
