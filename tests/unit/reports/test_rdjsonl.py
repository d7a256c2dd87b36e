"""The lines that reviewdog reads."""

import json
from typing import Any

from build import finding, rendered, report, verdict
from sample import sample
from seatrial.model.verdict import Reason, Verdict
from seatrial.reports.rdjsonl import FORMAT

SEVERITIES = {"ERROR", "WARNING", "INFO"}


def lines(**fields: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rendered(FORMAT, sample(**fields)).splitlines()]


def test_each_line_is_a_diagnostic() -> None:
    for one in lines():
        assert one["message"]
        assert one["severity"] in SEVERITIES
        assert one["source"] == {"name": "seatrial"}
        assert one["code"]["value"]
        assert "path" in one["location"]


def test_a_finding_has_its_lines_and_the_way_to_it() -> None:
    (one,) = [line for line in lines() if line["code"]["value"] == "sql-injection"]
    assert one["location"]["range"]["start"] == {"line": 23}
    assert one["relatedLocations"][0]["location"]["path"] == "shop/api/search.py"


def test_the_worst_comes_first_and_nothing_is_cut() -> None:
    many = [finding(line=n, weight=float(n)) for n in range(1, 40)]
    told = [json.loads(line) for line in rendered(FORMAT, report(verdict(*many))).splitlines()]
    assert [
        one["location"]["range"]["start"]["line"] for one in told if one["code"]["value"] == "query-in-loop"
    ] == list(range(39, 0, -1))


def test_decisions_and_gaps_that_shut_the_gate_are_told() -> None:
    shut = Verdict((Reason("brings it back", "cite it", "", "D-20261122-x", "a.py", 3),), (), (), (), ())
    (one,) = [json.loads(line) for line in rendered(FORMAT, report(shut, gate=True)).splitlines()]
    assert (one["code"]["value"], one["location"]["range"]["start"]["line"]) == ("D-20261122-x", 3)
    assert one["message"] == "brings it back: cite it"


def test_files_are_named_from_the_top_of_the_repository() -> None:
    assert all(one["location"]["path"].startswith("backend/") for one in lines(prefix="backend/"))


def test_text_from_strangers_cannot_end_a_line() -> None:
    told = rendered(FORMAT, report(verdict(finding(message="a\u2028b\nc", path="x\ny.py"))))
    assert all(json.loads(line) for line in told.splitlines())
