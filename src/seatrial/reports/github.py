"""The report for a GitHub Actions log: workflow commands that put each finding beside the changed line.

GitHub shows at most ten annotations of a level for each step and drops the rest in silence, so the most important
come first, the tenth place is never wasted, and what was dropped is counted in the last line. What shuts the gate
beside findings (decisions, sign-offs, gaps) takes turns with them, so that neither hides the other.
Source: docs.github.com, "Workflow commands for GitHub Actions".
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain, zip_longest

from seatrial.model.finding import Severity
from seatrial.model.text import printable
from seatrial.model.verdict import Judged, Reason, Report
from seatrial.reports import _words as words
from seatrial.reports._sections import reasons, told
from seatrial.reports.contract import Format

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_SHOWN = 10


def render(report: Report, width: int, color: bool) -> str:  # noqa: ARG001, FBT001 -- the contract of a format
    """One workflow command a line, then what was found and left out in plain words."""
    room = Counter(dict.fromkeys(_LEVEL.values(), _SHOWN))
    found = (_annotation(judged, report.prefix) for judged in told(report))
    lines, dropped = [], Counter[str]()
    for level, command in filter(None, chain.from_iterable(zip_longest(_others(report), found))):
        room[level] -= 1
        if room[level] >= 0:
            lines.append(command)
        else:
            dropped[level] += 1
    return "\n".join([*lines, *_summary(report, dropped)]) + "\n"


FORMAT = Format("github", ".txt", render)


def _annotation(judged: Judged, prefix: str) -> tuple[str, str]:
    finding = judged.finding
    parts = [finding.message, finding.why, finding.mend]
    told = " ".join(_sentence(part) for part in parts if part)
    message = f"{told} ({words.sure(finding.confidence)}; seatrial show {words.short(finding.fingerprint)})"
    level = _LEVEL[finding.severity]
    lines = {"line": finding.place.line, "endLine": finding.place.end_line}
    return level, _command(level, message, file=prefix + finding.place.path, **lines, title=finding.rule)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _others(report: Report) -> Iterator[tuple[str, str]]:
    """What is no finding: reasons such as gaps and comments without one; outside the gate, the gaps as they are."""
    for reason in reasons(report) if report.gate else ():
        if not reason.fingerprint:
            yield "error", _reason(reason, report.prefix)
    for notice in report.verdict.notices:
        yield "notice", _command("notice", notice, title="seatrial")
    for gap in () if report.gate else report.verdict.gaps:
        place: dict[str, str | int] = {"file": report.prefix + gap.path} if gap.path else {}
        yield "warning", _command("warning", f"not read: {gap.reason}", **place, title=f"{gap.stage}")


def _reason(reason: Reason, prefix: str) -> str:
    place: dict[str, str | int] = {"file": prefix + reason.path} if reason.path else {}
    if place and reason.line:
        place["line"] = reason.line
    return _command("error", f"{reason.what}: {reason.way_to_green}", **place, title=reason.rule or "seatrial")


def _summary(report: Report, dropped: Counter[str]) -> Iterator[str]:
    said = [words.headline(report)] if report.gate else [words.tally(report)]
    said += [words.tally(report)] if report.gate and told(report) else []
    said += [f"Notes: {noted}"] if (noted := words.noted(report)) else []
    yield _plain(" ".join(f"{sentence}." for sentence in said))
    if dropped:
        levels = ", ".join(words.count(dropped[level], level) for level in _LEVEL.values() if dropped[level])
        cut = words.count(dropped.total(), "annotation")
        yield _plain(f"{cut} more than GitHub shows ({levels}); the SARIF report has all.")


def _plain(text: str) -> str:
    """A line that the runner cannot take for a command."""
    return printable(text).replace("::", ":\u200b:").replace("##[", "##\u200b[")


def _command(level: str, message: str, **properties: str | int) -> str:
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {named}::{_data(message)}"


def _data(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
