"""The formula's promises, for any numbers."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from seatrial.app.rescue.priority import LEAST_HOURS, Weights, priority

COUNT = st.integers(0, 10_000)
WEIGHTS = st.builds(
    Weights,
    changes=COUNT,
    complexity=COUNT,
    importers=COUNT,
    ways_in=COUNT,
    findings=COUNT,
    duplicated=COUNT,
    severity=st.floats(0, 1000),
    hours=st.floats(0, 1000),
    has_history=st.booleans(),
)
COUNTED = ("changes", "complexity", "importers", "ways_in", "findings", "duplicated", "severity")


@dataclass(frozen=True)
class Factor:
    """What one factor multiplies a priority by."""

    name: str
    value: float
    times: float


@given(WEIGHTS)
def test_it_is_a_number_from_zero_up(weights: Weights) -> None:
    assert 0 <= priority(weights) < math.inf


@pytest.mark.parametrize("name", COUNTED)
@given(weights=WEIGHTS, more=st.integers(1, 1000))
def test_more_of_what_speaks_for_a_card_never_lowers_it(name: str, weights: Weights, more: int) -> None:
    assert priority(replace(weights, **{name: getattr(weights, name) + more})) >= priority(weights)


@given(weights=WEIGHTS, more=st.floats(0, 1000))
def test_more_effort_never_raises_it(weights: Weights, more: float) -> None:
    assert priority(replace(weights, hours=weights.hours + more)) <= priority(weights)


@given(WEIGHTS)
def test_nothing_wrong_is_worth_nothing(weights: Weights) -> None:
    assert priority(replace(weights, severity=0)) == 0


@given(weights=WEIGHTS, hours=st.floats(LEAST_HOURS, 500))
def test_twice_the_effort_is_half_the_priority(weights: Weights, hours: float) -> None:
    once, twice = (priority(replace(weights, hours=hours * times)) for times in (1, 2))
    assert twice == pytest.approx(once / 2)


@given(WEIGHTS)
def test_where_there_is_history_only_changes_and_complexity_make_interest(weights: Weights) -> None:
    told = replace(weights, has_history=True)
    assert priority(told) == priority(replace(told, findings=0, duplicated=0))


@pytest.mark.parametrize(
    "factor",
    [
        Factor("changes", 2, 2),  # L(2) = 2
        Factor("complexity", 14, 4),  # L(14) = 4
        Factor("importers", 6, 3),
        Factor("ways_in", 3, 3),  # each counts twice
        Factor("severity", 4, 4),
        Factor("hours", 2, 0.5),
    ],
    ids=lambda factor: factor.name,
)
def test_each_factor_is_as_the_table_says(factor: Factor) -> None:
    plain = Weights(severity=1)
    assert priority(plain) == 1
    assert priority(replace(plain, **{factor.name: factor.value})) == pytest.approx(factor.times)
