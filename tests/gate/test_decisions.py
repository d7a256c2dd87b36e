"""What the gate says of decision records, whatever they hold: less never opens it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from build import verdict
from seatrial.gate.decisions import in_force, judge, notes, with_decisions
from seatrial.model.decided import Citation, Decided, Doubt, DoubtKind, Sighting
from seatrial.model.finding import Severity
from seatrial.model.record import Enforcement, Match, Record, Rejected, Rule, RuleKind, Status

IDS = [f"D-2026112{n}-x" for n in range(3)]
PATHS = ["a.py", "b.py"]
REJECTED = Rejected(option="It", because="so", match=Match(imports=("it",)), revisit_when="never")
RULE = Rule(id="r", kind=RuleKind.PATTERN_FORBIDDEN, pattern="x")


def record(name: str, **fields: Any) -> Record:
    known = {
        "path": f"docs/decisions/{name}.md",
        "id": name,
        "title": name,
        "status": Status.ACCEPTED,
        "plain": False,
        "text": "",
        "body_hash": "h",
        "rejected": (REJECTED,),
        "rules": (RULE,),
    }
    return Record(**(known | fields))


SEEN = Sighting(IDS[0], "rejected.0", "a.py", 3, "imports it")
HELD = Decided(now=(record(IDS[0]),), before=(record(IDS[0]),), sightings=(SEEN,))

records = st.builds(
    record,
    st.sampled_from(IDS),
    status=st.sampled_from(Status),
    body_hash=st.sampled_from("hi"),
    enforcement=st.sampled_from(Enforcement),
    supersedes=st.lists(st.sampled_from(IDS), max_size=1).map(tuple),
)
unique = st.lists(records, max_size=3, unique_by=lambda one: one.id).map(tuple)
sightings = st.builds(
    Sighting,
    st.sampled_from(IDS),
    st.sampled_from(["rejected.0", "rules.0"]),
    st.sampled_from(PATHS),
    st.just(1),
    st.just("x"),
)
citations = st.builds(
    Citation,
    st.sampled_from(IDS),
    st.sampled_from(["", "so"]),
    path=st.sampled_from(["", *PATHS]),
    commit=st.sampled_from(["", "abc"]),
)
doubts = st.builds(Doubt, st.sampled_from(IDS), st.sampled_from(DoubtKind), st.just("is"), st.just("do"))
cases = st.builds(
    Decided,
    now=unique,
    before=st.none() | unique,
    sightings=st.lists(sightings, max_size=3).map(tuple),
    citations=st.lists(citations, max_size=2).map(tuple),
    doubts=st.lists(doubts, max_size=2).map(tuple),
    signed=st.lists(st.sampled_from([f"{name}@{hash_}" for name in IDS for hash_ in "hi"]), max_size=3).map(tuple),
    mandate=st.booleans(),
)


@given(cases, sightings)
def test_one_more_sighting_never_opens_it(one: Decided, more: Sighting) -> None:
    assert not judge(one) or judge(replace(one, sightings=(*one.sightings, more)))


@given(cases, doubts)
def test_one_more_doubt_never_opens_it(one: Decided, more: Doubt) -> None:
    assert set(judge(one)) <= set(judge(replace(one, doubts=(*one.doubts, more))))


@given(cases)
def test_without_its_signatures_it_is_no_more_open(one: Decided) -> None:
    asked = replace(one, mandate=True)
    fresh = replace(asked, signed=())
    assert judge(fresh) or not [
        r for r in judge(asked) if "another text" not in r.what and "something else" not in r.what
    ]


@given(cases)
def test_to_ask_for_signatures_never_opens_it(one: Decided) -> None:
    assert not judge(replace(one, mandate=False)) or judge(replace(one, mandate=True))


@given(cases, st.sampled_from(IDS))
def test_to_drop_an_accepted_record_never_opens_it(one: Decided, name: str) -> None:
    kept = [r for r in one.before or () if r.id == name and r.status is Status.ACCEPTED and not r.plain]
    if kept:
        assert judge(replace(one, now=tuple(r for r in one.now if r.id != name)))


@given(cases)
def test_the_order_of_what_is_known_does_not_matter(one: Decided) -> None:
    turned = replace(one, now=one.now[::-1], sightings=one.sightings[::-1], citations=one.citations[::-1])
    assert [(r.path, r.rule) for r in judge(one)] == [(r.path, r.rule) for r in judge(turned)]


@given(cases)
def test_every_reason_says_the_way_to_green(one: Decided) -> None:
    assert all(reason.what and reason.way_to_green and reason.rule.startswith("D-") for reason in judge(one))


@given(cases)
def test_no_reason_is_ever_taken_away(one: Decided) -> None:
    before = verdict()
    after = with_decisions(before, one)
    assert set(before.reasons) <= set(after.reasons)
    assert after.open == (not judge(one))


def test_what_was_rejected_is_stopped_with_its_reason_and_the_ways_on() -> None:
    (reason,) = judge(HELD)
    assert (reason.path, reason.line, reason.rule) == ("a.py", 3, IDS[0])
    assert "rejected “It” because so" in reason.what
    assert f"Decision: {IDS[0]}" in reason.way_to_green
    assert "Is it true now: never?" in reason.way_to_green


def test_a_commit_cites_for_the_whole_change_and_a_comment_for_its_line() -> None:
    assert judge(replace(HELD, citations=(Citation(IDS[0], "", commit="abc"),))) == ()
    assert judge(replace(HELD, citations=(Citation(IDS[0], "so", path="a.py", speaks_for=3),))) == ()
    assert judge(replace(HELD, citations=(Citation(IDS[0], "so", path="a.py", speaks_for=4),)))
    assert judge(replace(HELD, citations=(Citation(IDS[0], "so", path="b.py", speaks_for=3),)))
    assert judge(replace(HELD, citations=(Citation(IDS[0], "", path="a.py", speaks_for=3),)))


def test_what_a_file_lacks_is_cited_anywhere_in_it() -> None:
    lack = replace(RULE, kind=RuleKind.PATTERN_REQUIRED, pattern="x", imports=())
    held = Decided(now=(record(IDS[0], rules=(lack,)),), sightings=(replace(SEEN, clause="rules.0", line=1),))
    assert judge(held)
    assert judge(replace(held, citations=(Citation(IDS[0], "so", path="a.py", line=9, speaks_for=10),))) == ()


def test_a_milder_rule_shuts_nothing() -> None:
    mild = record(IDS[0], rules=(replace(RULE, severity=Severity.NOTE),))
    seen = replace(SEEN, clause="rules.0")
    assert judge(Decided(now=(mild,), sightings=(seen,))) == ()
    assert judge(Decided(now=(mild,), sightings=(seen,)), Severity.NOTE)


def test_what_is_only_shown_is_a_note() -> None:
    shown = record(IDS[0], enforcement=Enforcement.SURFACE)
    told = Decided(now=(shown,), sightings=(SEEN,))
    assert judge(told) == ()
    assert "rejected “It”" in notes(told)[0]


def test_a_superseding_record_counts_when_it_is_signed() -> None:
    new = record(IDS[1], supersedes=(IDS[0],), rejected=())
    old = record(IDS[0], status=Status.SUPERSEDED, superseded_by=IDS[1])
    after = replace(HELD, now=(old, new))
    assert judge(after) == ()
    asked = replace(after, mandate=True, signed=(f"{IDS[0]}@h",))
    assert IDS[0] in in_force(asked)
    assert judge(replace(asked, signed=(*asked.signed, f"{IDS[1]}@h"))) == ()
