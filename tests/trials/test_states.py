"""Rows in states that the program names and none of its own rows is in: closed tickets, of which none was closed."""

from collections.abc import Callable

from seatrial.model.evidence import Outcome
from seatrial.trials import edge, growth, race
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

FAULTY, SOUND = "reopen,like,per-row", ""
REOPEN, LIKE = "POST /tickets/{ticket_id}/reopen", "POST /tickets/{ticket_id}/like"


def rows(bench: Bench) -> list[tuple[object, ...]]:
    assert bench.database is not None
    bench.restore()
    return [(one["id"], one["status"], one["urgent"]) for one in bench.database.rows("tickets")]


def proven(claims: list[Claim]) -> list[str]:
    return [claim.operation for claim in claims if claim.outcome is Outcome.PROVEN]


def test_there_is_a_row_in_every_state_that_the_schema_names(docket: Callable[[str], Bench]) -> None:
    made = rows(docket(SOUND))
    assert [state for _, *state in made] == [["open", 0]] * 4 + [["open", 1], ["closed", 0]]
    assert docket(SOUND).filling.copies == {"tickets": {5, 6}}


def test_the_rows_that_the_program_made_come_first(docket: Callable[[str], Bench]) -> None:
    bench = docket(SOUND)
    calls = [bench.filling.call(bench.operation(name), bench.cast.alice) for name in (REOPEN, LIKE)]
    bench.filling.stage = "race"
    assert [call.path for call in calls] == ["/tickets/4/reopen", "/tickets/4/like"]
    found = bench.filling.accepted(bench.operation(REOPEN), bench.cast.alice)
    assert found is not None
    assert found.path == "/tickets/6/reopen"


def test_what_needs_another_state_is_tried(docket: Callable[[str], Bench]) -> None:
    assert set(proven(list(race.claims(docket(FAULTY))))) == {LIKE, REOPEN}
    assert proven(list(race.claims(docket(SOUND)))) == []


def test_what_is_listed_in_another_state_alone_grows(docket: Callable[[str], Bench]) -> None:
    assert proven(list(growth.of_lines(docket(FAULTY)))) == ["GET /pressing"]
    assert proven(list(growth.of_lines(docket(SOUND)))) == []


def test_a_state_that_only_the_program_reaches_proves_no_failure(docket: Callable[[str], Bench]) -> None:
    bench = docket(SOUND)
    bench.filling.stage = "edge"
    bench.restore()
    archive = bench.filling.call(bench.operation("POST /archive"), bench.cast.alice)
    assert bench.application.call(archive).status == 500
    assert proven(list(edge.claims(bench))) == []


def test_where_a_list_fails_there_are_none(docket: Callable[[str], Bench]) -> None:
    assert [state for _, *state in rows(docket("lists"))] == [["open", 0]] * 4
    assert docket("lists").filling.copies == {}
