"""Drafts from findings: those of one remedy in one file make one card; copies, one for each set of files."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from seatrial.app.rescue.drafts import Draft, span
from seatrial.app.rescue.remedies import Remedy, remedy_for
from seatrial.app.rescue.survey import Measured, Survey
from seatrial.model.finding import Finding, Severity
from seatrial.model.rescue import Fact, Span, Verb

WEIGHT = {Severity.ERROR: 4, Severity.WARNING: 2, Severity.NOTE: 1}
MORE = 0.5
"""What a further place in the same file costs, of the first."""
LINES_A_PLACE = 100
"""Copied lines that are made one in the time of one place: long copies differ in more than short ones."""
_FEW_PLACES = 6
_BY_FINGERPRINT = frozenset({"duplicates"})
"""Remedies whose findings are counted one by one: others of the rule may stay in the file."""


def drafts(survey: Survey) -> Iterator[Draft]:
    """One for each remedy and file that has findings."""
    groups: dict[tuple[str, tuple[str, ...]], list[Finding]] = defaultdict(list)
    for finding in (*survey.findings, *survey.test_findings):
        remedy = remedy_for(finding.rule)
        groups[remedy.key, () if remedy.whole else _paths(finding, remedy)].append(finding)
    for (_, shared), findings in sorted(groups.items()):
        remedy = remedy_for(findings[0].rule)
        make = _circle if remedy.verb is Verb.BREAK_CYCLE else _draft
        paths = shared or tuple(sorted({one.place.path for one in findings}))
        yield make(survey, remedy, paths, sorted(findings, key=_gravest_first))


def _paths(finding: Finding, remedy: Remedy) -> tuple[str, ...]:
    if remedy.verb in {Verb.MERGE_DUPLICATES, Verb.BREAK_CYCLE} and finding.path:
        return tuple(sorted({step.place.path for step in finding.path} | {finding.place.path}))
    return (finding.place.path,)


def _gravest_first(finding: Finding) -> tuple[int, float, str, int]:
    return (-WEIGHT[finding.severity], -finding.weight, finding.place.path, finding.place.line)


def _draft(survey: Survey, remedy: Remedy, paths: tuple[str, ...], findings: Sequence[Finding]) -> Draft:
    touched = _touched(survey, findings)
    unit = _unit(remedy, paths, list(touched))
    lines = sum(one.end_line - one.line + 1 for one in touched.values()) or 20 * len(findings)
    copied = lines if remedy.verb is Verb.MERGE_DUPLICATES else 0
    return Draft(
        verb=remedy.verb,
        phase=remedy.phase,
        kind=remedy.key,
        unit=unit,
        paths=paths,
        title=remedy.title.format(unit=unit),
        facts=(*_counted(findings), *((Fact("lines that say the same", copied),) if copied else ())),
        places=tuple(one.place for one in findings[:_FEW_PLACES]),
        precondition=remedy.precondition,
        checks=tuple(_checks(remedy, paths, findings)),
        hours=_hours(remedy, len(findings), copied),
        lines=lines,
        risk=findings[0].why,
        rollback=remedy.rollback,
        severity=sum(_weight(one) for one in findings),
        is_urgent=remedy.attacked,
        complexity=sum(one.complexity for one in touched.values()),
        touched=tuple(touched),
        findings=tuple(one.fingerprint for one in findings),
        duplicated=copied,
        how=findings[0].mend,
        reason=_first(findings),
    )


def _unit(remedy: Remedy, paths: Sequence[str], touched: Sequence[str]) -> str:
    if remedy.whole:
        return "the code"
    return touched[0] if len(touched) == len(paths) == 1 else " + ".join(paths)


def _circle(survey: Survey, remedy: Remedy, paths: tuple[str, ...], findings: Sequence[Finding]) -> Draft:
    """A circle is done when its modules make none, not when its finding has gone: another may take its place."""
    plain = _draft(survey, remedy, paths, findings)
    modules = [survey.modules[path].name for path in paths if path in survey.modules]
    check = f"no-cycle:{','.join(modules)}"
    facts = (Fact("modules in the circle", len(paths)), *plain.facts)
    title = remedy.title.format(unit=" and ".join(modules) if len(modules) <= 3 else f"{len(modules)} modules")
    whole = sum(survey.modules[path].complexity for path in paths if path in survey.modules)
    return replace(
        plain, facts=facts, title=title, complexity=whole, checks=(check,) if len(modules) > 1 else plain.checks
    )


def _first(findings: Sequence[Finding]) -> str:
    """The gravest of them in its own words."""
    more = f" And {len(findings) - 1} more." if len(findings) > 1 else ""
    return f"{findings[0].message.rstrip('.')}.{more}"


def _weight(finding: Finding) -> int:
    return WEIGHT[finding.severity] * (2 if remedy_for(finding.rule).attacked else 1)


def _counted(findings: Iterable[Finding]) -> Iterator[Fact]:
    for rule, count in sorted(Counter(one.rule for one in findings).items(), key=lambda one: (-one[1], one[0])):
        yield Fact(rule, count)


def _touched(survey: Survey, findings: Iterable[Finding]) -> dict[str, Measured]:
    """The functions that hold the findings, as `path:symbol`; of copies, each."""
    found: dict[str, Measured] = {}
    for finding in findings:
        copies = remedy_for(finding.rule).verb is Verb.MERGE_DUPLICATES
        places = [finding.place, *(step.place for step in finding.path if copies)]
        for place in places:
            module = survey.modules.get(place.path)
            held = module.around(place.line) if module else None
            if held:
                found[f"{place.path}:{held.symbol}"] = held
    return found


def _checks(remedy: Remedy, paths: tuple[str, ...], findings: Sequence[Finding]) -> Iterator[str]:
    if remedy.key in _BY_FINGERPRINT and len(findings) <= _FEW_PLACES:
        yield from (f"finding:{one.fingerprint} gone" for one in findings)
        return
    if remedy.whole:
        yield from (f"rule:{rule} in . <= 0" for rule in sorted({one.rule for one in findings}))
        return
    places = {one.place.path for one in findings} if len(paths) > 1 else paths
    for path in sorted(places):
        for rule in sorted({one.rule for one in findings if one.place.path == path}):
            yield f"rule:{rule} in {path} <= 0"


def _hours(remedy: Remedy, places: int, copied: int) -> Span:
    low, high = remedy.hours
    times = max(1 + MORE * (places - 1), copied / LINES_A_PLACE)
    return span(low * times, high * times)
