"""What a request costs as its data grows is told on PostgreSQL, and why; the sound twin costs what it should."""

from collections.abc import Callable, Sequence

import pytest

from seatrial.model.curve import Curve, Prices
from seatrial.model.evidence import Outcome
from seatrial.trials import costs
from seatrial.trials.bench import Bench
from seatrial.trials.scaling import SIZES, Scaled, scaled
from seatrial.trials.statistics import growth

pytestmark = pytest.mark.slow
FAULTY, SOUND = "index,square,search,all", ""
PATIENT = 200.0
"""Seconds: a slow machine shows the same."""


@pytest.fixture(scope="module")
def grown(library: Callable[[str], Bench]) -> Callable[[str], Sequence[Scaled]]:
    """What was measured of the library with the faults named, each once."""
    made: dict[str, Sequence[Scaled]] = {}

    def measured(faults: str) -> Sequence[Scaled]:
        if faults not in made:
            made[faults] = list(scaled(library(faults), PATIENT, SIZES[:8]))
        return made[faults]

    return measured


def classes(found: Sequence[Scaled]) -> dict[str, str]:
    """The class of each operation, as rows of others grow."""
    return {one.operation: made.name for one in found if not one.shared and (made := growth(one.sizes, one.work))}


def proven(found: Sequence[Scaled]) -> list[tuple[str, str, str]]:
    claims = costs.claims(found, Prices())
    return sorted((claim.rules[0], claim.operation, claim.about) for claim in claims if claim.outcome is Outcome.PROVEN)


def test_each_operation_is_of_its_class(grown: Callable[[str], Sequence[Scaled]]) -> None:
    assert classes(grown(FAULTY)) == {
        "GET /newest": "1",
        "GET /books/{code}": "log n",
        "GET /all": "n",
        "GET /found": "n",
        "GET /books/{book_id}/loans": "n",
        "GET /shelf-marks": "n log n",
        "GET /reviewed": "n²",
    }


def test_the_index_that_is_missing_is_named_and_the_line_that_lacks_it(
    grown: Callable[[str], Sequence[Scaled]],
) -> None:
    assert proven(grown(FAULTY)) == [
        ("full-scan", "GET /found", ""),
        ("full-scan", "GET /shelf-marks", ""),
        ("missing-index", "GET /books/{book_id}/loans", "book_id"),
        ("missing-index", "GET /reviewed", "code"),
        ("unpaginated-endpoint", "GET /all", ""),
    ]
    (lacking,) = [claim for claim in costs.claims(grown(FAULTY), Prices()) if claim.about == "book_id"]
    assert lacking.lines[0].endswith(" loans")
    assert "with an index on loans (book_id)" in lacking.reason


def test_the_sound_twin_is_cleared_of_what_the_faulty_one_lacks(grown: Callable[[str], Sequence[Scaled]]) -> None:
    found = grown(SOUND)
    assert proven(found) == [("unpaginated-endpoint", "GET /all", "")]
    cleared = [claim for claim in costs.claims(found, Prices()) if claim.outcome is Outcome.CLEARED]
    assert {claim.operation for claim in cleared if claim.rules == ("missing-index",)} == {
        "GET /newest",
        "GET /books/{code}",
        "GET /books/{book_id}/loans",
        "GET /found",
        "GET /reviewed",
        "GET /shelf-marks",
    }


def test_curves_tell_what_a_terabyte_comes_to(grown: Callable[[str], Sequence[Scaled]]) -> None:
    free = Prices(million_reads=0, processor_hour=0, currency="€")
    curves = {curve.title: curve for curve in costs.curves(grown(FAULTY), free)}
    everything = curves["GET /all"]
    assert isinstance(everything, Curve)
    assert (everything.label, len(everything.series), everything.xs[:3]) == ("grows as n", 2, (10, 30, 100))
    assert any(said.startswith("At 1 TB, ") and said.endswith(": € 0") for said in everything.says)
    assert curves["GET /reviewed"].weight > everything.weight > curves["GET /newest"].weight


def test_growing_leaves_the_database_as_it_was_saved(library: Callable[[str], Bench]) -> None:
    database = library(SOUND).database
    assert database is not None
    before = database.count("books")
    list(scaled(library(SOUND), sizes=(10, 30)))
    assert database.count("books") == before
