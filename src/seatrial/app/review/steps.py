"""What may follow what in a session. Each step takes a session and gives the next, or says why it may not be."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from seatrial.app.review import pace
from seatrial.app.review.planting import Planted, View
from seatrial.app.review.session import Judgement, Line, Prediction, Remark, Session
from seatrial.errors import SeatrialError
from seatrial.model.signoff import Condition, Mark

Views = Mapping[str, View]
LEVELS = ("low", "medium", "high")


class ReviewError(SeatrialError):
    """A step that may not be taken now: the message says what must come first."""


def watch(
    session: Session, claimed: float, now: datetime, units: Sequence[str] = (), longest: float = pace.LONGEST_BEAT
) -> Session:
    """Counts active time, as far as the clock of this side bears it out, and the units that came into view."""
    since = (now - (session.last_seen or session.opened)).total_seconds()
    known = {unit.name for unit in session.pack.units}
    opened = dict.fromkeys((*session.opened_units, *(unit for unit in units if unit in known)))
    seconds = session.seconds + (0.0 if session.disclosed else pace.beat(claimed, since, longest))
    return replace(session, seconds=seconds, last_seen=now, opened_units=tuple(opened))


def predict(session: Session, given: Sequence[Prediction], views: Views, now: datetime) -> Session:
    """Commits the predictions: from now on findings, evidence and the verdicts of others are shown."""
    _alive(session)
    if session.revealed:
        raise ReviewError("the predictions are committed; what you learned since goes into the outcome")
    if len(given) != len(session.questions):
        raise ReviewError(f"answer each of the {len(session.questions)} questions")
    for question, prediction in zip(session.questions, given, strict=True):
        if not prediction.text.strip():
            raise ReviewError(f"the question of the lens `{question.lens}` has no answer yet")
        if not prediction.lines:
            raise ReviewError(f"the answer of the lens `{question.lens}` names no line: say at least one, as `path:12`")
        for line in prediction.lines:
            _exists(line, views)
    return replace(session, predictions=tuple(given), revealed=now)


def remark(session: Session, line: Line, text: str, views: Views) -> Session:
    """Notes a defect at a line of the view."""
    _alive(session)
    if not text.strip():
        raise ReviewError("say what is wrong there")
    _exists(line, views)
    return replace(session, remarks=(*session.remarks, Remark(line, text.strip())))


def conclude(session: Session, number: int, outcome: str) -> Session:
    """What came out of a prediction, in the reviewer's words."""
    _alive(session)
    _revealed(session)
    return _amended(session, number, replace(_prediction(session, number), outcome=outcome.strip()))


def judge(session: Session, judgement: Judgement) -> Session:
    """The verdict on one criterion; it takes the place of an earlier one. One at a time, each with its reason."""
    _alive(session)
    _revealed(session)
    if judgement.criterion not in session.criteria:
        raise ReviewError(f"this review has no criterion `{judgement.criterion}`: it has {', '.join(session.criteria)}")
    if not judgement.note.strip():
        raise ReviewError(f"say in a few words why `{judgement.criterion}` is {judgement.mark}")
    if (judgement.mark is Mark.CONDITIONAL) is not bool(judgement.condition):
        raise ReviewError("what is conditional, and nothing else, names who sees to it and until when")
    others = [one for one in session.judgements if one.criterion != judgement.criterion]
    return replace(session, judgements=(*others, judgement))


def condition(what: str, owner: str, due: str, today: date) -> Condition | None:
    """What is owed, by whom and until which day (`2027-01-31`); None if neither is said. Raises `ReviewError`."""
    if not (owner.strip() or due.strip()):
        return None
    try:
        until = date.fromisoformat(due.strip())
    except ValueError:
        raise ReviewError(f"`{due}` is no day: write it as {today}") from None
    if not owner.strip() or until < today:
        raise ReviewError("say who sees to it, and until a day that is still to come")
    return Condition(what.strip(), owner.strip(), until)


