"""What only a trial found is told with the words of its rule, or of its own."""

import pytest

from build import finding
from seatrial import registry
from seatrial.app.worded import ALONE, worded


def test_a_fault_that_a_rule_should_have_found_has_the_words_of_its_page() -> None:
    told = worded(finding("missing-index", why="", mend=""))
    assert told.why.startswith("The database reads the whole table for each such request")
    assert told.mend.startswith("Declare an index")


@pytest.mark.parametrize("name", ALONE)
def test_a_fault_that_no_rule_looks_for_has_words_of_its_own(name: str) -> None:
    assert name not in registry.rule_ids()
    told = worded(finding(name, why="", mend=""))
    assert told.why.endswith(".")
    assert told.mend.endswith(".")
