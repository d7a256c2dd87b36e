"""The report for reviewdog, one diagnostic a line, which it brings to GitHub, GitLab, Bitbucket and Gerrit.

Source: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf, `Diagnostic` in JSON lines.
"""

import json
from collections.abc import Iterator
from typing import Any

from seatrial.model.finding import Place, Severity
from seatrial.model.text import printable
from seatrial.model.verdict import Judged, Reason, Report
from seatrial.reports import _words as words
from seatrial.reports._sections import against, reasons
from seatrial.reports.contract import Format

_SEVERITY = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}
_Json = dict[str, Any]


def render(report: Report, width: int, color: bool) -> str:  # noqa: ARG001, FBT001 -- the contract of a format
    """A JSON object a line, ASCII: what shuts the gate beside the findings, then the findings, worst first."""
    told = [*_others(report), *(_finding(judged, report.prefix) for judged in against(report))]
    return "".join(f"{json.dumps(one)}\n" for one in told)


FORMAT = Format("rdjsonl", ".rdjsonl", render)


def _others(report: Report) -> Iterator[_Json]:
    """Decisions, sign-offs and gaps that shut the gate; outside the gate, the gaps as they are."""
    for reason in reasons(report) if report.gate else ():
        if not reason.fingerprint:
            yield _reason(reason, report.prefix)
    for gap in () if report.gate else report.verdict.gaps:
        yield _diagnostic(f"not read: {gap.reason}", _location(report.prefix, gap.path, gap.line), "WARNING", gap.stage)


def _reason(reason: Reason, prefix: str) -> _Json:
    message = f"{reason.what}: {reason.way_to_green}"
    return _diagnostic(message, _location(prefix, reason.path, reason.line), "ERROR", reason.rule or "gate")


def _finding(judged: Judged, prefix: str) -> _Json:
    finding = judged.finding
    told = [f"{finding.message} ({words.sure(finding.confidence)})", finding.why, finding.mend]
    place = finding.place
    made = _diagnostic(
        "\n".join(filter(None, told)),
        _location(prefix, place.path, place.line, place.end_line),
        _SEVERITY[finding.severity],
        finding.rule,
    )
    steps = [(step.message, step.place) for step in finding.path]
    if steps:
        made["relatedLocations"] = [{"message": printable(said), "location": _at(prefix, at)} for said, at in steps]
    return made


def _diagnostic(message: str, location: _Json, severity: str, code: str) -> _Json:
    said = "\n".join(map(printable, message.splitlines()))
    source = {"name": "seatrial"}
    return {"message": said, "location": location, "severity": severity, "source": source, "code": {"value": code}}


def _at(prefix: str, place: Place) -> _Json:
    return _location(prefix, place.path, place.line, place.end_line)


def _location(prefix: str, path: str, line: int, end: int = 0) -> _Json:
    """Where it is; reviewdog takes a diagnostic without lines for one about the whole file."""
    where: _Json = {"path": prefix + path}
    if line:
        where["range"] = {"start": {"line": line}, "end": {"line": max(end, line)}}
    return where
