"""What the forms of the review room do, one step each. Where to go then is what they give back."""

from collections.abc import Mapping

from seatrial.app.review import keeping, signature
from seatrial.app.review.room import Given
from seatrial.app.review.steps import ReviewError
from seatrial.surfaces.web.desk import Desk

_Names = Mapping[str, str]
_Fields = Mapping[str, list[str]]


def watch(desk: Desk, names: _Names, fields: _Fields) -> str:
    """Counts active time: the page sends it while it is visible and somebody moves."""
    desk.room.watch(names["session"], _number(_one(fields, "seconds")), fields.get("unit", []))
    return ""


def predict(desk: Desk, names: _Names, fields: _Fields) -> str:
    """Commits the predictions."""
    given = [Given(text, lines) for text, lines in zip(fields.get("answer", []), fields.get("lines", []), strict=False)]
    desk.room.predict(names["session"], given)
    return _back(names, "found")


def remark(desk: Desk, names: _Names, fields: _Fields) -> str:
    """Notes a defect."""
    path, _, line = _one(fields, "line").strip().rpartition(":")
    paths = desk.room.session(names["session"]).pack.paths
    fitting = [one for one in paths if one == path or one.endswith(f"/{path}")] if path else list(paths)
    if not line.isdigit() or len(fitting) != 1:
        raise ReviewError(f"say at which line, as {paths[0]}:12")
    desk.room.remark(names["session"], fitting[0], int(line), _one(fields, "text"))
    return _back(names, "remarks")


def conclude(desk: Desk, names: _Names, fields: _Fields) -> str:
    """What came out of a prediction."""
    desk.room.conclude(names["session"], int(_number(_one(fields, "number"))), _one(fields, "outcome"))
    return _back(names, "questions")


def judge(desk: Desk, names: _Names, fields: _Fields) -> str:
    """The verdict on one criterion. There is no form for several: each is thought of by itself."""
    said = (_one(fields, name) for name in ("criterion", "verdict", "note", "owner", "due"))
    desk.room.judge(names["session"], *said)
    return _back(names, "criteria")


def rate(desk: Desk, names: _Names, fields: _Fields) -> str:
    """How thoroughly they looked, how well they understood."""
    desk.room.rate(names["session"], *(_one(fields, name) for name in ("thoroughness", "understanding", "models")))
    return _back(names, "effort")


def give_up(desk: Desk, names: _Names, fields: _Fields) -> str:
    """Ends with "I do not understand this"."""
    desk.room.give_up(names["session"], _one(fields, "what"))
    return _back(names, "unclear")


def end(desk: Desk, names: _Names, fields: _Fields) -> str:  # noqa: ARG001 - what every step is asked with
    """Ends the looking and tells of what was planted."""
    desk.room.end(names["session"])
    return _back(names, "disclosed")


def restate(desk: Desk, names: _Names, fields: _Fields) -> str:
    """Says anew an answer that rested on a planted line."""
    desk.room.restate(names["session"], int(_number(_one(fields, "number"))), _one(fields, "text"))
    return _back(names, "sign")


def sign(desk: Desk, names: _Names, fields: _Fields) -> str:  # noqa: ARG001 - as above
    """Signs."""
    if desk.signature is None:
        raise ReviewError("nothing can be signed here: run `seatrial review` with a key (`--key`)")
    signature.sign(desk.room, names["session"], desk.signature)
    return _back(names, "signed")


def why(desk: Desk, names: _Names, fields: _Fields) -> str:
    """Makes a small why of an answer, kept beside the code."""
    path = keeping.as_why(desk.room, names["session"], int(_number(_one(fields, "number"))))
    return f"/session/{names['session']}?kept={path.name}#questions"


def decision(desk: Desk, names: _Names, fields: _Fields) -> str:
    """Makes a draft of a decision record of an answer."""
    path = keeping.as_decision(desk.room, names["session"], int(_number(_one(fields, "number"))))
    return f"/session/{names['session']}?kept={path.name}#questions"


def _one(fields: _Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ReviewError(f"`{text}` is no number") from None


def _back(names: _Names, part: str) -> str:
    return f"/session/{names['session']}#{part}"
