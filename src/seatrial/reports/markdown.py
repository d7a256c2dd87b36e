"""The report as Markdown for a pull request's comment: short on top, the rest folded, never too long for one."""

import re
from collections.abc import Iterator

from seatrial.model.finding import Severity, Step
from seatrial.model.text import printable
from seatrial.model.verdict import Judged, Reason, Report
from seatrial.reports import _words as words
from seatrial.reports._sections import SINKS, RuleGroup, Section, chosen, kinds, reason_groups, sections, told
from seatrial.reports.contract import Format

_LONGEST = 60_000
_LONG = 400
_FEW = 10
_MARK = {Severity.ERROR: "🔴", Severity.WARNING: "🟡", Severity.NOTE: "🔵"}
_LINKED = re.compile(r"[@#]|www(?=\.)|:(?=//)|GH(?=-)", re.IGNORECASE)
_ACTIVE = re.compile(r"([\\`*_\[\]{}()#+!|~@:<>&\"'$-])")


def render(report: Report, width: int, color: bool) -> str:  # noqa: ARG001, FBT001 -- the contract of a format
    """The comment, at most 60,000 characters. Of what does not fit, the number is told."""
    found = told(report)
    few, rest = chosen(found, len(found) if report.in_full else _FEW)
    foot = "\n".join(_foot(report))
    blocks = [block for section in sections(few) for block in _section(section)]
    body, dropped = _fitting([_head(report), *blocks, *_also(rest)], _LONGEST - len(foot) - 200)
    if dropped:
        body.append(f"*{words.count(dropped, 'more block')} did not fit into a comment; the other formats have all.*")
    return "\n\n".join([*body, foot])[:_LONGEST] + "\n"


FORMAT = Format("markdown", ".md", render)


def _fitting(blocks: list[str], room: int) -> tuple[list[str], int]:
    """The blocks that fit from the first on, and how many do not."""
    used = 0
    for number, block in enumerate(blocks):
        used += len(block) + 2
        if used > room:
            return blocks[:number], len(blocks) - number
    return blocks, 0


def _head(report: Report) -> str:
    mark = "" if not report.gate else "🟢 " if report.verdict.open else "🔴 "
    title, found = (words.headline(report), f"{words.tally(report)} in") if report.gate else (words.tally(report), "In")
    lines = [f"## {mark}{_plain(title)}", ""]
    lines.append(f"{_plain(found)} `{_code(report.root)}`: {_plain(words.read(report))}.")
    if report.scope:
        lines.append(f"Only what is {_plain(report.scope)}.")
    return "\n".join(lines + [line for line in _reasons(report) if report.gate])


def _reasons(report: Report) -> Iterator[str]:
    groups = reason_groups(report)
    if groups:
        yield from ("", "| shut by | reasons | the first |", "|---|---|---|")
        yield from (_row(kind, found) for kind, found in kinds(report).items())
        yield ""
    for group in groups[:_FEW]:
        yield f"- {_plain(words.shut_by(group, 3))}<br>**Way to green:** {_plain(group[0].way_to_green)}"
    if len(groups) > _FEW:
        yield f"- and {words.count(len(groups) - _FEW, 'more kind')} of reason"
    if hint := words.hint(report):
        yield f"\n{_plain(hint)}"


def _row(kind: str, found: list[Reason]) -> str:
    first = found[0]
    where = f" `{_code(f'{first.path}:{first.line}').replace('|', '¦')}`" if first.path else ""
    return f"| {kind} | {len(found)} | {_plain(first.rule or first.what)}{where} |"


def _section(section: Section) -> Iterator[str]:
    yield f"### {section.quality.value.capitalize()}: {_plain(SINKS[section.quality])}"
    for group in section.groups:
        yield from _group(group)


def _group(group: RuleGroup) -> Iterator[str]:
    first = group.first
    tags = "".join(f" · {cwe}" for cwe in words.cwes(first.cwe))
    about = [f"**{_MARK[first.severity]} {_plain(group.rule)}**{tags}"]
    about += [f"{label} {_plain(told)}" for label, told in (("**Why:**", first.why), ("**Mend:**", first.mend)) if told]
    yield "<br>\n".join(about)
    for judged in group.judged:
        yield _finding(judged)


