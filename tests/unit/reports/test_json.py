"""The report for programs."""

import json

import msgspec

from build import rendered
from sample import sample
from seatrial.model.verdict import Report
from seatrial.reports.json import FORMAT

# What programs rely on. A name may be added; removing or renaming one needs a new `schema`.
TOP = {"schema", "open", "root", "version", "date", "verdict", "counts", "left_out", "rules", "map", "hidden", "gate"}
VERDICT = {"reasons", "judged", "gaps", "stale", "unused"}
FINDING = {
    *("rule", "quality", "severity", "confidence", "message", "place", "symbol", "path", "fingerprint", "digest"),
    *("cwe", "category", "why", "mend", "confirmed_by", "weight", "code", "in_test"),
}


def test_its_names_are_stable() -> None:
    document = json.loads(rendered(FORMAT, sample()))
    judged = document["verdict"]["judged"][0]
    assert document["schema"] == 1
    assert document["open"] is False
    assert document.keys() >= TOP
    assert document["verdict"].keys() >= VERDICT
    assert judged.keys() >= {"finding", "state", "justification", "evidence"}
    assert judged["finding"].keys() >= FINDING
    assert judged["finding"]["place"].keys() >= {"path", "line", "end_line"}


def test_the_report_can_be_read_back_whole() -> None:
    assert msgspec.json.decode(rendered(FORMAT, sample()), type=Report) == sample()
