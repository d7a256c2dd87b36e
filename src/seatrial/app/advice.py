"""What the author of a change may ask before a person reviews it: findings, decisions, questions. Signs nothing.

`base` is the revision that the change started from; what lies on disk is the change, committed or not.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from seatrial.app import decide, git
from seatrial.app.decided import Asked, gather
from seatrial.app.edits import Edits, edits
from seatrial.app.settings import decisions_folder
from seatrial.app.why import speaks, why
from seatrial.decisions.records.imports import imports, is_within
from seatrial.gate.decisions import judge, notes
from seatrial.model.finding import Severity
from seatrial.model.record import Draft, Record
from seatrial.model.verdict import Judged, State

_MOST = 50
"""Findings in an answer; how many more there are is told."""
_RANK = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.NOTE: 1}


class Place(NamedTuple):
    """Changed lines (1-based) of a file as it is now."""

    path: str
    lines: frozenset[int]


def findings(root: Path, base: str) -> dict[str, Any]:
    """What is wrong with the change, worst first: each with the way that leads to it and how to mend it.

    Raises as `audit`.
    """
    from seatrial.app.audit import Request, audit  # noqa: PLC0415 - brings the stages, which the rest needs not

    report = audit(Request(root=root, changed_since=base))
    found = [one for one in report.verdict.judged if one.state in {State.NEW, State.LAPSED}]
    found.sort(key=_order)
    return {
        "findings": [_told(one) for one in found[:_MOST]],
        "cut": max(len(found) - _MOST, 0),
        "gaps": msgspec.to_builtins(report.verdict.gaps),
    }


def reasons(root: Path, place: str) -> dict[str, Any]:
    """The decisions and small whys for `path` or `path:Class.method`. Raises as `why`."""
    answer: dict[str, Any] = msgspec.to_builtins(why(root, place))
    return answer


def decisions_for(root: Path, base: str) -> dict[str, Any]:
    """The decisions that speak of what the change touches, in short; `path` leads to the full text.

    Raises:
        SourceError: there is no such revision.
        DecisionError: a record cannot be understood.
    """
    known = decide.records(root)
    changed = _edits(root, base)
    own = (".seatrial/", decisions_folder(root) + "/")
    paths = sorted(path for path in {*changed.after, *changed.before} if not path.startswith(own))
    touched = ((record, _touched(record, paths, changed)) for record in known)
    return {"decisions": [_index(record, found) for record, found in touched if found]}


def check_rejected(root: Path, base: str, message: str = "") -> dict[str, Any]:
    """Whether the change brings back what was rejected or breaks a decision's rule, and the ways on. Runs no command.

    What `message`, that of a commit in the making, cites counts as what commits cite. Raises as `decisions_for`.
    """
    today = datetime.now(UTC).date()
    decided, gaps = gather(Asked(root, git.merge_base(root, base), today, message=message))
    return {
        "reasons": msgspec.to_builtins(judge(decided)),
        "notices": [*notes(decided), *(f"{gap.path}:{gap.line} {gap.reason}" for gap in gaps)],
    }


def questions_for(root: Path, base: str) -> dict[str, Any]:
    """What a reviewer may ask about each changed file: an assumption, a what-if and a trace, bound to its facts.

    Raises:
        SourceError: there is no such revision.
        ConfigError: a setting cannot be used.
    """
    from seatrial.app.questions import choose  # noqa: PLC0415 - brings the program, which the rest needs not
    from seatrial.app.questions.reading import plain, read  # noqa: PLC0415 - as above

    places = list(_places(_edits(root, base)))
    facts = read(root, [place.path for place in places])
    answer = []
    for place in places:
        here = [fact for fact in facts if fact.path == place.path and fact.line in place.lines]
        asked = choose(here or plain(place.path, "", place.lines), (), "author")
        answer.append({"path": place.path, "questions": [msgspec.to_builtins(one) for one in asked]})
    return {"files": answer}


def propose(root: Path, draft: Draft) -> dict[str, Any]:
    """Writes a proposed record, which only a person can accept. Raises as `decide.draft`."""
    record = decide.draft(root, draft)
    return {
        "id": record.id,
        "path": record.path,
        "status": record.status.value,
        "accept": f"seatrial decide accept {record.id}",
    }


def _order(one: Judged) -> tuple[float, str, int]:
    finding = one.finding
    return -_RANK[finding.severity] * finding.confidence * finding.weight, finding.place.path, finding.place.line


def _told(one: Judged) -> dict[str, Any]:
    finding = one.finding
    way = [f"{step.place.path}:{step.place.line} {step.message}" for step in finding.path]
    kept = ("rule", "message", "symbol", "confidence", "code", "why", "mend", "fingerprint")
    fields = {name: getattr(finding, name) for name in kept}
    place = {"path": finding.place.path, "line": finding.place.line, "end_line": finding.place.end_line}
    return {**place, "severity": finding.severity.value, **fields, "way": way}


def _index(record: Record, paths: list[str]) -> dict[str, Any]:
    rejected = [
        {"option": one.option, "because": one.because, "revisit-when": one.revisit_when} for one in record.rejected
    ]
    return {
        "id": record.id,
        "title": record.title,
        "status": record.status.value,
        "enforcement": record.enforcement.value,
        "rejected": rejected,
        "touches": paths[:10],
        "path": record.path,
    }


def _edits(root: Path, base: str) -> Edits:
    return edits(root, git.merge_base(root, base))


def _touched(record: Record, paths: Iterable[str], changed: Edits) -> list[str]:
    return [path for path in paths if speaks(record, path, "") or _names(record, path, changed.after.get(path, b""))]


def _names(record: Record, path: str, data: bytes) -> bool:
    """Whether a file imports what a record speaks of, or uses one of its terms."""
    scope = record.scope
    if not scope.imports and not scope.terms:
        return False
    text = data.decode("utf-8", "replace")
    if any(term.lower() in text.lower() for term in scope.terms):
        return True
    found = imports(path, text) if scope.imports and path.endswith(".py") else ()
    return any(is_within(one, module) for one in found for module in scope.imports)


def _places(changed: Edits) -> Iterator[Place]:
    for path, data in sorted(changed.after.items()):
        if path.endswith(".py"):
            lines = frozenset(_added(_lines(changed.before.get(path, b"")), _lines(data)))
            if lines:
                yield Place(path, lines)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").splitlines()


def _added(before: list[str], after: list[str]) -> Iterable[int]:
    for kind, _, _, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind in {"insert", "replace"}:
            yield from range(start + 1, end + 1)
