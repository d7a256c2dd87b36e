"""What a finding says that only a trial made."""

import pytest

from seatrial.model.evidence import Outcome
from seatrial.trials.claims import Again, Claim, prove


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("GET /orders answers 500 when `page` is -1", "GET /orders answers 500 when `page` is -1"),
        ("GET /orders/1 holds what bob wrote", "GET /orders: GET /orders/1 holds what bob wrote"),
        ("two at once sell one ticket", "GET /orders: two at once sell one ticket"),
    ],
)
def test_a_finding_names_its_operation_once(reason: str, told: str) -> None:
    claim = Claim(
        trial="edge",
        outcome=Outcome.PROVEN,
        rules=("server-error",),
        operation="GET /orders",
        lines=("shop/orders.py:7 listed",),
        reason=reason,
    )
    [found] = prove([claim], [], [], Again("")).found
    assert found.message == told
