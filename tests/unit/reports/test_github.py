"""Annotations beside the changed lines."""

from msgspec.structs import replace

from build import finding, rendered, report, verdict
from sample import sample
from seatrial.model.finding import Severity
from seatrial.model.verdict import Reason
from seatrial.reports.github import FORMAT


def lines(**fields: object) -> list[str]:
    return rendered(FORMAT, sample(**fields)).splitlines()


def test_a_finding_is_a_command_with_its_place_title_and_message() -> None:
    one = finding(path="a,b:c%.py", line=3, end_line=4, message="50 % of it", severity=Severity.NOTE)
    first = rendered(FORMAT, report(verdict(one), in_full=True)).splitlines()[0]
    assert first.startswith("::notice file=a%2Cb%3Ac%25.py,line=3,endLine=4,title=query-in-loop::50 %25 of it")


def test_message_why_and_mend_are_sentences_of_their_own() -> None:
    one = finding(message="it is never closed", why="It leaks.", mend="Close it")
    first = rendered(FORMAT, report(verdict(one))).splitlines()[0]
    assert "::it is never closed. It leaks. Close it. (" in first


def test_no_level_has_more_than_is_shown_and_the_most_important_stay() -> None:
    many = [finding(line=n, confidence=n / 100) for n in range(1, 40)]
    shown = rendered(FORMAT, report(verdict(*many))).splitlines()
    commands = [line for line in shown if line.startswith("::error")]
    assert [int(line.split("line=")[1].split(",")[0]) for line in commands] == list(range(39, 29, -1))
    assert "29 annotations more than GitHub shows" in shown[-1]


def test_what_shuts_the_gate_without_being_a_finding_is_annotated_too() -> None:
    assert any("gaps-forgiven = 2" in line for line in lines() if line.startswith("::error"))
    assert any("title=suppression-without-reason" in line for line in lines())
    assert not any("gaps-forgiven" in line for line in lines(gate=False))


def test_files_are_named_from_the_top_of_the_repository() -> None:
    told = [line for line in lines(prefix="backend/") if line.startswith("::")]
    assert all(" file=backend/shop/" in line for line in told)


def test_the_last_line_sums_up() -> None:
    noted = "Notes: 6 swallowed-error; `--all` shows them."
    assert lines()[-1] == f"The gate is shut: 11 reasons. 9 findings: 8 errors, 1 warning. {noted}"


def test_decisions_take_turns_with_findings_and_what_is_cut_is_counted_by_level() -> None:
    many = verdict(*(finding(line=n) for n in range(1, 31)))
    decided = tuple(Reason("brings it back", "cite it", "", "D-20261122-x", "a.py", n) for n in range(1, 31))
    shut = replace(many, reasons=(*many.reasons, *decided))
    shown = rendered(FORMAT, report(shut, gate=True)).splitlines()
    titles = [line.split("title=")[1].split(":")[0] for line in shown if line.startswith("::error")]
    assert len(titles) == 10
    assert set(titles[:2]) == {"D-20261122-x", "query-in-loop"}
    assert titles.count("query-in-loop") == 5
    assert "50 annotations more than GitHub shows (50 errors)" in shown[-1]
