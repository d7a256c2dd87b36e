"""The report as SARIF 2.1.0, for code scanning and editors.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; its sections are named where they
decide.
"""

import json
import re
from typing import Any
from urllib.parse import quote

import msgspec

from seatrial.model.decision import Suppression
from seatrial.model.finding import Place, Quality, Step
from seatrial.model.source import Gap
from seatrial.model.text import printable
from seatrial.model.verdict import Judged, Reason, Report, RuleInfo, State
from seatrial.reports import _words as words
from seatrial.reports._sections import rank, ranked
from seatrial.reports.contract import Format

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_DEFINITIONS = "https://cwe.mitre.org/data/definitions"
_BASE = "SRCROOT"
_FINGERPRINT = "seatrial/v1"
_BASELINE = {State.KNOWN: "unchanged", State.LAPSED: "updated"}
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
_SECURITY = {"error": "8.0", "warning": "5.0", "note": "2.0"}
"""What code scanning shows for a security rule: high, medium, low (CVSS scale)."""
_TWINS = "clone"
"""Findings of this category name places that are alike (§3.27.22), not steps that follow on one another."""
_Json = dict[str, Any]


def render(report: Report, width: int, color: bool) -> str:  # noqa: ARG001, FBT001 -- the contract of a format
    """One run with every finding, answered or not; what speaks no more carries a suppression that says why."""
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report)]}, indent=2) + "\n"


FORMAT = Format("sarif", ".sarif", render)


def _run(report: Report) -> _Json:
    index = {rule.id: number for number, rule in enumerate(report.rules)}
    weaknesses = sorted({cwe for j in report.verdict.judged for cwe in j.finding.cwe} | _all_cwes(report))
    return {
        "tool": {"driver": _driver(report)},
        "taxonomies": [_taxonomy(weaknesses)],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The audited folder."}}},
        "invocations": [_invocation(report)],
        "results": [_result(judged, index) for judged in ranked(set(report.verdict.judged))],
        "properties": {"gate": _gate(report), "hidden": report.hidden, "scope": printable(report.scope)},
    }


def _driver(report: Report) -> _Json:
    return {
        "name": "seatrial",
        "semanticVersion": report.version,
        "rules": [_rule(rule) for rule in report.rules],
        "supportedTaxonomies": [{"name": "CWE", "index": 0}],
    }


def _rule(rule: RuleInfo) -> _Json:
    properties: _Json = {"seatrialCategory": list(rule.category), "problem.severity": _problem(rule)}
    if rule.quality == Quality.SECURITY:
        properties["security-severity"] = _SECURITY[rule.severity]
    tags = [rule.quality, *(f"external/cwe/cwe-{number:03}" for number in rule.cwe)]
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.sentence or rule.id},
        "fullDescription": {"text": rule.why or rule.sentence or rule.id},
        "help": {"text": f"{rule.why}\n\n{rule.mend}".strip() or rule.id, "markdown": rule.page or rule.id},
        "defaultConfiguration": {"level": rule.severity},
        "relationships": [{"target": _weakness(number), "kinds": ["relevant"]} for number in rule.cwe],
        "properties": {"tags": tags, **properties},
    }


def _problem(rule: RuleInfo) -> str:
    return {"note": "recommendation"}.get(rule.severity, rule.severity)


