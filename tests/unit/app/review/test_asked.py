"""Through which lenses a unit must still be looked at."""

from seatrial.app.review.asked import lenses
from seatrial.model.mandate import CriterionInfo
from seatrial.model.standing import Standing, UnitStanding, UnitState


def _asked(known: dict[str, CriterionInfo], *missing: str) -> tuple[str, ...]:
    unit = UnitStanding(path="a.py", name="f", line=1, lines=2, state=UnitState.NEVER, missing=missing, passes=True)
    return lenses(Standing(mandate=True, units=(unit,)), known)["a.py#f"]


def test_a_criterion_is_looked_at_through_the_lenses_of_all_that_it_implies() -> None:
    known = {
        "good": CriterionInfo(implies=("sound", "fast")),
        "sound": CriterionInfo(lens="security"),
        "fast": CriterionInfo(lens="scale"),
    }
    assert _asked(known, "good") == ("scale", "security")


def test_criteria_that_imply_each_other_ask_for_no_end() -> None:
    known = {
        "one": CriterionInfo(implies=("other", "safe")),
        "other": CriterionInfo(implies=("one",)),
        "safe": CriterionInfo(lens="security"),
    }
    assert _asked(known, "one") == ("security",)
