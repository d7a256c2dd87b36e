"""The report for a terminal: the few findings that matter most, in full and in the order in which they sink."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from seatrial.model.finding import Finding, Severity, Step
from seatrial.model.text import printable
from seatrial.model.verdict import Judged, Report, State
from seatrial.reports import _curves as curves
from seatrial.reports import _words as words
from seatrial.reports._sections import SINKS, RuleGroup, Section, chosen, reason_groups, sections, told
from seatrial.reports.contract import Format

_FEW = 10
_CURVES, _SAID = 6, 3
"""So many curves are shown, and of so many what follows from them."""
_NARROWEST, _WIDEST, _USUAL = 60, 110, 100
_BOLD, _DIM, _RED, _GREEN, _YELLOW, _CYAN = 1, 2, 31, 32, 33, 36
_SEVERITY = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.NOTE: _CYAN}


def render(report: Report, width: int, color: bool) -> str:  # noqa: FBT001 -- the contract of a format
    """The report as lines of at most `width` columns; paths and commands alone may be longer."""
    page = _Page(min(max(width or _USUAL, _NARROWEST), _WIDEST), color)
    found = told(report)
    few, rest = chosen(found, len(found) if report.in_full else _FEW)
    lines = [*_head(page, report)]
    for section in sections(few):
        lines += _section(page, section)
    lines += _rest(page, rest)
    lines += _measured(page, report)
    lines += _foot(page, report)
    return "\n".join(line.rstrip() for line in lines) + "\n"


FORMAT = Format("text", ".txt", render)


@dataclass(frozen=True, slots=True)
class _Page:
    """How wide the lines are and whether they may be coloured. Everything written on it is made printable first."""

    width: int
    color: bool

    def paint(self, text: str, *codes: int) -> str:
        text = printable(text)
        return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m" if self.color and text else text

    def paragraph(self, text: str, indent: int, label: str = "", *codes: int) -> Iterator[str]:
        """The text wrapped; the label stands before its first line, the others align."""
        room = max(self.width - indent - len(label), 20)
        broken = wrap(printable(text), room, break_long_words=False, break_on_hyphens=False)
        for number, line in enumerate(broken):
            start = self.paint(label, _DIM) if number == 0 else " " * len(label)
            yield " " * indent + start + self.paint(line, *codes)

    def line(self, text: str, indent: int, *codes: int) -> str:
        """The text on one line, cut short if it is too long."""
        text, room = printable(text), self.width - indent
        return " " * indent + self.paint(text if len(text) <= room else text[: room - 1] + "…", *codes)


def _head(page: _Page, report: Report) -> Iterator[str]:
    name = page.paint("seatrial", _BOLD)
    yield f"{name} {page.paint(report.version, _DIM)}  {page.paint(report.root)}"
    yield from page.paragraph(words.read(report), 0, "", _DIM)
    if report.scope:
        yield page.line(f"Only what is {report.scope}", 0, _DIM)


def _section(page: _Page, section: Section) -> Iterator[str]:
    title = section.quality.value.capitalize()
    yield ""
    yield page.paint("─" * page.width, _DIM)
    yield f"{page.paint(title, _BOLD)}  {page.paint(SINKS[section.quality], _DIM)}"
    for group in section.groups:
        yield ""
        yield from _group(page, group)


def _group(page: _Page, group: RuleGroup) -> Iterator[str]:
    first = group.first
    label = page.paint(first.severity.value, _SEVERITY[first.severity], _BOLD)
    tags = "  ".join([*words.cwes(first.cwe)])
    yield f"  {label}  {page.paint(group.rule, _BOLD)}  {page.paint(tags, _DIM)}"
    for judged in group.judged:
        yield ""
        yield from _finding(page, judged, judged.finding.mend if judged.finding.mend != first.mend else "")
    if first.why or first.mend:
        yield ""
    yield from page.paragraph(first.why, 4, "why   ")
    yield from page.paragraph(first.mend, 4, "mend  ")


def _finding(page: _Page, judged: Judged, own_mend: str) -> Iterator[str]:
    finding = judged.finding
    yield from page.paragraph(finding.message, 4)
    yield from _place(page, finding)
    yield from _path(page, finding)
    yield from page.paragraph(own_mend, 6, "mend  ")
    facts = [words.sure(finding.confidence), *words.agreed(finding), words.proof(judged)]
    if judged.state is State.LAPSED:
        facts.insert(0, "was accepted, but its code changed")
    yield from page.paragraph(" · ".join([*facts, f"seatrial show {words.short(finding.fingerprint)}"]), 6, "", _DIM)
    for piece in judged.evidence:
        yield from page.paragraph(piece.reproduce, 6, "again ")


def _place(page: _Page, finding: Finding) -> Iterator[str]:
    """Where it is: on one line, or if that is too long on two."""
    where, symbol = words.where(finding.place), f"in {finding.symbol}" if finding.symbol else ""
    if 5 + len(where) + len(printable(symbol)) <= page.width:
        yield f"    {page.paint(where, _CYAN)} {page.paint(symbol, _DIM)}"
    else:
        yield f"    {page.paint(where, _CYAN)}"
        yield page.line(symbol, 4, _DIM)


def _path(page: _Page, finding: Finding) -> Iterator[str]:
    if not finding.path and finding.code:
        yield page.line(finding.code, 8)
    for number, step in enumerate(finding.path, 1):
        yield from _step(page, number, step)


def _step(page: _Page, number: int, step: Step) -> Iterator[str]:
    where, happens = words.where(step.place), printable(step.message)
    start = f"      {page.paint(f'{number}.', _DIM)} {page.paint(where, _CYAN)}"
    if 10 + len(where) + len(happens) < page.width:
        yield f"{start}  {happens}"
    else:
        yield start
        yield from page.paragraph(happens, 9)
    if step.code:
        yield page.line(step.code, 11)


def _rest(page: _Page, rest: list[Judged]) -> Iterator[str]:
    """One line a rule for the findings that are not shown in full."""
    if not rest:
        return
    groups = [group for section in sections(rest) for group in section.groups]
    longest = max(len(group.rule) for group in groups)
    yield from ("", page.paint("─" * page.width, _DIM))
    more = words.count(len(rest), "more finding")
    yield f"{page.paint('Also', _BOLD)}  {page.paint(f'{more}; --all shows them', _DIM)}"
    yield ""
    for group in groups:
        places = ", ".join(words.where(j.finding.place) for j in group.judged)
        yield page.line(f"{len(group.judged):>5} {group.rule:<{longest}}  {places}", 0)


def _measured(page: _Page, report: Report) -> Iterator[str]:
    """The curves: a row of blocks each, and what follows from those that grow most."""
    shown = report.curves if report.in_full else report.curves[:_CURVES]
    if not shown:
        return
    yield from ("", page.paint("─" * page.width, _DIM))
    more = f", and {len(report.curves) - len(shown)} more; --all shows them" if shown != report.curves else ""
    yield f"{page.paint('Curves', _BOLD)}  {page.paint(f'what the trials measured{more}', _DIM)}"
    yield ""
    longest = min(max(len(curve.title) for curve in shown), 40)
    for number, curve in enumerate(shown):
        line = f"{curve.title:<{longest}}  {curves.sparkline(curve.series[0]):<9}  {curve.label}"
        yield page.line(line, 2)
        yield page.line(curves.span(curve), 4, _DIM)
        for sentence in curve.says if number < _SAID or report.in_full else ():
            yield from page.paragraph(sentence, 4, "", _DIM)


def _foot(page: _Page, report: Report) -> Iterator[str]:
    yield from ("", page.paint("─" * page.width, _DIM))
    yield page.paint(words.tally(report), _BOLD)
    for label, known in _known(report):
        yield from page.paragraph(known, 0, f"{label:<12}")
    if report.gate:
        yield ""
        yield from _gate(page, report)


def _known(report: Report) -> Iterator[tuple[str, str]]:
    """What else there is to know, one line each: noted, answered, tried, hidden, not read, left out, unused."""
    verdict = report.verdict
    limit = sys.maxsize if report.in_full else 3
    if noted := words.noted(report):
        yield "notes", noted
    if answered := words.answered(report):
        yield "answered", answered
    if cleared := words.cleared(report):
        yield "cleared", words.some(cleared, limit)
    if report.tried:
        yield "tried with", report.tried
    if hidden := words.hidden(report):
        yield "hidden", hidden
    if verdict.gaps:
        yield "not read", words.some([f"{words.spot(g)} ({g.reason})" for g in verdict.gaps], limit)
    if report.left_out:
        left = [f"{out.path} ({out.reason}, {words.count(out.files, 'file')})" for out in report.left_out]
        yield "left out", words.some(left, limit)
    yield from _comments(report, limit)
    if stale := words.stale(report):
        yield "baseline", stale
    for number, notice in enumerate(words.notices(report)):
        yield "" if number else "to know", notice


def _comments(report: Report, limit: int) -> Iterator[tuple[str, str]]:
    unused = report.verdict.unused
    for number, comment in enumerate(unused[:limit]):
        yield "" if number else "comments", f"{comment.path}:{comment.line}  {comment.problem}"
    if len(unused) > limit:
        yield "", f"and {len(unused) - limit} more; --all shows them"


def _gate(page: _Page, report: Report) -> Iterator[str]:
    if report.verdict.open:
        yield page.paint("The gate is open.", _GREEN, _BOLD)
        return
    yield page.paint(words.headline(report), _RED, _BOLD)
    for group in reason_groups(report):
        yield ""
        yield from page.paragraph(words.shut_by(group, len(group) if report.in_full else 3), 2, "✗ ")
        yield from page.paragraph(group[0].way_to_green, 4, "", _GREEN)
    if hint := words.hint(report):
        yield from ("", *page.paragraph(hint, 2))
