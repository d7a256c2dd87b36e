"""What a driver says of its own accord counts as no statement of the program."""

import pytest

from seatrial.sandbox.inside import recording


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("SELECT pg_advisory_unlock_all();\nCLOSE ALL;\nUNLISTEN *;\nRESET ALL;", 0),
        ("SELECT QUOTE(?)", 0),
        ("SELECT pg_advisory_unlock(7)", 1),
    ],
)
def test_statements_of_drivers_are_left_out(sql: str, count: int) -> None:
    request = recording.Request("one")
    token = recording._current.set(request)
    try:
        recording.after(recording.before(sql))
    finally:
        recording._current.reset(token)
    assert len(request.statements) == count