def rate(session: Session, thoroughness: str, understanding: str, models: Sequence[str] = ()) -> Session:
    """How thoroughly the reviewer looked and how well they understood it, in their own eyes; and what helped them."""
    _alive(session)
    for word in (thoroughness, understanding):
        if word not in LEVELS:
            raise ReviewError(f"say {', '.join(LEVELS)}, not {word!r}")
    return replace(session, thoroughness=thoroughness, understanding=understanding, models=tuple(models))


def give_up(session: Session, what: str, now: datetime) -> Session:
    """Ends the session with "I do not understand this". That is a result: the code is to be split or explained."""
    _alive(session)
    if not what.strip():
        raise ReviewError("say what you do not understand, for whoever splits or explains it")
    return replace(session, not_understood=what.strip(), disclosed=now)


def end(session: Session, now: datetime) -> Session:
    """Ends the looking: what was planted is told from now on, and no remark counts any more."""
    missing = unjudged(session)
    if missing:
        raise ReviewError(missing[0])
    return session if session.disclosed else replace(session, disclosed=now)


def restate(session: Session, number: int, text: str) -> Session:
    """Says anew what an answer that rests on a planted line should have said."""
    if not session.disclosed:
        raise ReviewError("nothing has been disclosed yet")
    if not text.strip():
        raise ReviewError("say what holds of the code as it is")
    return _amended(session, number, replace(_prediction(session, number), restated=text.strip()))


def unjudged(session: Session) -> tuple[str, ...]:
    """What is missing before the looking can end."""
    found = [] if session.revealed else ["commit your predictions first"]
    seen = {one.criterion for one in session.judgements}
    found += [f"no verdict yet on `{criterion}`" for criterion in session.criteria if criterion not in seen]
    found += [] if session.understanding else ["say how thoroughly you looked and how well you understood it"]
    left = pace.floor(session.pack.size, len(session.pack.units)) - session.seconds
    found += [f"{_minutes(left)} of active time are missing: the floor for {_sizes(session)}"] if left > 0 else []
    return tuple(found)


def unsigned(session: Session, views: Views) -> tuple[str, ...]:
    """What is missing before the session can be signed."""
    if session.not_understood:
        return ("a session that ended with “I do not understand this” is not signed",)
    if session.signed:
        return (f"it is signed already: {session.signed}",)
    found = list(unjudged(session))
    if not session.disclosed:
        return (*found, "end the looking first: what was planted must be disclosed before you sign")
    found += [
        f"the answer of the lens `{session.questions[number].lens}` rests on a planted line: say anew what holds"
        for number in misled(session, views)
    ]
    return tuple(found)


def misled(session: Session, views: Views) -> tuple[int, ...]:
    """The numbers of the answers that rest on a planted line and were not said anew."""
    return tuple(
        number
        for number, prediction in enumerate(session.predictions)
        if not prediction.restated
        and any(views[line.path].catches(line.number, one) for line in prediction.lines for one in session.planted)
    )


def caught(session: Session, views: Views) -> tuple[tuple[Planted, bool], ...]:
    """Each canary, and whether a remark spoke of it."""
    return tuple(
        (one, any(views[remark.line.path].catches(remark.line.number, one) for remark in session.remarks))
        for one in session.planted
    )


def _prediction(session: Session, number: int) -> Prediction:
    if not 0 <= number < len(session.predictions):
        raise ReviewError(f"there is no answer {number}")
    return session.predictions[number]


def _amended(session: Session, number: int, prediction: Prediction) -> Session:
    predictions = list(session.predictions)
    predictions[number] = prediction
    return replace(session, predictions=tuple(predictions))


def _exists(line: Line, views: Views) -> None:
    view = views.get(line.path)
    if view is None:
        raise ReviewError(f"{line.path} is no file of this pack")
    if not 1 <= line.number <= len(view.lines):
        raise ReviewError(f"{line.path} has no line {line.number}")


def _alive(session: Session) -> None:
    if session.disclosed:
        raise ReviewError("the looking has ended: what was planted is disclosed. Begin another session for more.")


def _revealed(session: Session) -> None:
    if not session.revealed:
        raise ReviewError("commit your predictions first: what was found is shown after them")


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)} min {int(seconds % 60):02} s"


def _sizes(session: Session) -> str:
    units = len(session.pack.units)
    return f"{session.pack.size} lines in {units} unit{'s' * (units != 1)}"
