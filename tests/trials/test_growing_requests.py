"""Time for growth goes to requests that can show it."""

import json
from collections.abc import Callable

from seatrial.sandbox import Answer
from seatrial.trials import growth
from seatrial.trials.bench import Bench


def rows(*found: object) -> Answer:
    return Answer(200, {"content-type": "application/json"}, json.dumps(found).encode(), 0.01)


def test_an_answer_that_does_not_grow_at_the_first_step_is_asked_for_no_more() -> None:
    assert growth._grows([rows(1)])
    assert growth._grows([rows(1), rows(1, 2)])
    assert growth._grows([rows([1]), rows([1, 2])])
    assert growth._grows([Answer(200, {}, b"<p>", 0.01), Answer(200, {}, b"<p>", 0.01)])
    assert not growth._grows([rows(1), rows(2)])


def test_of_what_reads_only_what_grows_is_kept_after_the_first_step(bench: Callable[[str], Bench]) -> None:
    shop = bench("")
    (one,) = [(operation.name, call) for operation, call in shop.reads()]
    asked = [one, ("GET /steady", one[1])]
    seen = {name: [rows(1), rows(1)] for name, _ in asked} | {asked[0][0]: [rows(1), rows(1, 2)]}
    assert growth._fitting(shop, asked, seen, len(growth.STEPS) - 1) == asked[:1]


def test_what_reads_is_looked_for_once_a_trial(bench: Callable[[str], Bench]) -> None:
    shop = bench("")
    assert shop.reads() is shop.reads()
