"""Shows who wrote what, for people: sums, then files, then symbols where few are asked for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from seatrial.model.provenance import Origin, Provenance, Survey
from seatrial.model.source import Gap
from seatrial.model.text import counted, printable

_FEW, _MOST_FILES, _MOST_MARKS = 40, 25, 3
_MARKED = (Origin.AI, Origin.MIXED)
_OID = 12
_BAR = 20


def lines(survey: Survey, *, in_full: bool) -> Iterator[str]:
    """The lines to show. `in_full`: every symbol, however many."""
    yield from map(printable, _sums(survey))
    if in_full or len(survey.units) <= _FEW:
        for path, units in groupby(survey.units, lambda unit: unit.path):
            yield ""
            yield printable(path)
            yield from (printable(line) for unit in units for line in _symbol(unit))
    else:
        yield ""
        yield from map(printable, _files(survey.units))
    for told in (*_gaps(survey.gaps), *survey.notes):
        yield ""
        yield printable(told)


def _sums(survey: Survey) -> Iterator[str]:
    by_lines = _by_lines(survey.units)
    by_symbol = Counter(unit.origin for unit in survey.units)
    total = sum(by_lines.values())
    yield f"{len(survey.units):,} symbols, {total:,} lines; marks as of {survey.agents}"
    for origin in Origin:
        if by_symbol[origin] or by_lines[origin]:
            share = by_lines[origin] / total if total else 0
            many = "s" * (by_symbol[origin] != 1)
            counts = f"{by_lines[origin]:9,} lines {share:5.0%}  {by_symbol[origin]:7,} symbol{many}"
            yield f"  {origin:14} {counts}  {'█' * round(share * _BAR)}".rstrip()
    tools = Counter(tool for unit in survey.units for tool in unit.tools)
    if tools:
        yield "tools: " + ", ".join(f"{tool} ({counted(count, 'symbol')})" for tool, count in tools.most_common())
    if survey.workplaces:
        yield f"agents work in this tree: {', '.join(survey.workplaces)}"


def _gaps(gaps: Sequence[Gap]) -> Iterator[str]:
    """What was not looked at, each reason once."""
    paths: dict[str, list[str]] = {}
    for gap in gaps:
        paths.setdefault(gap.reason, []).append(gap.path)
    for reason, (first, *others) in paths.items():
        more = f" and {len(others):,} more" if others else ""
        yield f"{first}{more}: {reason}" if first else reason


def _files(units: Sequence[Provenance]) -> Iterator[str]:
    """The files with most lines by models, the most first, and how many are not shown."""
    files = {path: _by_lines(list(own)) for path, own in groupby(units, lambda unit: unit.path)}
    marked = {path: sum(found[origin] for origin in _MARKED) for path, found in files.items()}
    worst = sorted((path for path in marked if marked[path]), key=lambda path: (-marked[path], path))
    if worst:
        yield "most lines by models:"
    for path in worst[:_MOST_FILES]:
        yield f"  {marked[path]:6,} of {files[path].total():6,} lines  {path}"
    if len(worst) > _MOST_FILES:
        yield f"  and {len(worst) - _MOST_FILES:,} more files; name a file or folder to see its symbols, or use --json"


def _symbol(unit: Provenance) -> Iterator[str]:
    many = "s" * (sum(unit.lines.values()) != 1)
    each = ", ".join(f"{count} {origin}" for origin, count in unit.lines.items())
    counts = str(unit.lines[unit.origin]) if unit.lines.keys() == {unit.origin} else each
    tools = ", ".join((*unit.tools, *unit.models))
    yield f"  {unit.origin:14} {unit.name}  ({counts} line{many}{'; ' if tools else ''}{tools})"
    for mark in unit.marks[:_MOST_MARKS]:
        yield f"  {'':14}   {' '.join(filter(None, (mark.commit[:_OID], mark.carrier)))}: {mark.text}"
    if len(unit.marks) > _MOST_MARKS:
        yield f"  {'':14}   and {len(unit.marks) - _MOST_MARKS} more marks"


def _by_lines(units: Sequence[Provenance]) -> Counter[Origin]:
    found: Counter[Origin] = Counter()
    for unit in units:
        found.update(unit.lines)
    return found
