"""The review room itself: code on one side, and on the other what is asked, required, decided, and later found."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from seatrial.app.questions import Question
from seatrial.app.review import together
from seatrial.app.review.packs import Unit
from seatrial.app.review.planting import View
from seatrial.app.review.session import Judgement, Line, Session
from seatrial.model.signoff import Condition, Mark
from seatrial.model.verdict import Judged
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.highlight import coloured
from seatrial.surfaces.web.render import Page

_LEVELS = ("low", "medium", "high")


def show(desk: Desk, request: Request) -> Page:
    """The page of one session, whatever stage it has come to."""
    room = desk.room
    session = room.session(request.path_params["session"])
    real = _Real(room.planted_views(session))
    data = {
        "session": session.id,
        "stage": stage(session),
        "pack": session.pack.id,
        "kind": session.kind.value,
        "slice": session.pack.slice,
        "lines": session.pack.size,
        "floor": room.floor(session),
        "seconds": round(session.seconds),
        "advice": room.advice(session),
        "missing": list(together.missing(room, session)),
        "canaries": room.canaries and not session.not_understood,
        "units": [_unit(unit) for unit in session.pack.units],
        "questions": _questions(session, session.questions, real),
        "remarks": _remarks(session, real),
        "requirements": list(room.material.requirements),
        "origins": _origins(desk, session),
        "decisions": _decisions(desk, session),
        "whys": _whys(desk, session),
        "found": _found(desk, session, {}),
        "criteria": _criteria(desk, session),
        "thoroughness": session.thoroughness,
        "understanding": session.understanding,
        "models": list(session.models),
        "not_understood": session.not_understood,
        "signed": session.signed,
        "may_sign": desk.signature is not None,
    }
    shown = real if session.disclosed else _as_numbered
    is_delta = request.query_params.get("view") == "delta"
    view = {
        "questions": _questions(session, room.questions(session), shown),
        "remarks": _remarks(session, shown),
        "found": _found(desk, session, room.views(session)),
        "may_keep": room.may_keep(session),
        "is_delta": is_delta,
        "files": _deltas(desk, session) if is_delta else _files(desk, session),
        "has_before": any(unit.before is not None for unit in session.pack.units),
        "levels": _LEVELS,
        "marks": list(Mark),
        "disclosed": room.disclosed(session),
        "misled": room.misled(session),
    }
    return Page("session", f"Review {session.pack.id}", data, view)


def stage(session: Session) -> str:
    """How far it has come: predict, judge, disclosed, signed or unclear."""
    if session.not_understood:
        return "unclear"
    if session.signed:
        return "signed"
    if session.disclosed:
        return "disclosed"
    return "judge" if session.revealed else "predict"


def _unit(unit: Unit) -> dict[str, Any]:
    symbol = unit.symbol
    return {"path": symbol.path, "name": symbol.name, "line": symbol.line, "lines": unit.size, "state": unit.state}


class _Real:
    """Turns a line as the view numbers it into one of the tree: what leaves the view speaks of the tree alone."""

    def __init__(self, views: Mapping[str, View]) -> None:
        self._views = views

    def __call__(self, line: Line) -> Line:
        return Line(line.path, self._views[line.path].real(line.number))


def _as_numbered(line: Line) -> Line:
    return line


def _questions(session: Session, questions: Sequence[Question], shown: Callable[[Line], Line]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, question in enumerate(questions):
        given = session.predictions[number] if number < len(session.predictions) else None
        lines = [shown(line) for line in given.lines] if given else []
        found.append(
            {
                "number": number,
                "lens": question.lens.value,
                "text": question.text,
                "path": question.path,
                "symbol": question.symbol,
                "line": question.line,
                "answer": given.text if given else "",
                "lines": [f"{line.path}:{line.number}" for line in lines],
                "repeats": given.repeats if given else "",
                "outcome": given.outcome if given else "",
                "restated": given.restated if given else "",
            }
        )
    return found


def _remarks(session: Session, shown: Callable[[Line], Line]) -> list[dict[str, Any]]:
    return [
        {"path": line.path, "line": line.number, "text": remark.text}
        for remark in session.remarks
        for line in (shown(remark.line),)
    ]


def _origins(desk: Desk, session: Session) -> list[dict[str, Any]]:
    """Who wrote the units, with what leads to the prompt."""
    found = []
    for unit in session.pack.units:
        known = desk.room.material.origins.get((unit.symbol.path, unit.symbol.name))
        marks = [{"text": mark.text, "link": mark.link} for mark in known.marks] if known else []
        origin = known.origin.value if known else "unknown"
        found.append({"unit": unit.name, "origin": origin, "tools": list(known.tools) if known else [], "marks": marks})
    return found


def _decisions(desk: Desk, session: Session) -> list[dict[str, Any]]:
    records = {one.id: (one, known.doubts) for known in _known(desk, session) for one in known.records}
    return [
        {
            "id": one.id,
            "title": one.title,
            "status": one.status.value,
            "doubt": doubts.get(one.id, ""),
            "rejected": [{"option": r.option, "because": r.because, "revisit": r.revisit_when} for r in one.rejected],
        }
        for one, doubts in records.values()
    ]


def _whys(desk: Desk, session: Session) -> list[dict[str, Any]]:
    return [
        {"path": why.path, "symbol": why.symbol, "because": why.because, "who": why.who, "stale": why.stale}
        for known in _known(desk, session)
        for why in known.whys
    ]


def _known(desk: Desk, session: Session) -> list[Any]:
    return [desk.room.known(path) for path in session.pack.paths]


def _found(desk: Desk, session: Session, views: Mapping[str, View]) -> dict[str, Any] | None:
    """What machines found and others said, at the lines of some views; None until the predictions are committed."""
    revealed = desk.room.revealed(session)
    if revealed is None:
        return None
    findings = [_finding(one, views) for one in revealed.findings]
    others = [
        {
            "id": entry.id,
            "reviewer": signoff.reviewer,
            "criteria": [{"id": c.id, "verdict": c.verdict.value, "note": c.note} for c in signoff.criteria],
        }
        for entry, signoff in revealed.others
    ]
    return {"findings": findings, "others": others}


def _finding(judged: Judged, views: Mapping[str, View]) -> dict[str, Any]:
    finding = judged.finding
    path, line = finding.place.path, finding.place.line
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": path,
        "line": views[path].shown(line) if path in views else line,
        "state": judged.state.value,
        "confidence": finding.confidence,
        "mend": finding.mend,
        "evidence": [f"{piece.trial}: {piece.outcome.value}, {piece.reason}" for piece in judged.evidence],
    }


def _criteria(desk: Desk, session: Session) -> list[dict[str, Any]]:
    given = {one.criterion: one for one in session.judgements}
    return [
        {
            "id": criterion,
            "text": desk.room.meaning(criterion),
            "verdict": given[criterion].mark.value if criterion in given else "",
            "note": given[criterion].note if criterion in given else "",
            "owner": owed.owner if (owed := _owed(given.get(criterion))) else "",
            "due": str(owed.due) if owed else "",
        }
        for criterion in session.criteria
    ]


def _owed(said: Judgement | None) -> Condition | None:
    return said.condition if said else None


def _files(desk: Desk, session: Session) -> list[dict[str, Any]]:
    """Each file in full, as this session shows it."""
    found = []
    marks = _marks(desk, session)
    for path, view in desk.room.views(session).items():
        units = [unit for unit in session.pack.units if unit.symbol.path == path]
        heads = {view.shown(unit.first): unit for unit in reversed(units)}
        fresh = {view.shown(line) for unit in units for line in unit.changed}
        rows = [
            (
                number,
                code,
                number in fresh,
                heads[number].name if number in heads else "",
                marks.get((path, number), ()),
            )
            for number, code in enumerate(coloured(view.lines, path), 1)
        ]
        found.append({"path": path, "rows": rows})
    return found


def _marks(desk: Desk, session: Session) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """What is written beside the lines: the reviewer's remarks, and findings once they are shown."""
    marks: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    shown = _Real(desk.room.planted_views(session)) if session.disclosed else _as_numbered
    for remark in session.remarks:
        line = shown(remark.line)
        marks[line.path, line.number].append(("remarked", remark.text))
    for finding in (_found(desk, session, desk.room.views(session)) or {"findings": []})["findings"]:
        marks[finding["path"], finding["line"]].append(("reported", f"{finding['rule']}: {finding['message']}"))
    return marks


