"""Wording that the formats share."""

import pytest

from build import accepted, finding, rendered, report, verdict
from seatrial.reports import _words as words
from seatrial.reports import html, markdown, text
from seatrial.reports.contract import Format

OLD = [finding(line=n) for n in range(1, 30)]


@pytest.mark.parametrize("form", [text.FORMAT, markdown.FORMAT, html.FORMAT], ids=lambda form: form.name)
def test_the_first_gate_on_much_old_code_names_the_baseline(form: Format) -> None:
    assert "seatrial baseline" in rendered(form, report(verdict(*OLD)))


def test_who_has_a_baseline_or_looks_at_a_change_or_has_little_is_not_told() -> None:
    for told in (
        report(verdict(*OLD, decisions=(accepted(OLD[0]),))),
        report(verdict(*OLD), scope="changed since main"),
        report(verdict(*OLD), gate=False),
        report(verdict(*OLD[:3])),
    ):
        assert words.hint(told) == ""


def test_old_debt_alone_is_nothing_new() -> None:
    (old,) = OLD[:1]
    assert words.tally(report(verdict(), scope="changed since main")) == "Nothing new was found"
    assert words.tally(report(verdict(old, decisions=(accepted(old),)))) == "Nothing new was found"
    assert words.tally(report(verdict())) == "Nothing was found"


def test_a_count_of_one_is_singular() -> None:
    assert (words.count(1, "entry"), words.count(2, "entry"), words.count(2412, "line")) == (
        "1 entry",
        "2 entries",
        "2,412 lines",
    )
