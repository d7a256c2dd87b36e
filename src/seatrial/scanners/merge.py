"""Puts the findings of other scanners beside ours: one report of a fault, however many scanners saw it."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from seatrial.model.finding import Finding, Place
from seatrial.scanners.results import normal


def joined(ours: Sequence[Finding], theirs: Iterable[Finding]) -> tuple[Finding, ...]:
    """All findings, sorted; one that speaks of the same lines and weakness as an earlier one becomes part of that.

    The earlier one names it in `also_found_by` and is as sure as the surer of the two. That two agree makes neither
    surer: most scanners match the same patterns, so they are right and wrong together.
    """
    kept = list(ours)
    by_path: dict[str, list[int]] = {}
    for index, finding in enumerate(kept):
        by_path.setdefault(finding.place.path, []).append(index)
    for finding in theirs:
        same = [index for index in by_path.get(finding.place.path, ()) if _is_same(kept[index], finding)]
        if same:
            kept[same[0]] = _agreed(kept[same[0]], finding)
        else:
            by_path.setdefault(finding.place.path, []).append(len(kept))
            kept.append(finding)
    return tuple(sorted(kept))


def _agreed(first: Finding, other: Finding) -> Finding:
    names = tuple(sorted({*first.also_found_by, other.rule}))
    return replace(first, also_found_by=names, confidence=max(first.confidence, other.confidence))


def _is_same(one: Finding, other: Finding) -> bool:
    overlap = one.place.line <= other.place.end_line and other.place.line <= one.place.end_line
    return overlap and bool(set(one.cwe) & set(other.cwe)) and one.rule != other.rule


def stands_in(finding: Finding, code: Sequence[str], earlier: Sequence[str]) -> bool:
    """Whether the lines that a finding rests on, in the file's `code`, are also in the `earlier` text of that file."""
    wanted = f"\n{normal(code, finding.place)}\n"
    return wanted in f"\n{normal(earlier, Place(finding.place.path, 1, len(earlier)))}\n"
