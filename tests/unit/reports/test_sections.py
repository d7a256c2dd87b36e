"""What is shown, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from build import finding, report, trial, verdict
from seatrial.model.evidence import Outcome
from seatrial.model.finding import Severity
from seatrial.reports import _sections

many = st.lists(
    st.builds(
        lambda rule, line, sure, severity: finding(rule, line=line, confidence=sure, severity=severity),
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 50),
        st.floats(0, 1),
        st.sampled_from(Severity),
    ),
    unique=True,
)


@given(many, st.integers(0, 12))
def test_the_few_and_the_rest_are_all_and_in_order(found: list, limit: int) -> None:
    ranked = _sections.against(report(verdict(*found)))
    few, rest = _sections.chosen(ranked, limit)
    assert sorted(few + rest) == sorted(ranked)
    assert len(few) == min(limit, len(ranked))
    assert _sections.ranked(few) == few
    assert _sections.ranked(rest) == rest


def test_severity_confidence_and_weight_decide() -> None:
    bad, unsure, light, mild = (
        finding(line=4),
        finding(line=3, confidence=0.8),
        finding(line=2, weight=0.5),
        finding(line=1, severity=Severity.WARNING),
    )
    ranked = _sections.against(report(verdict(mild, light, unsure, bad)))
    assert [j.finding for j in ranked] == [bad, unsure, light, mild]


def test_what_was_proven_comes_before_what_is_suspected() -> None:
    suspected, proven = finding(line=1), finding(line=2, confidence=0.6)
    judged = verdict(suspected, proven, evidence=(trial(proven, Outcome.PROVEN),))
    assert _sections.against(report(judged))[0].finding == proven
