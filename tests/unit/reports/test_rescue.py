"""A rescue plan in every format, with whatever names a tree may hold."""

import re
import shlex
from html import unescape

import pytest

from seatrial.model.finding import Place
from seatrial.model.rescue import Card, Effort, Fact, History, Plan, Span, Verb
from seatrial.reports._rescue import html, markdown, text

EVIL = "<script>alert(1)</script>\x1b[31m\x00`*_[x](javascript:1)'\"&"


def card(verb: Verb = Verb.REPLACE, **fields: object) -> Card:
    known: dict[str, object] = {
        "id": "replace-123abc",
        "phase": 3,
        "verb": verb,
        "unit": "shop/orders.py",
        "paths": ("shop/orders.py",),
        "title": "Replace it",
        "reason": "It is slow.",
        "how": "Quickly.",
        "evidence": (Fact("query-in-loop", 3),),
        "places": (Place("shop/orders.py", 3, 4),),
        "precondition": "None.",
        "done_when": ("rule:query-in-loop in shop/orders.py <= 0",),
        "effort": Effort(Span(5, 10), Span(0.5, 2)),
        "risk_removed": "It sinks.",
        "rollback": "Revert.",
        "owner": "",
    }
    return Card(**{**known, **fields})  # type: ignore[arg-type] # the caller's fields


def plan(*cards: Card, **fields: object) -> Plan:
    known: dict[str, object] = {"root": "shop", "version": "1", "revision": "f" * 40, "files": 1, "lines": 9}
    known |= {"findings": 4, "carried": 3, "history": History(40, 2, 300)}
    return Plan(cards=cards, **{**known, **fields})  # type: ignore[arg-type] # the caller's fields


def evil() -> Plan:
    bad = card(title=EVIL, reason=EVIL, unit=EVIL, how=EVIL, owner=EVIL, done_when=(EVIL,), places=(Place(EVIL, 1, 1),))
    return plan(bad, root=EVIL, left=(EVIL,))


@pytest.mark.parametrize("render", [text.plan, markdown.plan, html.plan])
def test_no_format_lets_control_characters_through(render: object) -> None:
    shown = render(evil())  # type: ignore[operator] # each is a function of a plan
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", shown)


def test_the_page_runs_no_script_and_loads_nothing() -> None:
    page = html.plan(evil())
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "default-src &#39;none&#39;" in page


def test_markdown_holds_no_markup_of_the_tree() -> None:
    shown = re.sub(r"^```sh\n.*?^```$", "", markdown.plan(evil()), flags=re.MULTILINE | re.DOTALL)
    assert "<script>" not in re.sub(r"(?<!\\)`[^`\n]*`", "", shown)


@pytest.mark.parametrize("render", [markdown.plan, html.plan])
def test_what_is_to_be_typed_holds_no_command_of_the_tree(render: object) -> None:
    shown = render(plan(card(done_when=("absent:a'; touch ran; '.py",))))  # type: ignore[operator] # as above
    typed = unescape(next(line for line in shown.splitlines() if "--check" in line)).partition("seatrial ")[2]
    assert shlex.split(typed.partition("</code>")[0])[2:] == ["absent:a'; touch ran; '.py"]


def test_every_card_is_whole_in_every_format() -> None:
    for render in (text.plan, markdown.plan, html.plan):
        shown = render(plan(card(depends_on=("break-cycle-000000",)), left=("1 weak-hash",)))
        for word in (
            "Replace it",
            "It is slow.",
            "Quickly.",
            "Revert.",
            "It sinks.",
            "nobody is named",
            "replace-123abc",
        ):
            assert word in shown, (render, word)
        for word in ("5 to 10 min", "0.5 to 2 h", "break-cycle-000000", "1 weak-hash", "3 of 4 findings", "40 changes"):
            assert word in shown, (render, word)


def test_what_is_kept_asks_for_no_work() -> None:
    for render in (text.plan, markdown.plan, html.plan):
        shown = render(plan(card(Verb.KEEP, title="Leave it")))
        assert "Revert." not in shown
        assert "s long as" in shown


def test_an_empty_plan_says_so() -> None:
    assert "Nothing here needs a rescue" in text.plan(plan())
    assert "Nothing here needs a rescue" in html.plan(plan())


def test_text_keeps_to_the_width() -> None:
    long = card(reason="word " * 100, how="word " * 100)
    assert max(len(line) for line in text.plan(plan(long), 60).splitlines()) <= 60
