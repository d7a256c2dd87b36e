"""The comment on a pull request."""

from msgspec.structs import replace

from build import finding, gap, rendered, report, verdict
from sample import sample
from seatrial.model.verdict import Reason, Report
from seatrial.reports.markdown import FORMAT


def shown(one: Report) -> str:
    return rendered(FORMAT, one)


def test_the_answer_and_the_way_to_green_come_first() -> None:
    told = shown(sample())
    assert told.startswith("## 🔴 The gate is shut")
    assert told.index("**Way to green:**") < told.index("<details>")


def test_an_open_gate_is_green() -> None:
    assert shown(report(verdict())).startswith("## 🟢 The gate is open")


def test_findings_are_folded_with_path_and_code() -> None:
    told = shown(sample())
    assert "1. `shop/api/search.py:14`" in told
    assert '`term = request.query_params["q"]`' in told
    assert told.count("<details>") == told.count("</details>")


def test_however_much_is_found_it_fits_and_what_does_not_is_counted() -> None:
    many = [finding(f"rule-{n}", line=n, message=f"{n} " + "very long & " * 400) for n in range(1, 300)]
    told = shown(report(verdict(*many, gaps=tuple(gap(f"{n}.py", reason="x" * 900) for n in range(99))), in_full=True))
    assert len(told) <= 60_000
    assert "did not fit into a comment" in told
    assert told.count("<details>") == told.count("</details>")


def test_a_table_says_what_shuts_the_gate_by_kind() -> None:
    many = verdict(finding(line=3), gaps=(gap(),))
    decided = Reason("brings it back", "cite it", "", "D-20261122-x", "a|b.py", 7)
    told = shown(report(replace(many, reasons=(*many.reasons, decided)), gate=True))
    rows = [line for line in told.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| shut by", "reasons"],
        ["| findings", "1"],
        ["| not read", "1"],
        ["| decisions", "1"],
    ]
    assert rows[-1].count(" | ") == rows[0].count(" | ")
