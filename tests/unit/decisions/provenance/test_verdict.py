from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.decisions.provenance.commits import Claim
from seatrial.decisions.provenance.verdict import verdict, whole
from seatrial.model.provenance import Mark, Origin
from seatrial.model.provenance import Origin as Who

LINES = st.dictionaries(st.sampled_from(list(Origin)), st.integers(0, 9))


def claim(origin: Origin, tool: str = "", model: str = "") -> Claim:
    return Claim(origin, tool, model, Mark("trailer", "c", f"{origin} {tool}"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ({}, Who.UNKNOWN),
        ({Who.AI: 3}, Who.AI),
        ({Who.AI: 3, Who.HUMAN_ATTESTED: 0}, Who.AI),
        ({Who.AI: 3, Who.UNKNOWN: 1}, Who.MIXED),
        ({Who.AI: 1, Who.HUMAN_OBSERVED: 9}, Who.MIXED),
        ({Who.MIXED: 1}, Who.MIXED),
        ({Who.HUMAN_OBSERVED: 9, Who.UNKNOWN: 1}, Who.UNKNOWN),
        ({Who.HUMAN_ATTESTED: 9, Who.HUMAN_OBSERVED: 1}, Who.HUMAN_OBSERVED),
        ({Who.HUMAN_ATTESTED: 9, Who.BOT: 1}, Who.BOT),
        ({Who.HUMAN_ATTESTED: 9}, Who.HUMAN_ATTESTED),
    ],
)
def test_lines_come_to_an_origin(lines: Mapping[Origin, int], expected: Origin) -> None:
    assert whole(lines) is expected


@given(LINES)
def test_a_human_is_shown_only_where_every_line_has_one(lines: dict[Origin, int]) -> None:
    if whole(lines) in {Who.HUMAN_OBSERVED, Who.HUMAN_ATTESTED}:
        assert {one for one, count in lines.items() if count} <= {Who.HUMAN_OBSERVED, Who.HUMAN_ATTESTED}


@given(LINES, st.sampled_from([Who.AI, Who.UNKNOWN]))
def test_more_lines_of_a_model_or_of_nobody_never_make_a_human(lines: dict[Origin, int], more: Origin) -> None:
    assert whole({**lines, more: 1}) not in {Who.HUMAN_OBSERVED, Who.HUMAN_ATTESTED}


def test_a_symbol_has_the_tools_models_and_marks_of_its_lines_each_once() -> None:
    claims = {1: (claim(Who.AI, "b", "m"),), 2: (claim(Who.AI, "a"), claim(Who.AI, "b", "m"))}
    found = verdict("a.py", "f", [1, 1, 2, 0], claims)
    assert found.lines == {Who.AI: 3, Who.UNKNOWN: 1}
    assert (found.origin, found.tools, found.models, len(found.marks)) == (Who.MIXED, ("a", "b"), ("m",), 2)


def test_what_is_declared_speaks_only_of_lines_without_a_mark() -> None:
    found = verdict("a.py", "f", [1, 0], {1: (claim(Who.AI),)}, [claim(Who.HUMAN_ATTESTED)])
    assert found.lines == {Who.AI: 1, Who.HUMAN_ATTESTED: 1}
    assert found.origin is Who.MIXED
