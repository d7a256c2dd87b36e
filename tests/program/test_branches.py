"""Branches: what of a function does not run in one of its calls."""

import pytest

from seatrial.program.branches import is_left_out
from seatrial.testing import program_of

SOURCE = """
def rows(paths=None, light=True, user=None):
    if paths is None:
        read()
    if light or not user:
        return
    count(user)

def caller(given):
    {call}
"""


def left_out(call: str, name: str) -> bool:
    """Whether a call of `rows` leaves out the call of a function."""
    program = program_of({"shop/rows.py": SOURCE.format(call=call)})
    rows, caller = (next(f for f in program.functions if f.symbol == symbol) for symbol in ("rows", "caller"))
    inner = next(at for at in rows.calls if getattr(rows.values[at], "callee", "").endswith(name))
    return is_left_out(rows, inner, caller, caller.calls[-1])


@pytest.mark.parametrize(
    ("call", "left"),
    [
        ("rows()", {"count"}),
        ("rows(given)", {"read", "count"}),
        ("rows(None, False, given)", set()),
        ("rows(paths=given, light=given, user=None)", {"read", "count"}),
        ("rows(*given)", set()),
        ("rows(**given)", set()),
    ],
)
def test_knows_branches_by_what_a_call_gives(call: str, left: set[str]) -> None:
    assert {name for name in ("read", "count") if left_out(call, name)} == left