def _deltas(desk: Desk, session: Session) -> list[dict[str, Any]]:
    """The units beside what they were when they were last signed, or at the base of the change."""
    views = desk.room.views(session)
    return [
        {
            "path": unit.symbol.path,
            "unit": unit.name,
            "base": unit.base,
            "rows": list(_delta(unit, views[unit.symbol.path])),
        }
        for unit in session.pack.units
    ]


def _delta(unit: Unit, view: View) -> Iterator[tuple[str, int, Markup]]:
    """Rows of (sign, number in the view, code); lines that are gone have no number."""
    first, last = view.shown(unit.symbol.line), view.shown(unit.symbol.end_line)
    shown = range(view.shown(unit.first), view.shown(unit.last) + 1)
    now = [(n, line) for n, line in enumerate(view.lines[first - 1 : last], first) if line.strip()]
    before = (unit.before or "").splitlines()
    old, new = coloured(before, view.path), coloured([line for _, line in now], view.path)
    matcher = SequenceMatcher(None, before, [line for _, line in now], autojunk=False)
    for tag, start, end, into, until in matcher.get_opcodes():
        sign = " " if tag == "equal" else "+"
        if sign == "+" and now and now[min(into, len(now) - 1)][0] in shown:
            yield from (("-", 0, old[at]) for at in range(start, end))
        yield from ((sign, now[at][0], new[at]) for at in range(into, until) if now[at][0] in shown)
