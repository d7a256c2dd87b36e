"""Notes: counted for people unless they ask for all, and whole for machines."""

import pytest

from build import finding, rendered, report, trial, verdict
from seatrial.model.evidence import Outcome
from seatrial.model.finding import Severity
from seatrial.model.policy import Policy
from seatrial.model.verdict import Report, Verdict
from seatrial.registry import report_format
from seatrial.reports import _sections

NOTE = finding("hardcoded-credential", line=7, message="a token is written down", severity=Severity.NOTE)
GRAVE = finding("sql-injection", line=9, message="text reaches SQL")


@pytest.mark.parametrize("name", ["text", "markdown", "github"])
def test_people_are_told_how_many_there_are_and_of_which_rule(name: str) -> None:
    told = rendered(report_format(name), report(verdict(NOTE, GRAVE)))
    assert "text reaches SQL" in told
    assert "a token is written down" not in told
    assert "1 hardcoded" in told.replace("\\", "")
    assert "1 finding: 1 error" in told.replace("\\", "")


def test_all_of_them_are_told_where_all_is_asked_for() -> None:
    told = rendered(report_format("text"), report(verdict(NOTE, GRAVE), in_full=True))
    assert "a token is written down" in told
    assert "2 findings: 1 error, 1 note" in told


def test_a_page_folds_them_away() -> None:
    told = rendered(report_format("html"), report(verdict(NOTE, GRAVE)))
    assert told.index('id="notes"') < told.index("a token is written down")


@pytest.mark.parametrize("name", ["json", "sarif", "rdjsonl", "gitlab"])
def test_machines_are_told_them_all(name: str) -> None:
    assert "a token is written down" in rendered(report_format(name), report(verdict(NOTE)))


def test_where_there_is_nothing_else_they_are_not_passed_over() -> None:
    assert "Nothing was found but 1 note" in rendered(report_format("text"), report(verdict(NOTE)))


@pytest.mark.parametrize(
    "one",
    [
        report(verdict(NOTE, policy=Policy(fail_on=Severity.NOTE))),
        report(verdict(NOTE, evidence=(trial(NOTE, Outcome.PROVEN),))),
    ],
    ids=["shuts the gate", "was proven"],
)
def test_what_shuts_the_gate_or_was_proven_is_shown(one: Report) -> None:
    assert [judged.finding for judged in _sections.told(one)] == [NOTE]


@pytest.mark.parametrize("name", ["markdown", "github"])
@pytest.mark.parametrize("found", [verdict(GRAVE), verdict()], ids=["something", "nothing"])
def test_how_much_was_found_is_said_once(name: str, found: Verdict) -> None:
    told = rendered(report_format(name), report(found, gate=False))
    assert (told.count("1 finding") == 1) is bool(found.judged)
    assert (told.count("Nothing was found") == 1) is not bool(found.judged)
