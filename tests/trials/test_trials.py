"""Each trial proves the fault of the faulty program, and proves nothing of its sound twin."""

from collections.abc import Callable, Sequence

import pytest

from seatrial.model.evidence import Outcome
from seatrial.trials import access, edge, growth, inject, race
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

FAULTY, SOUND = "per-row,race,open,owner,inject,edge", ""


def proven(claims: Sequence[Claim]) -> Sequence[tuple[str, str]]:
    return [(claim.operation, claim.rules[0]) for claim in claims if claim.outcome is Outcome.PROVEN]


def test_growth_proves_what_runs_once_for_each_row(bench: Callable[[str], Bench]) -> None:
    (grown,) = [one for one in growth.run(bench(FAULTY)) if isinstance(one, growth.Grown)]
    assert grown.operation == "GET /orders"
    assert grown.line.endswith(" customer")
    assert grown.slope == (1.0, 1.0, 1.0)


def test_growth_clears_a_line_that_runs_as_often_for_many_rows(bench: Callable[[str], Bench]) -> None:
    claims = list(growth.of_lines(bench(SOUND)))
    assert proven(claims) == []
    assert [c for c in claims if c.outcome is Outcome.CLEARED and c.lines[0].endswith(" list_orders")]


def test_race_proves_the_lost_update_and_shows_what_was_lost(bench: Callable[[str], Bench]) -> None:
    claims = list(race.claims(bench(FAULTY)))
    assert proven(claims) == [("POST /orders", "lost-update")]
    (lost,) = [claim for claim in claims if claim.outcome is Outcome.PROVEN]
    assert any("products" in difference and "stock" in difference for difference in lost.details)


def test_race_proves_nothing_of_the_sound_twin_and_clears_nothing_on_sqlite(bench: Callable[[str], Bench]) -> None:
    claims = list(race.claims(bench(SOUND)))
    assert {claim.outcome for claim in claims} == {Outcome.INCONCLUSIVE}
    assert "POST /orders" in {claim.operation for claim in claims}


def test_access_proves_who_is_let_in_wrongly(bench: Callable[[str], Bench]) -> None:
    assert proven(list(access.claims(bench(FAULTY)))) == [
        ("PATCH /orders/{order_id}", "unchecked-owner"),
        ("DELETE /products/{product_id}", "unguarded-endpoint"),
    ]


def test_access_clears_what_refuses_the_second_user(bench: Callable[[str], Bench]) -> None:
    claims = list(access.claims(bench(SOUND)))
    assert proven(claims) == []
    cleared = [c.operation for c in claims if c.outcome is Outcome.CLEARED and c.rules == ("unchecked-owner",)]
    assert cleared == ["PATCH /orders/{order_id}"]


def test_inject_proves_what_becomes_of_a_value(bench: Callable[[str], Bench]) -> None:
    assert sorted(proven(list(inject.claims(bench(FAULTY))))) == [
        ("POST /archive", "command-injection"),
        ("POST /read", "path-traversal"),
        ("POST /search", "sql-injection"),
    ]


def test_inject_proves_nothing_of_values_that_stay_values(bench: Callable[[str], Bench]) -> None:
    assert list(inject.claims(bench(SOUND))) == []


def test_edge_finds_the_value_that_makes_the_server_fail(bench: Callable[[str], Bench]) -> None:
    failed = [one for one in edge.run(bench(FAULTY)) if one.operation == "POST /label"]
    assert [(one.name, one.line.split()[-1], one.error) for one in failed] == [
        ("name", "label", "ValueError: negative count")
    ]


def test_edge_finds_nothing_where_odd_values_are_refused(bench: Callable[[str], Bench]) -> None:
    assert [one for one in edge.run(bench(SOUND)) if one.operation == "POST /label"] == []


def test_what_writes_what_it_read_comes_first_and_what_does_the_same_last(bench: Callable[[str], Bench]) -> None:
    made = bench(SOUND)
    product, order = made.operation("POST /products"), made.operation("POST /orders")
    assert made.filling.ways["POST /products"][-1] == ("insert", "create_product")
    assert made.unlike([product, order]) == [order, product]
    assert made.unlike([product, product, order, order]) == [order, product, order, product]


@pytest.mark.parametrize("faults", [FAULTY, SOUND])
def test_the_database_is_left_as_it_was_saved(bench: Callable[[str], Bench], faults: str) -> None:
    database = bench(faults).database
    assert database is not None
    database.restore()
    before = {table.name: database.rows(table.name) for table in database.tables()}
    list(race.claims(bench(faults)))
    database.restore()
    assert {table.name: database.rows(table.name) for table in database.tables()} == before
