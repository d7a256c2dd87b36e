"""Who may do what: each fault of the club is proven by itself, and nothing of its sound twin."""

from collections.abc import Callable, Sequence

import pytest

from seatrial.model.evidence import Outcome
from seatrial.trials import access
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

Club = Callable[[str], Bench]
FAULTY, SOUND = "assign,debug,items,named,read,role", ""
BASE = "/api/v1"


@pytest.fixture(scope="module")
def faulty(club: Club) -> Sequence[Claim]:
    return [one for one in access.claims(club(FAULTY)) if one.outcome is Outcome.PROVEN]


@pytest.mark.parametrize(
    ("operation", "rule", "told"),
    [
        (f"PATCH {BASE}/notes/{{note_id}}", "mass-assignment", "`status`, `owner`"),
        (f"POST {BASE}/users/register", "mass-assignment", "`role`, `is_admin`"),
        (f"GET {BASE}/users", "unguarded-endpoint", "a password is shown"),
        (f"POST {BASE}/carts/{{cart_id}}/items", "unchecked-owner", "another's row written"),
        (f"GET {BASE}/notes/{{note_title}}", "unchecked-owner", "another's row read"),
        (f"GET {BASE}/invoices/{{invoice_id}}", "unguarded-endpoint", "a user's rows are shown"),
        (f"PUT {BASE}/rooms/{{room_id}}", "unguarded-endpoint", "neighbours ask for more rights"),
    ],
)
def test_each_fault_is_proven(faulty: Sequence[Claim], operation: str, rule: str, told: str) -> None:
    (claim,) = [one for one in faulty if (one.operation, one.rules[0]) == (operation, rule)]
    assert told in claim.reason
    assert claim.lines == ("club.py:53 run",)


def test_nothing_else_is(faulty: Sequence[Claim]) -> None:
    assert len(faulty) == 7


def test_nothing_is_proven_of_the_sound_twin_where_others_may_like_and_comment(club: Club) -> None:
    claims = list(access.claims(club(SOUND)))
    assert [one.reason for one in claims if one.outcome is Outcome.PROVEN] == []
    cleared = {(one.operation, one.rules[0]): one.reason for one in claims}
    assert "2 fields" in cleared[f"POST {BASE}/users/register", "mass-assignment"]
    assert "answered 404" in cleared[f"GET {BASE}/invoices/{{invoice_id}}", "unchecked-owner"]
