"""Keeps what a reviewer said for those who come later: as a small why, or as a draft of a decision.

Only after the disclosure, where canaries may be planted: an answer that rests on one must never reach the tree.
"""

from pathlib import Path

from seatrial.app import decide, why
from seatrial.app.questions import Question
from seatrial.app.review import references
from seatrial.app.review.planting import tells
from seatrial.app.review.room import Room
from seatrial.app.review.session import Session
from seatrial.app.review.steps import ReviewError
from seatrial.model.record import Anchor, Draft, Scope


def as_why(room: Room, session_id: str, number: int) -> Path:
    """Writes an answer down as the why of the symbol that it is about. Gives back the file.

    Raises:
        ReviewError: it cannot be kept yet.
        DecisionError: it is too long for a small why.
    """
    session, question, said = _answer(room, session_id, number)
    place = f"{question.path}:{question.symbol}" if _symbol(session, question) else question.path
    return why.add(room.material.wanted.root, place, said, room.reviewer)


def as_decision(room: Room, session_id: str, number: int) -> Path:
    """Drafts a proposed decision from an answer. Gives back its file; a person accepts it later. Raises as `as_why`."""
    session, question, said = _answer(room, session_id, number)
    symbol = _symbol(session, question)
    drafted = decide.draft(
        room.material.wanted.root,
        Draft(
            title=_title(said),
            context=f"{question.text}\n\n{said}",
            scope=Scope(paths=(question.path,)),
            anchors=(Anchor(path=question.path, symbol=symbol),),
        ),
    )
    return Path(drafted.path)


def _answer(room: Room, session_id: str, number: int) -> tuple[Session, Question, str]:
    session = room.session(session_id)
    if not room.may_keep(session):
        raise ReviewError("end the looking first: an answer may rest on a planted line until that is disclosed")
    if not 0 <= number < len(session.predictions):
        raise ReviewError(f"there is no answer {number}")
    if number in room.misled(session):
        raise ReviewError("this answer rests on a planted line: say anew what holds, then keep it")
    given = session.predictions[number]
    said = given.restated or references.real(given.text, room.planted_views(session))
    if tells(said, session.planted, room.material.texts):
        raise ReviewError("this answer quotes a planted line: say anew what holds, then keep it")
    return session, session.questions[number], said


def _symbol(session: Session, question: Question) -> str:
    """The unit that the question is about, if its symbol is one."""
    names = {unit.symbol.name for unit in session.pack.units if unit.symbol.path == question.path}
    return question.symbol if question.symbol in names else ""


def _title(said: str) -> str:
    first = said.replace("\n", " ").split(". ")[0]
    return first if len(first) <= 80 else f"{first[:79]}…"
