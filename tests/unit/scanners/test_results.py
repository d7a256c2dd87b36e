"""Another scanner's results become findings that are placed, named and told apart like ours."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from seatrial.model.finding import Finding, Place, Quality, Severity
from seatrial.scanners import Found, NotSarifError, found, joined, read, stands_in

CODE = ["import os", "", "def run(name):", "    os.system('ls ' + name)", "    os.system('ls ' + name)"]
FILES: Mapping[str, Sequence[str]] = {"app/run.py": CODE}


def result(line: int = 4, uri: str = "app/run.py", **more: Any) -> dict[str, Any]:
    where = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return {
        "ruleId": "X1",
        "message": {"text": "A shell."},
        "locations": [{"physicalLocation": where}],
        **more,
    }


def log(*results: dict[str, Any], rule: Mapping[str, Any] | None = None, scanner: str = "Shell Check") -> bytes:
    driver = {"name": scanner, "rules": [{"id": "X1", **(rule or {})}]}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}).encode()


def taken(data: bytes) -> Found:
    (run,) = read(data)
    return found(run, "/tree", FILES.get, lambda path: path.startswith("tests/"))


def one(data: bytes) -> Finding:
    (finding,) = taken(data).findings
    return finding


def test_a_result_is_named_after_its_scanner_and_placed() -> None:
    finding = one(log(result()))
    assert finding.rule == "shell-check/X1"
    assert finding.place == Place("app/run.py", 4, 4)
    assert finding.code == "os.system('ls ' + name)"


@pytest.mark.parametrize(
    "uri", ["app/run.py", "./app/run.py", "file:///tree/app/run.py", "/tree/app/run.py", "app%2Frun.py"]
)
def test_a_file_is_found_however_it_is_named(uri: str) -> None:
    assert one(log(result(uri=uri))).place.path == "app/run.py"


@pytest.mark.parametrize("uri", ["../secret.py", "file:///etc/passwd", "https://example.org/app/run.py", "", "b.py"])
def test_what_is_not_of_the_tree_is_a_gap_and_no_finding(uri: str) -> None:
    made = taken(log(result(uri=uri)))
    assert made.findings == []
    assert len(made.gaps) == 1


def test_a_base_that_the_log_names_is_followed() -> None:
    data = json.loads(log(result()))
    run = data["runs"][0]
    run["originalUriBaseIds"] = {"SRC": {"uri": "file:///tree/"}}
    run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "SRC"
    assert one(json.dumps(data).encode()).place.path == "app/run.py"


def test_two_alike_have_two_fingerprints_and_moving_them_keeps_both() -> None:
    here = {f.fingerprint for f in taken(log(result(4), result(5))).findings}
    moved = {"app/run.py": ["# moved", *CODE]}
    (run,) = read(log(result(5), result(6)))
    there = {f.fingerprint for f in found(run, "/tree", moved.get, lambda _: False).findings}
    assert len(here) == 2
    assert here == there


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"rank": 35.0}, 0.35),
        ({"properties": {"issue_confidence": "HIGH"}}, 0.85),
        ({"properties": {"confidence": 0.5}}, 0.5),
        ({}, 0.7),
    ],
)
def test_confidence_is_what_the_scanner_says(more: dict[str, Any], expected: float) -> None:
    assert one(log(result(**more))).confidence == expected


def test_the_level_is_the_results_own_or_that_of_its_rule() -> None:
    rule = {"defaultConfiguration": {"level": "note"}}
    assert one(log(result(), rule=rule)).severity is Severity.NOTE
    assert one(log(result(level="error"), rule=rule)).severity is Severity.ERROR


@pytest.mark.parametrize(
    "rule",
    [
        {"properties": {"tags": ["external/cwe/cwe-078"]}},
        {"properties": {"cwe": ["CWE-78: shell"]}},
        {"relationships": [{"target": {"id": "78", "toolComponent": {"name": "CWE"}}}]},
    ],
)
def test_the_weakness_is_read_wherever_scanners_write_it(rule: dict[str, Any]) -> None:
    finding = one(log(result(), rule=rule))
    assert finding.cwe == (78,)
    assert finding.quality is Quality.SECURITY


def test_the_weakness_of_a_known_rule_need_not_be_said() -> None:
    assert one(log(result(ruleId="S602"), scanner="ruff")).cwe == (78,)
    assert one(log(result())).quality is Quality.OTHER


@pytest.mark.parametrize(
    "more", [{"suppressions": [{"kind": "inSource"}]}, {"kind": "pass"}, {"baselineState": "absent"}]
)
def test_what_the_scanner_itself_answered_is_left_out(more: dict[str, Any]) -> None:
    assert taken(log(result(**more))) == Found([], [], [])


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "truncated"), (b"[]", "object"), (b'{"version": "2.1.0"}', "runs"), (b'{"version":"1.0","runs":[]}', "1.0")],
)
def test_what_is_no_sarif_is_told(data: bytes, why: str) -> None:
    with pytest.raises(NotSarifError, match=why):
        read(data)


def test_the_same_lines_and_weakness_make_one_finding() -> None:
    rule = {"properties": {"tags": ["CWE-78"]}}
    first, second = one(log(result(), rule=rule)), one(log(result(), rule=rule, scanner="other"))
    elsewhere = one(log(result(5), rule=rule, scanner="other"))
    (merged,) = joined([first], [second])
    assert (merged.rule, merged.also_found_by) == ("shell-check/X1", ("other/X1",))
    assert merged.fingerprint == first.fingerprint
    assert len(joined([first], [elsewhere])) == 2


def test_another_weakness_on_the_same_line_stays_a_finding_of_its_own() -> None:
    shell = one(log(result(), rule={"properties": {"tags": ["CWE-78"]}}))
    path = one(log(result(), rule={"properties": {"tags": ["CWE-22"]}}, scanner="other"))
    assert len(joined([shell], [path])) == 2


def test_lines_that_were_only_moved_and_indented_stood_before() -> None:
    finding = one(log(result()))
    assert stands_in(finding, CODE, ["if x:", "        os.system('ls ' + name)"])
    assert not stands_in(finding, CODE, ["os.system('ls')"])
