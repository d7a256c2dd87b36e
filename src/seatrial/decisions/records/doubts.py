"""Why records may no longer hold, derived from the tree and the day: nobody has to remember to say so."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from seatrial.decisions.records.anchors import anchored, symbol_of
from seatrial.decisions.records.imports import is_within, module_of
from seatrial.decisions.records.sightings import covered
from seatrial.model.decided import Doubt, DoubtKind
from seatrial.model.record import Record, Rule, RuleKind, Status

Reader = Callable[[str], bytes | None]
"""The bytes of a file; None if there is none."""


def doubts(records: Sequence[Record], paths: Collection[str], read: Reader, today: date) -> list[Doubt]:
    """What speaks against the records as they stand, in order. `paths` are all files of the tree."""
    ids = Counter(record.id for record in records)
    found = [_doubt(one, DoubtKind.TWICE, *_twice(one.id)) for one in records if ids[one.id] > 1]
    found += _superseded(records)
    for record in records:
        if record.status is Status.ACCEPTED and not record.superseded_by:
            found += _stale(record, paths, read, today)
    return sorted(found)


def _doubt(record: Record, kind: DoubtKind, what: str, way: str, key: str = "") -> Doubt:
    return Doubt(record.id, kind, what, way, record.path, record.lines.get(key, 1))


def _twice(name: str) -> tuple[str, str]:
    return f"several records have the id {name}", "give each its own"


def _superseded(records: Sequence[Record]) -> Iterator[Doubt]:
    """Circles, and records that are superseded by what does not exist. Plain records name others in their own ways."""
    known = {record.id: record for record in records}
    above: Mapping[str, set[str]] = {one.id: {one.superseded_by} - {""} for one in records}
    for one in records:
        for old in one.supersedes:
            if old in above:
                above[old].add(one.id)
    for record in records:
        if not record.plain and record.superseded_by and record.superseded_by not in known:
            what = f"is superseded by {record.superseded_by}, which does not exist"
            yield _doubt(record, DoubtKind.CYCLE, what, "name the record that takes its place", "superseded-by")
        elif record.id in _reached(record.id, above):
            what = "supersedes itself by way of others"
            yield _doubt(record, DoubtKind.CYCLE, what, "take one of them out of the circle", "supersedes")


def _reached(start: str, above: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = list(above.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += above.get(name, ())
    return seen


def _stale(record: Record, paths: Collection[str], read: Reader, today: date) -> Iterator[Doubt]:
    way = f"look at it again: `seatrial decide reaffirm {record.id}`, or supersede it"
    for anchor in record.anchors:
        if what := anchored(anchor, read(anchor.path)):
            place = anchor.path + (f":{anchor.symbol}" if anchor.symbol else "")
            yield _doubt(record, DoubtKind.ANCHOR, f"rests on {place}, which {what}", way, "anchors")
    if record.review_by and record.review_by < today:
        what = f"should have been looked at by {record.review_by}"
        yield _doubt(record, DoubtKind.REVIEW, what, "say in a record that supersedes it what holds now", "review-by")
    if (record.scope.paths or record.scope.symbols) and not _speaks(record, paths, read):
        what = "speaks of files and symbols that are not there"
        yield _doubt(record, DoubtKind.SCOPE, what, "supersede it, or bring back what it speaks of", "scope")
    for number, rule in enumerate(record.rules):
        if what := _idle(rule, record, paths):
            yield _doubt(
                record, DoubtKind.SCOPE, what, "supersede the record with one whose rule fits", f"rules.{number}"
            )


def _speaks(record: Record, paths: Collection[str], read: Reader) -> bool:
    if record.scope.paths and any(covered(record.scope.paths, paths)):
        return True
    for name in record.scope.symbols:
        path, colon, symbol = name.rpartition(":")
        if not colon or symbol_of(path, symbol, read(path)):
            return True
    return False


def _idle(rule: Rule, record: Record, paths: Collection[str]) -> str:
    """Why a rule can never speak; empty if it can."""
    if rule.kind in {RuleKind.COMMAND, RuleKind.DEPENDENCY_FORBIDDEN}:
        return ""
    meant = rule.paths or record.scope.paths
    if not any(covered(meant, paths)):
        return f"has a rule `{rule.id}` for files that are not there"
    if rule.kind is RuleKind.LAYERS and _present(rule, covered(meant, paths)) < 2:
        return f"has a rule `{rule.id}` for layers of which fewer than two are there"
    return ""


def _present(rule: Rule, paths: Iterable[str]) -> int:
    modules = [module_of(path) for path in paths if path.endswith(".py")]
    layers = [(layer,) if isinstance(layer, str) else layer for layer in rule.layers]
    return sum(any(is_within(module, name) for module in modules for name in layer) for layer in layers)
