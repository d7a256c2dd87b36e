"""What a finding says that only a trial made."""

import msgspec
import pytest

from build import finding
from seatrial.model.evidence import Outcome
from seatrial.model.finding import Place
from seatrial.model.route import Lead, Route
from seatrial.trials.claims import Again, Claim, prove
from seatrial.trials.ways import Ways


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
    [found] = prove([claim], [], Ways([]), Again("")).found
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
    [shown] = prove([claim, *others], [suspect], Ways([]), Again("")).evidence
    assert shown.reason == "two at once fail; so it is for POST /signup, POST /a, POST /b and 1 more"
    assert shown.operations == ("POST /users", "POST /signup", "POST /a", "POST /b", "POST /c")
    [alone] = prove([claim], [suspect], Ways([]), Again("")).evidence
    assert (alone.reason, alone.operations) == ("two at once fail", ("POST /users",))


def test_a_window_below_the_function_of_a_finding_speaks_of_it() -> None:
    suspect = finding("lost-update", path="services.py", symbol="register", message="two create a User")
    route = Route("/users", ("POST",), Place("api.py", 1, 1), "register")
    leads = [
        Lead(suspect.fingerprint, "api.py", "register"),
        Lead(suspect.fingerprint, "rows.py", "by_email", is_behind=True),
        Lead(suspect.fingerprint, "rows.py", "Users.add", is_behind=True),
    ]
    claim = Claim(
        trial="race",
        outcome=Outcome.PROVEN,
        rules=("lost-update",),
        operation="POST /users",
        lines=("rows.py:9 add", "rows.py:2 by_email"),
        steps=(("rows.py:2 by_email", "what is read here is stale"), ("rows.py:9 add", "when this is written")),
        is_whole=True,
        reason="two at once fail",
    )
    shown = prove([claim], [suspect], Ways([route], leads), Again(""))
    assert ([one.fingerprint for one in shown.evidence], shown.found) == ([suspect.fingerprint], ())
    elsewhere = msgspec.structs.replace(claim, operation="POST /orders")
    outside = msgspec.structs.replace(claim, steps=(*claim.steps, ("mail.py:3 sent", "")))
    for other in (elsewhere, outside, msgspec.structs.replace(claim, is_whole=False)):
        assert [one.symbol for one in prove([other], [suspect], Ways([route], leads), Again("")).found] == ["add"]
