"""What holds of the gate whatever is found and decided."""

from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from build import TODAY
from seatrial.gate import judge
from seatrial.model.decision import Decision, Kind, Suppression
from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding, Place, Quality, Severity
from seatrial.model.policy import Policy
from seatrial.model.source import Gap, Stage
from seatrial.model.verdict import State, Verdict

# Few values for each field, so that findings and decisions often meet.
RULES = st.sampled_from(["query-in-loop", "lost-update"])
NAMES = st.sampled_from(["f1", "f2", "f3"])
DIGESTS = st.sampled_from(["d1", "d2"])
LINES = st.integers(1, 4)

places = st.builds(lambda line, more: Place("a.py", line, line + more), LINES, st.integers(0, 2))
findings = st.builds(
    lambda rule, severity, place, name, digest: Finding(
        rule, Quality.SCALE, severity, 0.9, "m", place, "", (), name, digest, (), (), "", "", "", 1.0
    ),
    RULES,
    st.sampled_from(Severity),
    places,
    NAMES,
    DIGESTS,
)
decisions = st.builds(
    lambda kind, name, digest, expires: Decision(kind, "query-in-loop", name, digest, "why", "ada", "a.py", 1, expires),
    st.sampled_from(Kind),
    NAMES,
    DIGESTS,
    st.sampled_from([None, TODAY, TODAY - timedelta(days=1)]),
)
comments = st.builds(
    lambda line, rules: Suppression("a.py", line, line, tuple(rules), "why"), LINES, st.lists(RULES, min_size=1)
)
trials = st.builds(
    lambda name, digest, outcome: Evidence(name, "load", outcome, digest, "", ""),
    NAMES,
    DIGESTS,
    st.sampled_from(Outcome),
)
rules = st.sampled_from([(), ("*",), ("query-in-loop",)])
policies = st.builds(
    lambda fail_on, sure, forgiven, suppressible, evidence: Policy(
        fail_on=fail_on,
        fail_confidence=sure,
        gaps_forgiven=forgiven,
        suppressible=suppressible,
        require_evidence=evidence,
    ),
    st.sampled_from(Severity),
    st.sampled_from([0.0, 0.85, 1.0]),
    st.integers(0, 2),
    rules,
    rules,
)
gaps = st.builds(lambda line: Gap("a.py", line, Stage.FACTS, "broken"), LINES)
Case = tuple[list[Finding], list[Evidence], list[Decision], list[Suppression], Policy, list[Gap], date]
cases = st.tuples(
    st.lists(findings, max_size=5),
    st.lists(trials, max_size=3),
    st.lists(decisions, max_size=4),
    st.lists(comments, max_size=3),
    policies,
    st.lists(gaps, max_size=3),
    st.just(TODAY),
)


def accepts(judged: Verdict) -> list[Finding]:
    return [j.finding for j in judged.judged if j.state not in {State.NEW, State.LAPSED}]


@given(cases, findings)
def test_one_more_finding_never_opens_it(case: Case, more: Finding) -> None:
    found, *rest = case
    assert not judge([*found, more], *rest).open or judge(found, *rest).open


@given(cases, decisions)
def test_one_decision_fewer_never_opens_it(case: Case, more: Decision) -> None:
    found, evidence, decided, *rest = case
    assert not judge(found, evidence, decided, *rest).open or judge(found, evidence, [*decided, more], *rest).open


@given(cases, comments)
def test_one_comment_fewer_never_opens_it(case: Case, more: Suppression) -> None:
    found, evidence, decided, said, *rest = case
    fewer = judge(found, evidence, decided, said, *rest)
    assert not fewer.open or judge(found, evidence, decided, [*said, more], *rest).open


@given(cases, NAMES, DIGESTS)
def test_one_clearing_trial_fewer_never_opens_it(case: Case, name: str, digest: str) -> None:
    found, evidence, *rest = case
    more = Evidence(name, "load", Outcome.CLEARED, digest, "", "")
    assert not judge(found, evidence, *rest).open or judge(found, [*evidence, more], *rest).open


@given(cases, gaps)
def test_one_more_gap_never_opens_it(case: Case, more: Gap) -> None:
    *rest, missed, today = case
    assert not judge(*rest, [*missed, more], today).open or judge(*rest, missed, today).open


@given(cases, st.randoms(use_true_random=False))
def test_order_does_not_matter(case: Case, random: Random) -> None:
    found, evidence, decided, said, policy, missed, today = case
    shuffled = [random.sample(part, len(part)) for part in (found, evidence, decided, said, missed)]
    assert judge(*shuffled[:4], policy, shuffled[4], today) == judge(*case)


@given(cases, decisions)
def test_one_record_accepts_at_most_one_finding(case: Case, more: Decision) -> None:
    found, evidence, decided, *rest = case
    before = accepts(judge(found, evidence, decided, *rest))
    after = accepts(judge(found, evidence, [*decided, more], *rest))
    assert len(after) - len(before) in {0, 1}


@given(cases)
def test_changed_code_voids_every_decision_about_it(case: Case) -> None:
    found, evidence, decided, _, *rest = case
    changed = [Finding(**{**_fields(f), "digest": f"new {f.digest}"}) for f in found]
    judged = judge(changed, evidence, decided, [], *rest)
    assert accepts(judged) == []
    assert all(j.evidence == () for j in judged.judged)


@given(cases)
def test_it_is_shut_exactly_when_there_is_a_reason_and_each_reason_says_the_way(case: Case) -> None:
    judged = judge(*case)
    policy = case[4]
    sure = [j for j in judged.judged if j.finding.confidence >= policy.fail_confidence]
    against = [j for j in sure if j.state in {State.NEW, State.LAPSED}]
    if judged.open:
        assert len(case[5]) <= policy.gaps_forgiven
        assert not [j for j in against if policy.fail_on is Severity.NOTE]
        assert not [j for j in against if j.finding.severity is Severity.ERROR]
    assert judged.open is (judged.reasons == ())
    assert all(r.what and r.way_to_green for r in judged.reasons)


@given(cases)
def test_every_finding_is_judged_once(case: Case) -> None:
    assert sorted(j.finding for j in judge(*case).judged) == sorted(case[0])


def _fields(one: Finding) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}