def _finding(judged: Judged) -> str:
    finding = judged.finding
    summary = f"<summary>{_html(finding.message)} <code>{_html(words.where(finding.place))}</code></summary>"
    steps = [_step(step) for step in finding.path] or ([f"`{_code(finding.code)}`"] if finding.code else [])
    show = f"seatrial show {words.short(finding.fingerprint)}"
    facts = [words.sure(finding.confidence), *words.agreed(finding), words.proof(judged), show]
    body = "\n".join([*steps, "", _plain(" · ".join(facts))])
    return f"<details>{summary}\n\n{body}\n\n</details>"


def _step(step: Step) -> str:
    code = f"<br>`{_code(step.code)}`" if step.code else ""
    return f"1. `{_code(words.where(step.place))}` {_plain(step.message)}{code}"


def _also(rest: list[Judged]) -> list[str]:
    if not rest:
        return []
    lines = [f"<details><summary>{words.count(len(rest), 'more finding')}</summary>", ""]
    for section in sections(rest):
        for group in section.groups:
            places = ", ".join(f"`{_code(words.where(j.finding.place))}`" for j in group.judged[:20])
            more = f" and {len(group.judged) - 20} more" if len(group.judged) > 20 else ""
            lines.append(f"- {len(group.judged)} of {_plain(group.rule)}: {places}{more}")
    return ["\n".join([*lines, "", "</details>"])]


def _foot(report: Report) -> Iterator[str]:
    verdict = report.verdict
    known = [f"notes: {noted}"] if (noted := words.noted(report)) else []
    known += [f"answered: {answered}"] if (answered := words.answered(report)) else []
    known += [hidden] if (hidden := words.hidden(report)) else []
    known += [f"left out: {words.count(len(report.left_out), 'tree')}"] if report.left_out else []
    known += [f"baseline: {stale}"] if (stale := words.stale(report)) else []
    if known:
        yield _plain("; ".join(known)) + "."
    if verdict.gaps:
        yield f"\n<details><summary>Not read: {words.count(len(verdict.gaps), 'gap')}</summary>\n"
        yield from (f"- `{_code(words.spot(gap))}` {_plain(gap.reason)}" for gap in verdict.gaps[:15])
        if len(verdict.gaps) > 15:
            yield f"- and {words.count(len(verdict.gaps) - 15, 'more gap')}"
        yield "\n</details>\n"
    yield from (f"- {_plain(notice)}" for notice in verdict.notices[:_FEW])
    for comment in verdict.unused[:5]:
        yield f"- `{_code(comment.path)}:{comment.line}` {_plain(comment.problem)}"
    yield f"\n<sub>seatrial {_plain(report.version)}, {_plain(report.date)}</sub>"


def _plain(text: str) -> str:
    """Text that is shown as it is: no markup, no link, no mention. What stands between backticks stays code."""
    parts = _cut(text).split("`")
    if len(parts) % 2 == 0:
        return _inert("`".join(parts))
    return "".join(f"`{part}`" if n % 2 and part else _inert(part) for n, part in enumerate(parts))


def _inert(text: str) -> str:
    return _ACTIVE.sub(r"\\\1", _defused(text))


def _defused(text: str) -> str:
    """Text in which nothing becomes a link or a mention: those are looked for after the markup is read."""
    return _LINKED.sub("\\g<0>\u200b", text)


def _code(text: str) -> str:
    """Text for a code span: it must not hold what ends one."""
    return _cut(text).replace("`", "'") or " "


def _html(text: str) -> str:
    """Text for a line of HTML, where Markdown may still be read in it."""
    return "".join(c if c.isalnum() or c in " .,;/_-" else f"&#{ord(c)};" for c in _defused(_cut(text)))


def _cut(text: str) -> str:
    """Text that prints and cannot fill the comment on its own."""
    text = printable(text)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
