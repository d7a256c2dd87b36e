"""Failures that say nothing of the program: connections that a trial ended, rows that were never set up."""

from types import SimpleNamespace
from typing import cast

from seatrial.sandbox import Answer, Call, Seen
from seatrial.sandbox.application import Raised
from seatrial.trials import edge
from seatrial.trials.api import Operation
from seatrial.trials.bench import Bench
from seatrial.trials.odd import Case

CALL = Call(method="GET", path="/notes")
NOTES = Operation("GET", "/notes", (), {}, form=False)
BENCH = cast("Bench", SimpleNamespace(operations=[NOTES] * 8, gaps=[]))
MISSING = "UndefinedError: 'None' has no attribute 'index'"


def failed(text: str) -> edge.Failed | None:
    seen = Seen(500, (), (), 0.0, 1, error=Raised("OperationalError", text, "app.py:3 notes"))
    return edge._failed(NOTES, Case("q", "''", CALL), Answer(500, {}, b"", 0.0, seen), ())


def test_a_connection_that_a_restore_ended_is_no_failure() -> None:
    assert failed("(psycopg2.OperationalError) server closed the connection unexpectedly") is None
    assert failed("no such column: q") is not None


def usual(operation: str, error: str, name: str = "the request") -> edge.Failed:
    return edge.Failed(operation, name, "as usual", 500, error, "base.html:3 nav", (), CALL)


def test_what_fails_everywhere_on_nothing_was_not_set_up() -> None:
    everywhere = [usual(f"GET /{number}", MISSING) for number in range(3)]
    assert edge._is_not_set_up(BENCH, everywhere)
    assert not edge._is_not_set_up(BENCH, everywhere[:2])
    assert not edge._is_not_set_up(BENCH, [usual(one.operation, "RuntimeError: no context") for one in everywhere])
    assert not edge._is_not_set_up(BENCH, [usual(one.operation, MISSING, "q") for one in everywhere])
