"""Why no trial spoke of a finding: the truest reason that is known."""

import math
from collections.abc import Callable

from build import finding
from seatrial.model.finding import Place
from seatrial.model.route import Lead, Route
from seatrial.trials import race
from seatrial.trials.bench import Bench
from seatrial.trials.untried import untried
from seatrial.trials.ways import Ways

SUSPECT = finding("lost-update", path="catalog.py", symbol="buy", confirmed_by="race")
WAYS = Ways(
    [Route("/products/{id}", ("POST",), Place("api.py", 1, 1), "buy")], [Lead(SUSPECT.fingerprint, "api.py", "buy")]
)


def why(bench: Bench, ways: Ways) -> str:
    (one,) = untried(bench, [SUSPECT], [], ways, {"race"}, {"race"})
    return one.reason


def test_what_had_no_time_is_not_said_to_have_run_no_code(bench: Callable[[str], Bench]) -> None:
    shop = bench("")
    assert why(shop, WAYS) == "none of the requests that were made up ran its code"
    shop.filling.stage, shop.until = "race", -math.inf
    try:
        assert list(race.claims(shop)) == []
        writing = [one for one in shop.operations if one.writes]
        own = next(one for one in writing if "{" in one.path)
        route = Route(own.path, (own.method,), Place("api.py", 1, 1), "buy")
        assert why(shop, Ways([route], WAYS.leads)) == f"the time was used up before {own.name} was tried"
        assert "that there was time for ran its code" in why(shop, Ways([], ()))
    finally:
        shop.until = math.inf
        shop.left.clear()
        shop.late.clear()


def test_what_was_asked_and_showed_nothing_is_not_said_to_have_run_no_code(bench: Callable[[str], Bench]) -> None:
    shop = bench("")
    own = next(one for one in shop.operations if one.name not in shop.refusals)
    route = Route(own.path, (own.method,), Place("api.py", 1, 1), "buy")
    assert why(shop, Ways([route], WAYS.leads)) == f"no request of {own.name} that was made showed it"
