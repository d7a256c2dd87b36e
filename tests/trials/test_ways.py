"""Which handler answers an operation, as far as the code alone says it."""

import pytest

from seatrial.model.finding import Place
from seatrial.model.route import Route
from seatrial.trials.ways import Ways, mounted

AT = Place("api.py", 1, 1)
LISTED = Route("/items", ("GET",), AT, "listed")
SHOWN = Route("/items/{id}", ("GET",), AT, "shown")
PRIVATE = Route("/private/items", ("GET",), AT, "hidden")
NAMES = ("GET /api/v1/items/", "GET /api/v1/items/{key}", "POST /api/v1/items/", "GET /api/v1/private/items")


@pytest.mark.parametrize(
    ("operation", "answered"),
    [(NAMES[0], ["listed"]), (NAMES[1], ["shown"]), (NAMES[2], []), (NAMES[3], ["hidden"])],
)
def test_what_a_setting_puts_before_a_path_hides_no_handler(operation: str, answered: list[str]) -> None:
    ways = Ways(mounted([LISTED, SHOWN, PRIVATE], NAMES))
    assert [one.symbol for one in ways.of(operation)] == answered


@pytest.mark.parametrize(
    ("routes", "names"),
    [
        ([LISTED], ("GET /items", "GET /admin/items")),
        ([LISTED], ("GET /shops/{id}/items",)),
        ([LISTED, Route("/items", ("GET",), AT, "others")], ("GET /admin/items",)),
        ([Route("/", ("GET",), AT, "home")], ("GET /admin/items",)),
    ],
)
def test_what_may_be_answered_by_another_is_nobodys(routes: list[Route], names: tuple[str, ...]) -> None:
    assert Ways(mounted(routes, names)).of(names[-1]) == []
