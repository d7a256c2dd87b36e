"""Wording that the formats share, so that a finding is spoken of in the same words everywhere."""

from collections import Counter
from collections.abc import Iterable

from seatrial.model.evidence import Outcome
from seatrial.model.finding import Finding, Place, Severity
from seatrial.model.source import Gap
from seatrial.model.text import printable
from seatrial.model.verdict import Judged, Reason, Report, State
from seatrial.reports._sections import against, notes, told

_MUCH = 10
"""From so many findings on, nobody mends them all before anything else."""
_FOLDED = {State.KNOWN: "in the baseline", State.SUPPRESSED: "suppressed", State.CLEARED: "cleared by a trial"}
_PLURAL = {"entry": "entries", "query": "queries"}


def count(number: int, noun: str) -> str:
    """`1 finding`, `2,412 lines`."""
    return f"{number:,} {noun if number == 1 else _PLURAL.get(noun, noun + 's')}"


def short(fingerprint: str) -> str:
    """The part of a fingerprint that people type."""
    return printable(fingerprint[:8])


def where(place: Place) -> str:
    """`shop/orders.py:41`."""
    return f"{printable(place.path)}:{place.line}" if place.path else "the running program"


def spot(gap: Gap) -> str:
    """Where a gap is; the stage if it is in no file."""
    return (printable(gap.path) or gap.stage.value) + (f":{gap.line}" if gap.line else "")


def agreed(finding: Finding) -> list[str]:
    """Which other scanners say the same, in one item; none if none does."""
    return [f"also found by {', '.join(finding.also_found_by)}"] if finding.also_found_by else []


def sure(confidence: float) -> str:
    """`90 % sure`."""
    return f"{confidence * 100:.0f} % sure"


def proof(judged: Judged) -> str:
    """What is known from running it: proven, cleared, or which trial would tell; not again what the finding says."""
    for piece in sorted(judged.evidence, key=lambda e: list(Outcome).index(e.outcome)):
        told = "suspected; not tried" if piece.outcome is Outcome.NOT_TRIED else piece.outcome.value
        why = "" if piece.reason in judged.finding.message else f": {printable(piece.reason)}"
        return f"{told} by the trial {printable(piece.trial)}{why}"
    trial = printable(judged.finding.confirmed_by)
    return f"suspected; the trial {trial} would prove or clear it" if trial else "suspected"


def cwes(numbers: Iterable[int]) -> list[str]:
    """`CWE-89` for each."""
    return [f"CWE-{number}" for number in numbers]


def read(report: Report) -> str:
    """What was read: `37 files · 2,412 lines + 900 of tests · 19 endpoints · 8 tables · 0.4 s`."""
    counts = report.counts
    lines = count(counts.lines, "line") + (f" + {counts.test_lines:,} of tests" if counts.test_lines else "")
    parts = [count(counts.files, "file"), lines, count(counts.functions, "function")]
    parts += [count(n, noun) for n, noun in ((counts.endpoints, "endpoint"), (counts.tables, "table")) if n]
    return " · ".join([*parts, f"{counts.seconds:.1f} s"])


def tally(report: Report) -> str:
    """The findings by severity: `22 findings: 5 errors, 17 warnings`; what is answered or a note is not counted."""
    found = told(report)
    severities = Counter(j.finding.severity for j in found)
    parts = [count(severities[s], s.value) for s in Severity if severities[s]]
    return f"{count(len(found), 'finding')}: {', '.join(parts)}" if parts else nothing(report)


def nothing(report: Report) -> str:
    """That nothing speaks against the code, in words that promise no more than was asked and shown."""
    found = "Nothing new was found" if report.scope or answered(report) else "Nothing was found"
    mild = len(notes(report))
    return f"{found} but {count(mild, 'note')}" if mild else found


def answered(report: Report) -> str:
    """The findings that are folded away: `900 in the baseline, 3 suppressed`; empty if there are none."""
    states = Counter(j.state for j in report.verdict.judged)
    return ", ".join(f"{states[state]:,} {told}" for state, told in _FOLDED.items() if states[state])


def cleared(report: Report) -> list[str]:
    """What trials cleared, each with its place and what was seen."""
    found = [j for j in report.verdict.judged if j.state is State.CLEARED]
    return [f"{j.finding.rule} at {where(j.finding.place)} ({proof(j)})" for j in found]


def noted(report: Report) -> str:
    """How many notes are only counted, by rule, and how to see them; empty if there are none."""
    rules = Counter(one.finding.rule for one in notes(report))
    parts = ", ".join(f"{number:,} {printable(rule)}" for rule, number in rules.most_common())
    return f"{parts}; `--all` shows them" if rules else ""


def hidden(report: Report) -> str:
    """How many findings are too unsure to be shown, and how to see them; empty if there are none."""
    told = f"{count(report.hidden, 'finding')} below the confidence threshold"
    return f"{told}; `seatrial audit --confidence 0` shows all" if report.hidden else ""


def notices(report: Report) -> list[str]:
    """What is told beside the reasons, though it shuts nothing."""
    return [printable(notice) for notice in report.verdict.notices]


def stale(report: Report) -> str:
    """How many entries of the baseline can go, and how; empty if there are none."""
    entries = count(len(report.verdict.stale), "entry")
    return f"{entries} for what is no longer found: `seatrial baseline --prune`" if report.verdict.stale else ""


def headline(report: Report) -> str:
    """The answer in one line: the gate's if it was asked for, else how much was found."""
    if not report.gate:
        return count(len(told(report)), "finding") if told(report) else nothing(report)
    verdict = report.verdict
    return "The gate is open" if verdict.open else f"The gate is shut: {count(len(verdict.reasons), 'reason')}"


def shut_by(group: list[Reason], limit: int) -> str:
    """What shuts the gate: a lone reason in its own words, several of one rule by their places."""
    if len(group) == 1:
        return group[0].what
    if not group[0].fingerprint:  # a decision or a sign-off: what it says matters more than where it is not kept
        return f"{group[0].what} (also {some([f'{r.path}:{r.line}' for r in group[1:]], limit)})"
    return f"{group[0].rule}, {len(group)} times: {some([f'{r.path}:{r.line}' for r in group], limit)}"


def some(told: list[str], limit: int) -> str:
    """The first few, and how many more there are."""
    more = len(told) - limit
    return "; ".join(told[:limit]) + (f"; and {more:,} more" if more > 0 else "")


def hint(report: Report) -> str:
    """The cheapest way for who runs the gate for the first time on much old code; empty for everyone else."""
    verdict = report.verdict
    begun = verdict.stale or any(j.state in {State.KNOWN, State.LAPSED} for j in verdict.judged)
    if not report.gate or report.scope or begun or len(against(report)) < _MUCH:
        return ""
    return "Old code? `seatrial baseline` accepts what is there today; from then on only what is new shuts the gate."
