"""What the gate says in plain cases."""

from datetime import timedelta

import pytest

from build import TODAY, accepted, comment, finding, gap, trial, verdict
from seatrial.gate import WITHOUT_REASON
from seatrial.model.decision import Kind, Suppression
from seatrial.model.evidence import Outcome
from seatrial.model.finding import Severity
from seatrial.model.policy import Policy
from seatrial.model.verdict import State, Verdict


def states(judged: Verdict) -> list[State]:
    return [one.state for one in judged.judged]


def test_nothing_found_opens_it() -> None:
    assert verdict().open


def test_a_new_finding_shuts_it_and_says_the_cheapest_way_to_green() -> None:
    (reason,) = verdict(finding()).reasons
    assert reason.fingerprint == finding().fingerprint
    assert "mend shop/orders.py:41" in reason.way_to_green
    assert "seatrial: allow[query-in-loop] because" in reason.way_to_green


@pytest.mark.parametrize(
    ("severity", "fail_on", "is_open"),
    [
        (Severity.ERROR, Severity.ERROR, False),
        (Severity.WARNING, Severity.ERROR, True),
        (Severity.WARNING, Severity.WARNING, False),
        (Severity.NOTE, Severity.WARNING, True),
        (Severity.NOTE, Severity.NOTE, False),
    ],
)
def test_the_policy_says_which_severity_shuts_it(severity: Severity, fail_on: Severity, is_open: bool) -> None:  # noqa: FBT001 -- a table
    judged = verdict(finding(severity=severity), policy=Policy(fail_on=fail_on))
    assert judged.open is is_open
    assert states(judged) == [State.NEW]


@pytest.mark.parametrize(
    ("rule", "confidence", "is_open"),
    [("query-in-loop", 0.84, True), ("query-in-loop", 0.85, False), ("bandit/B608", 0.7, False)],
)
def test_what_is_not_sure_is_told_and_shuts_nothing(rule: str, confidence: float, is_open: bool) -> None:  # noqa: FBT001 -- a table
    judged = verdict(finding(rule=rule, confidence=confidence))
    assert judged.open is is_open
    assert states(judged) == [State.NEW]
    assert any("shut nothing" in notice for notice in judged.notices) is is_open


def test_what_needs_evidence_needs_it_however_unsure() -> None:
    judged = verdict(finding(confidence=0.7), policy=Policy(require_evidence=("query-in-loop",)))
    assert not judged.open
    assert not judged.notices


def test_a_baseline_entry_makes_a_finding_known() -> None:
    judged = verdict(finding(), decisions=(accepted(finding()),))
    assert judged.open
    assert states(judged) == [State.KNOWN]


@pytest.mark.parametrize("kind", list(Kind))
def test_changed_code_voids_what_was_decided(kind: Kind) -> None:
    judged = verdict(finding(digest="after"), decisions=(accepted(finding(digest="before"), kind),))
    assert not judged.open
    assert states(judged) == [State.LAPSED]
    assert "changed" in judged.reasons[0].what


def test_a_decision_ends_after_its_last_day() -> None:
    one = finding()
    last_day = accepted(one, Kind.SUPPRESSION, "until the move", TODAY)
    day_after = accepted(one, Kind.SUPPRESSION, "until the move", TODAY - timedelta(days=1))
    assert states(verdict(one, decisions=(last_day,))) == [State.SUPPRESSED]
    assert states(verdict(one, decisions=(day_after,))) == [State.LAPSED]


def test_decisions_with_and_without_an_end_can_stand_side_by_side() -> None:
    one = finding()
    assert verdict(one, decisions=(accepted(one), accepted(one, expires=TODAY))).open


def test_a_comment_with_a_reason_silences_and_is_quoted() -> None:
    judged = verdict(finding(), comments=(comment(finding(), "nine rows"),))
    assert judged.open
    assert [(j.state, j.justification) for j in judged.judged] == [(State.SUPPRESSED, "nine rows")]
    assert judged.unused == ()


def test_a_comment_without_a_reason_silences_nothing_and_is_a_reason_itself() -> None:
    judged = verdict(finding(), comments=(comment(finding(), ""),))
    assert states(judged) == [State.NEW]
    assert [r.rule for r in judged.reasons] == ["query-in-loop", WITHOUT_REASON]
    assert "because" in judged.reasons[1].way_to_green


