"""Rows that nothing hangs on yet are there at the end: what may be done once for each can be done in every trial."""

from collections.abc import Callable

from seatrial.sandbox import Column, Foreign, Table
from seatrial.trials.api import Api
from seatrial.trials.bench import Bench
from seatrial.trials.fresh import fresh

KEY = (Column(name="id", kind="integer", nullable=False, primary=True, defaulted=False),)
TABLES = [
    Table("books", KEY, (), ()),
    Table("reviews", KEY, (Foreign("book_id", "books", "id"),), ()),
    Table("likes", KEY, (Foreign("review_id", "reviews", "id"),), ()),
    Table("news", KEY, (), ()),
]


def test_what_others_hang_on_is_made_again_and_last_what_hangs_on_nothing() -> None:
    names = ["likes", "news", "reviews", "books"]
    operations = Api({"paths": {f"/{name}": {"post": {}} for name in names}}).operations
    did = {f"POST /{name}": ["select 1 from books", f'INSERT INTO "{name}" values (?)'] for name in names}
    again = [one.path for one in fresh(operations, did, TABLES)]
    assert again == ["/books", "/reviews", "/books"]
    assert list(fresh(operations, {}, TABLES)) == []


def test_what_may_be_done_once_for_a_row_is_accepted_in_a_trial(ferry: Callable[[str], Bench]) -> None:
    bench = ferry("")
    for _ in range(2):
        bench.restore()
        call = bench.filling.accepted(bench.operation("POST /ratings"), bench.cast.alice)
        assert call is not None
    assert bench.refusals == {"POST /login": 401}
