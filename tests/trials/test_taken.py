"""What is there already is refused by a sound program; one that leaves it to the database fails."""

from collections.abc import Callable

from seatrial.trials import taken
from seatrial.trials.bench import Bench


def test_what_is_there_already_makes_no_sound_program_fail(ferry: Callable[[str], Bench]) -> None:
    told = {one.operation: one for one in taken.claims(ferry("again,title"))}
    assert set(told) == {"POST /ratings", "PUT /trips/{trip_id}"}
    assert told["POST /ratings"].reason.endswith("when it is asked again")
    assert "when `title` is 'seatrial " in told["PUT /trips/{trip_id}"].reason
    assert all("UNIQUE constraint failed" in one.reason and one.lines for one in told.values())
    assert list(taken.claims(ferry(""))) == []
