"""Failures that say nothing of the program: connections that a trial ended, rows that were never set up."""

from types import SimpleNamespace
from typing import cast

import msgspec

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


def test_a_service_that_is_not_here_is_no_failure_whatever_a_library_calls_it() -> None:
    assert failed("Error while fetching server API version: ConnectionRefusedError(111)") is None
    assert failed("[Errno 111] away") is None
    assert failed("the card was refused") is not None


def test_a_file_that_may_not_be_written_here_proves_nothing() -> None:
    odd, plain = Case("q", "''", CALL), Case("the request", "as usual", CALL)
    held = usual("GET /notes", "PermissionError: [Errno 13] Permission denied: '/folder'")
    own = usual("GET /notes", "PermissionError: not yours")
    assert [edge._is_unprepared(case, held) for case in (odd, plain)] == [True, True]
    assert [edge._is_unprepared(case, own) for case in (odd, plain)] == [False, False]


def usual(operation: str, error: str, name: str = "the request") -> edge.Failed:
    return edge.Failed(operation, name, "as usual", 500, error, "base.html:3 nav", (), CALL)


def test_what_fails_everywhere_on_nothing_was_not_set_up() -> None:
    everywhere = [usual(f"GET /{number}", MISSING) for number in range(3)]
    assert edge._is_not_set_up(BENCH, everywhere)
    assert not edge._is_not_set_up(BENCH, everywhere[:2])
    for error in ("TypeError: name must be an instance of str, not <class 'NoneType'>", "expected str, got NoneType"):
        assert edge._is_not_set_up(BENCH, [usual(f"GET /{number}", error) for number in range(3)])
    assert not edge._is_not_set_up(BENCH, [usual(one.operation, "RuntimeError: no context") for one in everywhere])
    assert not edge._is_not_set_up(BENCH, [usual(one.operation, MISSING, "q") for one in everywhere])


def test_what_fails_as_it_is_usually_asked_is_told_of_no_value() -> None:
    failed = [usual("GET /1", MISSING), usual("GET /2", MISSING), usual("GET /3", MISSING, "q")]
    assert edge._told(failed[0]) == f"GET /1 answers 500 ({MISSING}) as it is usually asked"
    assert edge._more(failed[0], failed[1:]) == "; so it does for GET /2, `q` of GET /3"


def caught(operation: str, said: str, line: str = "base.py:51 get") -> edge.Failed:
    """What a program answers that catches all it raises: only where its code begins is known."""
    return edge.Failed(operation, "the request", "as usual", 500, "", line, (), CALL, said)


def test_failures_of_one_cause_are_one_fault() -> None:
    first = usual("GET /1", "KeyError: 'a'")
    assert edge._is_same(first, usual("GET /2", "KeyError: 'b'"))
    assert not edge._is_same(first, usual("GET /2", "TypeError: b"))
    assert edge._is_same(caught("GET /1", "no list"), caught("GET /2", "no list"))
    assert not edge._is_same(caught("GET /1", "no list"), caught("GET /2", "no name"))
    assert not edge._is_same(caught("GET /1", "no list"), caught("GET /2", "no list", "base.py:78 post"))
    assert not edge._is_same(caught("GET /1", "no list", ""), caught("GET /2", "no list", ""))


def test_what_a_program_catches_is_found_where_its_code_begins() -> None:
    operation = msgspec.structs.replace(NOTES, place="base.py:51 get")
    found = edge._failed(operation, Case("q", "''", CALL), Answer(500, {}, b"no list", 0.0), ())
    assert found is not None
    assert (found.line, found.said) == ("base.py:51 get", "no list")