def _result(judged: Judged, index: dict[str, int]) -> _Json:
    finding = judged.finding
    result: _Json = {
        "ruleId": finding.rule,
        "level": finding.severity.value,
        "message": _message(finding.message),
        "locations": [_location(finding.place, finding.code, symbol=finding.symbol)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        "baselineState": _BASELINE.get(judged.state, "new"),
        "suppressions": _suppressions(judged),
        "rank": round(finding.confidence * 100, 1),
        "properties": _properties(judged),
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.path and _TWINS in finding.category:
        result["relatedLocations"] = [_location(s.place, s.code, message=s.message) for s in finding.path]
    elif finding.path:
        result["codeFlows"] = [{"threadFlows": [{"locations": [_flow(n, s) for n, s in enumerate(finding.path, 1)]}]}]
    if finding.cwe:
        result["taxa"] = [_weakness(number) for number in finding.cwe]
    return result


def _properties(judged: Judged) -> _Json:
    finding = judged.finding
    shown = {"evidence": msgspec.to_builtins(judged.evidence)} if judged.evidence else {}
    return {
        **shown,
        "seatrialCategory": list(finding.category),
        "confidence": finding.confidence,
        "weight": round(rank(judged), 4),
        "state": judged.state.value,
        "quality": finding.quality.value,
        "mend": finding.mend,
        "proof": words.proof(judged),
        "inTest": finding.in_test,
        "alsoFoundBy": list(finding.also_found_by),
    }


def _suppressions(judged: Judged) -> list[_Json]:
    """An empty list says that nothing suppresses the result (§3.27.23)."""
    justification = printable(judged.justification)
    if judged.state is State.SUPPRESSED:
        return [{"kind": "inSource", "status": "accepted", "justification": justification}]
    if judged.state is State.KNOWN:
        return [{"kind": "external", "status": "accepted", "justification": justification or "in the baseline"}]
    if judged.state is State.CLEARED:
        return [{"kind": "external", "status": "accepted", "justification": words.proof(judged)}]
    return []


def _location(place: Place, code: str, *, symbol: str = "", message: str = "") -> _Json:
    location: _Json = {"physicalLocation": {"artifactLocation": _artifact(place.path)}}
    if place.line > 0:
        region: _Json = {"startLine": place.line, "endLine": max(place.line, place.end_line)}
        if code:
            region["snippet"] = {"text": printable(code)}
        location["physicalLocation"]["region"] = region
    if symbol:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(symbol)}]
    if message:
        location["message"] = _message(message)
    return location


def _artifact(path: str) -> _Json:
    """A relative reference, percent-encoded byte for byte (colons too: one would read as the end of a scheme)."""
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": _BASE}


def _flow(number: int, step: Step) -> _Json:
    return {"executionOrder": number, "location": _location(step.place, step.code, message=step.message)}


def _weakness(number: int) -> _Json:
    return {"id": str(number), "toolComponent": {"name": "CWE"}}


def _all_cwes(report: Report) -> set[int]:
    return {number for rule in report.rules for number in rule.cwe}


def _taxonomy(weaknesses: list[int]) -> _Json:
    return {
        "name": "CWE",
        "organization": "MITRE",
        "informationUri": "https://cwe.mitre.org/",
        "shortDescription": {"text": "Common Weakness Enumeration"},
        "isComprehensive": False,
        "taxa": [{"id": str(number), "helpUri": f"{_DEFINITIONS}/{number}.html"} for number in weaknesses],
    }


def _invocation(report: Report) -> _Json:
    verdict = report.verdict
    others = [reason for reason in verdict.reasons if report.gate and not reason.fingerprint and reason.rule]
    told = [_gap(gap) for gap in verdict.gaps] + [_reason(reason) for reason in others]
    told += [_comment(comment) for comment in verdict.unused]
    told += [_notification("note", notice, "", 0) for notice in verdict.notices]
    return {
        "executionSuccessful": True,
        "endTimeUtc": report.date.replace("+00:00", "Z"),
        "toolExecutionNotifications": told,
    }


def _gap(gap: Gap) -> _Json:
    return _notification("error", f"not read ({gap.stage.value}): {gap.reason}", gap.path, gap.line)


def _comment(comment: Suppression) -> _Json:
    return _notification("warning", f"a comment for seatrial: {comment.problem}", comment.path, comment.line)


def _reason(reason: Reason) -> _Json:
    return _notification("error", f"{reason.rule}: {reason.what}; {reason.way_to_green}", reason.path, reason.line)


def _notification(level: str, text: str, path: str, line: int) -> _Json:
    notification: _Json = {"level": level, "message": _message(text)}
    if path:
        notification["locations"] = [_location(Place(path, line, line), "")]
    return notification


def _gate(report: Report) -> str:
    return "not asked" if not report.gate else "open" if report.verdict.open else "shut"


def _message(text: str) -> dict[str, str]:
    """A message as it is: what would read as an embedded link (§3.11.6) is escaped."""
    return {"text": _LINK.sub(r"\\[", printable(text))}
