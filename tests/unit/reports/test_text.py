"""The report on a terminal."""

import pytest

from build import finding, rendered, report, trial, verdict
from sample import injection, query, sample
from seatrial.model.evidence import Outcome
from seatrial.model.verdict import Report
from seatrial.reports.text import FORMAT


def shown(one: Report | None = None, width: int = 100) -> str:
    return rendered(FORMAT, one or sample(), width=width)


def test_a_finding_is_told_with_its_path_and_all_that_helps() -> None:
    told = shown(report(verdict(injection())))
    for part in (
        "Text from the query string",
        "shop/store/search.py:23 in find_products",
        "1. shop/api/search.py:14  the request's query enters",
        'term = request.query_params["q"]',
        "why   Whoever sends the text",
        "mend  Pass values apart",
        "95 % sure",
        "the trial inject would prove or clear it",
        f"seatrial show {injection().fingerprint[:8]}",
    ):
        assert part in told


def test_what_sinks_first_comes_first() -> None:
    told = shown()
    places = [told.index(word) for word in ("sql-injection", "lost-update", "import-cycle", "swallowed-error")]
    assert places == sorted(places)


def test_why_and_mend_are_told_once_a_rule() -> None:
    assert shown().count("why   The number of queries grows") == 1


def test_a_mend_of_its_own_is_told_with_its_finding() -> None:
    told = shown(report(verdict(query(1, "lines"), query(9, "tags", mend="Drop the tags."))))
    assert told.count("mend  Drop the tags.") == 1


def test_only_the_few_that_matter_are_told_in_full_and_the_rest_is_counted() -> None:
    many = report(verdict(*(finding(line=n, message=f"Loop number {n}.") for n in range(1, 40)), injection()))
    told = shown(many)
    assert told.count("Loop number") == 9
    assert "Text from the query string" in told
    assert "30 more findings; --all shows them" in told
    assert "   30 query-in-loop" in told


def test_one_rule_does_not_crowd_out_the_others() -> None:
    loops = [finding(line=n) for n in range(1, 40)]
    others = [finding(f"rule-{n}", line=n, confidence=0.5) for n in range(8)]
    told = shown(report(verdict(*loops, *others)))
    assert all(f"rule-{n}" in told.split("Also")[0] for n in range(7))


def test_everything_is_told_when_asked_for() -> None:
    told = shown(sample(in_full=True))
    assert "--all" not in told
    assert told.count("Every error while sending is dropped") == 6


def test_what_was_not_looked_at_is_told() -> None:
    told = " ".join(shown().split())
    for part in (
        "9 findings: 8 errors, 1 warning",
        "notes 6 swallowed-error; `--all` shows them",
        "1 in the baseline, 1 suppressed, 1 cleared by a trial",
        "3 findings below the confidence threshold; `seatrial audit --confidence 0` shows all",
        "shop/broken.py:14 (the syntax is broken here)",
        "shop/vendor (vendored, 210 files)",
        "comments shop/models/order.py:12 silences nothing",
        "did you mean `query-in-loop`?",
        "1 entry for what is no longer found: `seatrial baseline --prune`",
    ):
        assert part in told


def test_a_shut_gate_says_why_and_the_way_to_green() -> None:
    told = " ".join(shown().split())
    assert "The gate is shut: 11 reasons" in told
    assert "mend shop/store/search.py:23, or accept it there" in told
    assert "query-in-loop, 6 times" in told
    assert "set gaps-forgiven = 2" in told
    assert "gives no reason" in told


def test_an_open_gate_says_so_and_a_plain_audit_says_nothing_of_it() -> None:
    assert "The gate is open." in shown(report(verdict()))
    assert "gate" not in shown(sample(gate=False))


def test_a_long_symbol_has_a_line_of_its_own() -> None:
    told = shown(report(verdict(finding(symbol="Project." + "n" * 30))), width=60)
    assert f"    in Project.{'n' * 30}\n" in told


@pytest.mark.parametrize("width", [0, 40, 80, 300])
def test_lines_fit(width: int) -> None:
    room = {0: 100, 40: 80, 80: 84, 300: 110}[width]
    assert max(map(len, shown(width=width).splitlines())) <= room


def test_proof_is_told() -> None:
    assert "proven by the trial race: 20 of 200 sales lost" in shown()
    assert "was accepted, but its code changed" in shown(sample(in_full=True))


def test_what_a_finding_says_is_not_said_again_as_its_proof() -> None:
    one = finding("full-scan", message="GET /orders: 40 blocks for 3 rows")
    piece = trial(one, Outcome.PROVEN, trial="growth", reason="40 blocks for 3 rows")
    told = shown(report(verdict(one, evidence=(piece,))))
    assert "proven by the trial growth ·" in told
    assert told.partition("The gate")[0].count("40 blocks for 3 rows") == 1
