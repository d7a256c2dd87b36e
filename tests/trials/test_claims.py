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


def grown(line: str, operation: str = "GET /users", sql: str = "SELECT 1 FROM orders") -> Claim:
    return Claim(
        trial="growth",
        outcome=Outcome.PROVEN,
        rules=("query-in-loop",),
        operation=operation,
        lines=(line,),
        exact=True,
        reason="1.00 for each row",
        details=(sql,),
    )


def test_lines_beside_one_that_a_finding_names_show_the_same_finding() -> None:
    suspect = finding("query-in-loop", path="shop/users.py", symbol="listed", line=3)
    claims = [grown("shop/users.py:3 totals"), grown("shop/users.py:4 totals")]
    shown = prove(claims, [suspect], Ways([]), Again(""))
    assert ([one.fingerprint for one in shown.evidence], shown.found) == ([suspect.fingerprint], ())
    for other in (grown("shop/users.py:4 totals", "GET /orders"), grown("shop/users.py:4 latest")):
        assert len(prove([claims[0], other], [suspect], Ways([]), Again("")).found) == 1


def test_what_a_serializer_reads_is_shown_where_it_is_made() -> None:
    message = ".category is queried for each row that QuestSerializer writes"
    suspect = finding("query-in-loop", path="shop/views.py", symbol="Quests.get", line=3, message=message)
    read = grown("shop/views.py:5 get", sql='SELECT "quests_category"."id" FROM "quests_category" WHERE 1')
    assert prove([read], [suspect], Ways([]), Again("")).found == ()
    for other in (grown("shop/views.py:5 get"), msgspec.structs.replace(read, lines=("shop/views.py:5 post",))):
        assert len(prove([other], [suspect], Ways([]), Again("")).found) == 1


def test_what_one_line_proves_no_other_clears() -> None:
    suspect = finding("query-in-loop", path="shop/users.py", symbol="listed", line=3)
    flat = msgspec.structs.replace(grown("shop/users.py:3 listed"), outcome=Outcome.CLEARED)
    shown = prove([flat, grown("shop/users.py:3 totals")], [suspect], Ways([]), Again("")).evidence
    assert [one.outcome for one in shown] == [Outcome.PROVEN]
    assert [one.outcome for one in prove([flat], [suspect], Ways([]), Again("")).evidence] == [Outcome.CLEARED]


@pytest.mark.parametrize(
    ("message", "is_it"),
    [
        ("/api/boats answers with every row of Boat", True),
        ("GET /api/boats/ answers with every row of Boat", True),
        ("POST /api/boats answers with every row of Boat", False),
        ("/api/boats/{pk} answers with every row of Boat", False),
        ("Boat is asked for as a whole", False),
    ],
)
def test_what_is_seen_of_a_whole_answer_speaks_of_the_finding_that_names_it(message: str, *, is_it: bool) -> None:
    suspect = finding("unpaginated-endpoint", path="boats.py", symbol="Boats.get_queryset", message=message)
    whole = Claim(
        trial="growth",
        outcome=Outcome.PROVEN,
        rules=("unpaginated-endpoint",),
        operation="GET /api/boats/",
        lines=(),
        reason="one answer holds 1,000 rows of 1,000",
        alone=False,
    )
    assert bool(prove([whole], [suspect], Ways([]), Again("")).evidence) is is_it
