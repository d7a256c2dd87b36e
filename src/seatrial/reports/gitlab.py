"""The report for GitLab's merge requests: Code Quality, which shows each finding beside the changed line.

Source: https://docs.gitlab.com/ci/testing/code_quality/, "Code Quality report format".
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from seatrial.model.finding import Severity
from seatrial.model.text import printable
from seatrial.model.verdict import Judged, Reason, Report
from seatrial.reports._sections import against, reasons
from seatrial.reports.contract import Format

_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "minor"}
_Json = dict[str, Any]


def render(report: Report, width: int, color: bool) -> str:  # noqa: ARG001, FBT001 -- the contract of a format
    """A JSON array, ASCII: what shuts the gate beside the findings, then the findings, worst first."""
    others = (_reason(reason, report.prefix) for reason in _others(report))
    told = [*others, *(_finding(judged, report.prefix) for judged in against(report))]
    return json.dumps(told, indent=1) + "\n"


FORMAT = Format("gitlab", ".codequality.json", render)


def _others(report: Report) -> Iterator[Reason]:
    return (reason for reason in reasons(report) if report.gate and not reason.fingerprint)


def _finding(judged: Judged, prefix: str) -> _Json:
    finding = judged.finding
    said = " ".join(filter(None, (finding.message, finding.mend)))
    place = prefix + finding.place.path, finding.place.line
    return _entry(said, finding.rule, finding.fingerprint, _SEVERITY[finding.severity], place)


def _reason(reason: Reason, prefix: str) -> _Json:
    identity = sha256(
        f"{reason.rule}\0{reason.path}\0{reason.line}\0{reason.what}".encode("utf-8", "backslashreplace")
    ).hexdigest()[:32]
    said = f"{reason.what}: {reason.way_to_green}"
    return _entry(said, reason.rule or "gate", identity, "blocker", (prefix + reason.path, reason.line))


def _entry(said: str, rule: str, fingerprint: str, severity: str, place: tuple[str, int]) -> _Json:
    path, line = place
    return {
        "description": printable(said),
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path or ".", "lines": {"begin": max(line, 1)}},
    }
