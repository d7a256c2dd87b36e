"""What may follow what in a session."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from seatrial.app.questions import Circumstance, Fact, choose
from seatrial.app.review import references, steps
from seatrial.app.review.packs import Pack, Unit
from seatrial.app.review.planting import View
from seatrial.app.review.session import Judgement, Line, Prediction, Session
from seatrial.app.review.steps import ReviewError
from seatrial.app.review.store import Store
from seatrial.errors import ConfigError
from seatrial.model.signoff import Condition, Kind, Mark
from seatrial.model.symbols import Symbol

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = "def f(a):\n    if a is None:\n        raise E\n    return a\n"
VIEWS = {"a.py": View("a.py", TEXT)}
PACK = Pack((Unit(symbol=Symbol("a.py", "f", "0f", 1, 4), changed=(1, 2, 3, 4)),))
GIVEN = tuple(Prediction(f"answer {n}", (Line("a.py", n + 1),)) for n in range(3))


def session(**more: object) -> Session:
    facts = [Fact(Circumstance.SYMBOL, "a.py", "f", 1)]
    fields = {
        "id": "1",
        "reviewer": "ada",
        "pack": PACK,
        "kind": Kind.FULL,
        "criteria": ("scales", "operable"),
        "questions": choose(facts, (), "ada"),
        "opened": NOW,
        "texts": {},
    }
    return Session(**(fields | more))  # type: ignore[arg-type]  # by name


def revealed() -> Session:
    return steps.predict(session(), GIVEN, VIEWS, NOW)


def complete() -> Session:
    found = revealed()
    for criterion in found.criteria:
        found = steps.judge(found, Judgement(criterion, Mark.PASS, "read"))
    return replace(steps.rate(found, "high", "low"), seconds=100.0)


@pytest.mark.parametrize(
    "step",
    [
        lambda one: steps.judge(one, Judgement("scales", Mark.PASS, "fine")),
        lambda one: steps.conclude(one, 0, "as expected"),
        lambda one: steps.end(one, NOW),
        lambda one: steps.restate(one, 0, "it holds"),
    ],
)
def test_nothing_is_judged_before_the_prediction(step: Callable[[Session], Session]) -> None:
    with pytest.raises(ReviewError):
        step(session())


def test_a_prediction_is_committed_once() -> None:
    with pytest.raises(ReviewError, match="are committed"):
        steps.predict(revealed(), GIVEN, VIEWS, NOW)


def test_each_verdict_needs_a_reason_and_a_criterion_of_this_review() -> None:
    with pytest.raises(ReviewError, match="why `scales` is pass"):
        steps.judge(revealed(), Judgement("scales", Mark.PASS, "  "))
    with pytest.raises(ReviewError, match="no criterion `fast`"):
        steps.judge(revealed(), Judgement("fast", Mark.PASS, "it is"))


def test_a_verdict_can_be_changed_until_the_end() -> None:
    found = steps.judge(complete(), Judgement("scales", Mark.FAIL, "on second thought"))
    assert {one.criterion: one.mark for one in found.judgements} == {"scales": Mark.FAIL, "operable": Mark.PASS}


def test_what_is_missing_is_named_one_by_one() -> None:
    assert steps.unjudged(session())[0] == "commit your predictions first"
    found = steps.unjudged(revealed())
    assert found[:3] == (
        "no verdict yet on `scales`",
        "no verdict yet on `operable`",
        "say how thoroughly you looked and how well you understood it",
    )
    assert found[3] == "0 min 29 s of active time are missing: the floor for 4 lines in 1 unit"
    assert steps.unjudged(complete()) == ()


def test_the_floor_cannot_be_claimed_away() -> None:
    found = session()
    for _ in range(100):
        found = steps.watch(found, 3600, NOW + timedelta(seconds=10))
    assert found.seconds == 10


def test_only_units_of_the_pack_count_as_opened() -> None:
    assert steps.watch(session(), 1, NOW, ["a.py#f", "b.py#g"]).opened_units == ("a.py#f",)


def test_after_the_end_nothing_is_added() -> None:
    ended = steps.end(complete(), NOW)
    for step in (
        lambda: steps.remark(ended, Line("a.py", 1), "late", VIEWS),
        lambda: steps.judge(ended, Judgement("scales", Mark.PASS, "late")),
        lambda: steps.give_up(ended, "late", NOW),
    ):
        with pytest.raises(ReviewError, match="the looking has ended"):
            step()
    assert steps.watch(ended, 5, NOW + timedelta(seconds=5)).seconds == ended.seconds


def test_a_session_is_signed_after_its_end_and_once() -> None:
    assert "end the looking first" in steps.unsigned(complete(), VIEWS)[0]
    ended = steps.end(complete(), NOW)
    assert steps.unsigned(ended, VIEWS) == ()
    assert "signed already" in steps.unsigned(replace(ended, signed="a.json"), VIEWS)[0]


def test_not_to_understand_needs_words_for_whoever_comes_next() -> None:
    with pytest.raises(ReviewError, match="what you do not understand"):
        steps.give_up(session(), " ", NOW)
    assert steps.give_up(session(), "why twice?", NOW).disclosed == NOW


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12", [12]),
        ("L12, 14", [12, 14]),
        ("a.py:3-5", [3, 4, 5]),
        ("shop/a.py:3 4", [3, 4]),
        ("", []),
        ("7, 7", [7]),
    ],
)
def test_lines_are_named_as_people_name_them(text: str, numbers: list[int]) -> None:
    assert [line.number for line in references.lines(text, ["shop/a.py"])] == numbers


@pytest.mark.parametrize(
    ("text", "problem"),
    [("twelve", "is no line"), ("b.py:3", "no file"), ("3", "several files"), ("c.py:1", "several files")],
)
def test_a_line_that_could_be_anywhere_is_asked_about(text: str, problem: str) -> None:
    with pytest.raises(ReviewError, match=problem):
        references.lines(text, ["shop/a.py", "shop/c.py", "jobs/c.py"])


def test_a_session_is_kept_between_runs(tmp_path: Path) -> None:
    store, again = (Store(tmp_path / "tree", tmp_path / "state") for _ in range(2))
    store.save(complete())
    assert again.session("1") == complete()
    assert again.under_way("ada") == {PACK.id: "1"}
    assert Store(tmp_path / "other", tmp_path / "state").session("1") is None
    assert [(one.age, one.text) for one in again.asked("ada")] == [(1, q.text) for q in complete().questions]
    assert set(again.answers("ada")) == {one.text for one in GIVEN}
    assert again.answers("ada", but="1") == []


def test_what_is_signed_is_under_way_no_longer(tmp_path: Path) -> None:
    store = Store(tmp_path / "tree", tmp_path / "state")
    store.save(replace(steps.end(complete(), NOW), signed=".seatrial/signoffs/1.json"))
    assert store.under_way("ada") == {}
    assert store.signed("ada") == {PACK.id: ".seatrial/signoffs/1.json"}


def test_private_scores_never_lie_in_the_tree(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="lies in the reviewed tree"):
        Store(tmp_path, tmp_path / "state")


def test_a_canary_counts_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "tree", tmp_path / "state")
    for _ in range(2):
        store.keep_canaries(complete(), [("dropped guard", True)])
    assert [one.caught for one in store.results("ada")] == [True]


TODAY = date(2026, 11, 23)


def test_what_is_conditional_names_who_and_until_when() -> None:
    owed = steps.condition("once it is paged", "bob@example.org", "2026-12-01", TODAY)
    found = steps.judge(revealed(), Judgement("scales", Mark.CONDITIONAL, "once it is paged", owed))
    assert found.judgements[-1].condition == Condition("once it is paged", "bob@example.org", date(2026, 12, 1))
    with pytest.raises(ReviewError, match="names who sees to it"):
        steps.judge(revealed(), Judgement("scales", Mark.CONDITIONAL, "once it is paged"))
    with pytest.raises(ReviewError, match="names who sees to it"):
        steps.judge(revealed(), Judgement("scales", Mark.PASS, "it is", owed))


@pytest.mark.parametrize(
    ("owner", "due", "why"),
    [
        ("bob", "soon", "is no day"),
        ("bob", "", "is no day"),
        ("", "2026-12-01", "who sees to it"),
        ("bob", "2026-11-22", "still to come"),
    ],
)
def test_a_condition_without_a_person_or_a_day_to_come_is_none(owner: str, due: str, why: str) -> None:
    with pytest.raises(ReviewError, match=why):
        steps.condition("x", owner, due, TODAY)
