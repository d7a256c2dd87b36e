"""Comments in the source that accept a finding."""

import pytest

from seatrial.decisions.suppressions import parse
from seatrial.model.decision import Suppression
from seatrial.model.facts import Comment

RULES = ("query-in-loop", "lost-update", "unbounded-query")


def said(text: str, *, own_line: bool = False) -> Suppression:
    (one,) = parse("a.py", [Comment(3, text, own_line)], RULES)
    return one


@pytest.mark.parametrize(
    "text",
    [
        "# seatrial: allow[query-in-loop, lost-update] because nine rows",
        "#seatrial:allow[ query-in-loop ,lost-update ]because nine  rows",
        "// seatrial: allow[query-in-loop,lost-update] because: nine rows",
        "/* Seatrial: Allow[query-in-loop, lost-update] Because nine rows */",
        "seatrial: allow[query-in-loop, lost-update] because nine rows",
        "# noqa: E501  # seatrial: allow[query-in-loop, lost-update] because nine rows",
        "# seatrial allow[query-in-loop, lost-update] because nine rows",
    ],
)
def test_rules_and_reason_are_read_in_any_spelling(text: str) -> None:
    assert said(text) == Suppression("a.py", 3, 3, ("query-in-loop", "lost-update"), "nine rows")


@pytest.mark.parametrize("rest", ["", " nine rows", " because", " because  ", ": nine rows", " becausenine"])
def test_only_words_after_because_are_a_reason(rest: str) -> None:
    one = said(f"# seatrial: allow[lost-update]{rest}")
    assert (one.rules, one.reason) == (("lost-update",), "")


@pytest.mark.parametrize(
    "text",
    ["seatrial: allow lost-update because x", "seatrial: allow[lost-update because x", "seatrial: ignore", "seatrial:"],
)
def test_what_cannot_be_understood_is_told_with_the_right_form(text: str) -> None:
    one = said(f"# {text}")
    assert one.rules == ()
    assert "seatrial: allow[rule] because reason" in one.problem


def test_empty_brackets_are_told() -> None:
    assert "names no rule" in said("# seatrial: allow[] because x").problem


def test_an_unknown_rule_is_told_with_the_nearest_and_the_others_still_count() -> None:
    one = said("# seatrial: allow[query-in-lop, lost-update, zzz] because x")
    assert one.rules == ("lost-update",)
    assert "no rule `query-in-lop`, did you mean `query-in-loop`?" in one.problem
    assert "no rule `zzz`; `seatrial rules` lists them" in one.problem


def test_other_comments_are_not_ours() -> None:
    assert (
        parse(
            "a.py", [Comment(1, "# noqa: E501", own_line=False), Comment(2, "# see seatrial: x", own_line=True)], RULES
        )
        == ()
    )


def test_a_comment_that_cites_a_decision_is_none_and_is_reached_past() -> None:
    cited = Comment(4, "# seatrial: decided D-20261122-x because so", True)  # noqa: FBT003 - as the front end makes it
    allowed = Comment(3, "# seatrial: allow[lost-update] because so", True)  # noqa: FBT003 - as above
    assert [s.target for s in parse("a.py", [allowed, cited], RULES)] == [5]


def test_a_comment_on_its_own_line_speaks_of_the_next_line() -> None:
    assert said("# seatrial: allow[lost-update] because x", own_line=True).target == 4


def test_comments_on_their_own_lines_stack() -> None:
    stack = [Comment(n, "# seatrial: allow[lost-update] because x", own_line=True) for n in (3, 4)]
    assert [s.target for s in parse("a.py", stack, RULES)] == [5, 5]


def test_it_reaches_past_blank_lines_and_other_comments_to_the_code() -> None:
    lines = ["# seatrial: allow[lost-update] because x", "", "    # a note", "total = 1"]
    (one,) = parse("a.py", [Comment(1, lines[0], own_line=True)], RULES, lines)
    assert one.target == 4
