"""What a finding says that only a trial made."""

import msgspec
import pytest

from build import finding
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


def test_what_several_operations_show_of_one_finding_names_them_all() -> None:
    suspect = finding("lost-update", path="shop/users.py", symbol="add")
    claim = Claim(
        trial="race",
        outcome=Outcome.PROVEN,
        rules=("lost-update",),
        operation="POST /users",
        lines=("shop/users.py:7 add",),
        reason="two at once fail",
    )
    others = [msgspec.structs.replace(claim, operation=f"POST /{name}") for name in ("users", "signup", "a", "b", "c")]
    [shown] = prove([claim, *others], [suspect], [], Again("")).evidence
    assert shown.reason == "two at once fail; so it is for POST /signup, POST /a, POST /b and 1 more"
    assert shown.operations == ("POST /users", "POST /signup", "POST /a", "POST /b", "POST /c")
    [alone] = prove([claim], [suspect], [], Again("")).evidence
    assert (alone.reason, alone.operations) == ("two at once fail", ("POST /users",))
