"""What hangs on somebody's rows is theirs as well, where others are refused those rows."""

from collections.abc import Callable

from seatrial.model.evidence import Outcome
from seatrial.trials import access
from seatrial.trials.bench import Bench


def seen(bench: Bench) -> dict[tuple[str, str], Outcome]:
    return {(one.operation, one.rules[0]): one.outcome for one in access.claims(bench)}


def test_what_hangs_on_another_s_row_is_not_shown_and_not_removed(ferry: Callable[[str], Bench]) -> None:
    faulty, sound = seen(ferry("legs")), seen(ferry(""))
    names = [("GET /legs/{leg_id}", "unchecked-owner"), ("DELETE /legs/{leg_id}", "unchecked-owner")]
    assert [faulty[name] for name in names] == [Outcome.PROVEN, Outcome.PROVEN]
    assert [sound[name] for name in names] == [Outcome.CLEARED, Outcome.CLEARED]
    assert Outcome.PROVEN not in sound.values()
    assert [name for name, outcome in faulty.items() if outcome is Outcome.PROVEN and name not in names] == []
