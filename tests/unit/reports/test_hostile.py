"""No text of an audited repository is ever more than text."""

import re

import pytest
from markdown_it import MarkdownIt

from build import rendered
from hostile import Tags, hostile
from sample import sample
from seatrial.reports import github, gitlab, html, markdown, rdjsonl, sarif, text
from seatrial.reports import json as as_json
from seatrial.reports.contract import Format

FORMATS = [one.FORMAT for one in (text, as_json, sarif, github, gitlab, markdown, html, rdjsonl)]
ALLOWED = {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "h2",
    "h3",
    "p",
    "ul",
    "ol",
    "li",
    "code",
    "strong",
    "em",
    "br",
    "details",
    "summary",
    "sub",
    "pre",
}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_report_encodes_and_holds_no_control_characters(form: Format) -> None:
    shown = rendered(form, hostile(), width=80)
    assert shown.encode()
    assert [c for c in shown if not c.isprintable() and c not in "\n\u200b"] == []


def test_colors_are_the_only_escape_codes_on_a_terminal() -> None:
    shown = rendered(text.FORMAT, hostile(), width=80, color=True)
    assert "\x1b[" in shown
    assert all(line.isprintable() for line in re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines())


def test_the_page_has_the_same_elements_whatever_its_texts_say() -> None:
    calm, attacked = (Tags(rendered(html.FORMAT, report)) for report in (hostile("\r\n`calm`"), hostile()))
    assert attacked.names() == calm.names()
    assert {name for name, _ in attacked.attributes()} == {name for name, _ in calm.attributes()}


def test_the_page_links_to_itself_and_to_the_weaknesses_alone() -> None:
    page = Tags(rendered(html.FORMAT, hostile()))
    links = [value for name, value in page.attributes() if name in {"href", "src"}]
    assert links
    assert all(re.match(r"#|https://cwe\.mitre\.org/data/definitions/\d+\.html$", link) for link in links)


def test_the_comment_holds_no_markup_but_ours() -> None:
    shown = rendered(markdown.FORMAT, hostile())
    read = Tags(MarkdownIt("commonmark", {"html": True}).enable("strikethrough").enable("table").render(shown))
    assert set(read.names()) <= ALLOWED
    assert list(read.attributes()) == []


def test_the_comment_mentions_nobody_and_links_to_nothing() -> None:
    shown = rendered(markdown.FORMAT, hostile())
    outside = re.sub(r"`[^`]*`", "", shown)
    assert not re.search(r"@\\?team|(?<!&)#1|://|www\\?\.|&#64;t|&#35;1", outside)


def test_annotations_start_no_other_command() -> None:
    calm, attacked = (rendered(github.FORMAT, report).splitlines() for report in (sample(), hostile()))
    shape = re.compile(r"::(error|warning|notice) ([a-zA-Z]+=[^,:]*,?)*::[^\r\n]*")
    commands = [line for line in attacked if "::" in line]
    assert len(attacked) == len(calm)
    assert all(shape.fullmatch(line) for line in commands)
    assert "%0A" not in "".join(commands).replace("%250A", "")
