"""A session: one person and one pack, from the first look to the signature. A value; `steps` says how it goes on."""

from datetime import datetime

import msgspec

from seatrial.app.questions import Question
from seatrial.app.review.packs import Pack
from seatrial.app.review.planting import Planted
from seatrial.model.signoff import Condition, Kind, Mark


class Line(msgspec.Struct, frozen=True, order=True):
    """A line that the reviewer points at, as it is numbered in their view."""

    path: str
    number: int


class Prediction(msgspec.Struct, frozen=True):
    """What the reviewer says to one question before they have seen anything of what others found."""

    text: str
    lines: tuple[Line, ...]
    repeats: str = ""
    """An earlier answer of theirs that this one says again by more than 90 %."""
    outcome: str = ""
    """What came out, in their words, once all was shown."""
    restated: str = ""
    """What they say after they learned that a line which the answer rests on was planted."""


class Remark(msgspec.Struct, frozen=True):
    """A defect that the reviewer sees at a line."""

    line: Line
    text: str


class Judgement(msgspec.Struct, frozen=True):
    """What the reviewer says of one criterion, and why."""

    criterion: str
    mark: Mark
    note: str
    condition: Condition | None = None
    """What must still be done, if it is conditional."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a review is made of. It lives in the reviewer's private store: its canaries never leave it."""

    id: str
    reviewer: str
    pack: Pack
    kind: Kind
    criteria: tuple[str, ...]
    questions: tuple[Question, ...]
    opened: datetime
    texts: dict[str, str]
    """The SHA-256 of each file as it was shown: lines mean nothing in another text."""
    planted: tuple[Planted, ...] = ()
    seconds: float = 0.0
    """Of active, visible time."""
    last_seen: datetime | None = None
    opened_units: tuple[str, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    """As many as questions, once they are committed."""
    revealed: datetime | None = None
    remarks: tuple[Remark, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    understanding: str = ""
    """The reviewer's own word: low, medium, high."""
    thoroughness: str = ""
    models: tuple[str, ...] = ()
    """Models that helped the reviewer, as they tell."""
    not_understood: str = ""
    """What they do not understand. The session is over then, without a verdict and without blame."""
    disclosed: datetime | None = None
    signed: str = ""
    """The record's path, once there is one."""