def test_a_comment_speaks_of_its_rule_its_file_and_its_line_alone() -> None:
    others = (finding("request-in-loop"), finding(path="shop/other.py"), finding(line=42))
    judged = verdict(*others, comments=(comment(finding()),))
    assert states(judged) == [State.NEW] * 3
    (unused,) = judged.unused
    assert unused.problem == "silences nothing on line 41; `query-in-loop` is found on line 42: put it there"


def test_a_comment_with_nothing_near_is_to_be_deleted() -> None:
    (unused,) = verdict(finding(line=80), comments=(comment(finding()),)).unused
    assert unused.problem == "silences nothing on line 41: delete it"


def test_a_comment_in_a_long_statement_speaks_of_the_smallest_finding_around_it() -> None:
    wide, narrow = finding(line=10, end_line=30, key="wide"), finding(line=20, end_line=22, key="narrow")
    inside = Suppression("shop/orders.py", 21, 21, ("query-in-loop",), "nine rows")
    judged = verdict(wide, narrow, comments=(inside,))
    assert {j.finding: j.state for j in judged.judged} == {wide: State.NEW, narrow: State.SUPPRESSED}


def test_a_comment_that_cannot_be_understood_is_told() -> None:
    broken = Suppression("shop/orders.py", 41, 41, (), "", "cannot be understood")
    assert verdict(comments=(broken,)).unused == (broken,)


def test_the_policy_may_forbid_comments_for_a_rule() -> None:
    judged = verdict(finding(), comments=(comment(finding()),), policy=Policy(suppressible=("request-in-loop",)))
    assert states(judged) == [State.NEW]
    assert "no comment" in judged.reasons[0].way_to_green
    assert "lets no comment silence `query-in-loop`" in judged.unused[0].problem


def test_one_entry_excuses_one_of_two_findings_alike() -> None:
    twins = (finding(message="a", digest="d"), finding(message="b", digest="d"))
    assert states(verdict(*twins, decisions=(accepted(twins[0]),))) == [State.KNOWN, State.NEW]


def test_a_comment_does_not_free_an_entry_for_another_finding() -> None:
    first, second = finding(line=41, digest="d", fingerprint="f"), finding(line=50, digest="d", fingerprint="f")
    judged = verdict(first, second, decisions=(accepted(first),), comments=(comment(first),))
    assert states(judged) == [State.SUPPRESSED, State.NEW]


def test_entries_that_match_nothing_are_told() -> None:
    assert verdict(decisions=(accepted(finding()),)).stale == (finding().fingerprint,)


def test_a_trial_clears_only_the_code_that_ran() -> None:
    assert states(verdict(finding(), evidence=(trial(finding()),))) == [State.CLEARED]
    assert states(verdict(finding(), evidence=(trial(finding(), digest="before"),))) == [State.NEW]


@pytest.mark.parametrize("outcome", [Outcome.PROVEN, Outcome.INCONCLUSIVE, Outcome.NOT_TRIED])
def test_only_clearing_clears(outcome: Outcome) -> None:
    assert not verdict(finding(), evidence=(trial(finding(), outcome),)).open


def test_proof_outweighs_clearing() -> None:
    both = (trial(finding()), trial(finding(), Outcome.PROVEN, trial="race"))
    assert states(verdict(finding(), evidence=both)) == [State.NEW]


def test_the_policy_may_ask_for_a_trial_however_a_finding_was_accepted() -> None:
    policy = Policy(require_evidence=("query-in-loop",))
    decisions = (accepted(finding()),)
    assert "trial" in verdict(finding(), decisions=decisions, policy=policy).reasons[0].what
    assert verdict(finding(), decisions=decisions, evidence=(trial(finding()),), policy=policy).open


def test_gaps_beyond_what_is_forgiven_shut_it() -> None:
    judged = verdict(gaps=(gap(), gap("b.py")), policy=Policy(gaps_forgiven=1))
    assert "gaps-forgiven = 2" in judged.reasons[0].way_to_green
    assert verdict(gaps=(gap(),), policy=Policy(gaps_forgiven=1)).open
