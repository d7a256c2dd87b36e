"""Who claims a thing that somebody offers harms nobody; who changes whose it is, or what it costs, does."""

import pytest

from seatrial.sandbox import Column, Foreign, Table
from seatrial.trials.actors import Actor
from seatrial.trials.belonging import takes_part

NAMES = ("id", "owner_id", "claimed_by_id", "status", "price")
COLUMNS = tuple(Column(name=one, kind="integer", nullable=True, primary=one == "id", defaulted=False) for one in NAMES)
POINTS = tuple(Foreign(name, "users", "id") for name in ("owner_id", "claimed_by_id"))
OFFERS = Table("offers", COLUMNS, POINTS, ())
BOB = Actor("bob", key=2, table="users")
FREE = {"id": 1, "owner_id": 1, "claimed_by_id": None, "status": 0, "price": 5}


@pytest.mark.parametrize(
    ("changes", "is_part"),
    [
        ({"claimed_by_id": 2, "status": 1}, True),
        ({"claimed_by_id": 3}, False),
        ({"status": 1}, False),
        ({"owner_id": 2}, False),
        ({"claimed_by_id": 2, "price": 1}, False),
    ],
)
def test_what_is_claimed_names_who_claims_it(changes: dict[str, int], *, is_part: bool) -> None:
    assert takes_part(OFFERS, FREE, {**FREE, **changes}, BOB) is is_part


def test_what_somebody_else_has_claimed_is_theirs() -> None:
    assert not takes_part(OFFERS, {**FREE, "claimed_by_id": 3}, {**FREE, "claimed_by_id": 2}, BOB)
