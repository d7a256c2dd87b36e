"""A calibration round: five stretches of code, about half of them with a planted defect, and an answer after each."""

from collections.abc import Mapping

from starlette.requests import Request

from seatrial.app.review import calibration, vigilance
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.highlight import coloured
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/calibration`. Its twin tells how far the round is, and nothing of the code in it."""
    round_ = desk.round()
    item = round_.item
    data = {
        "number": len(round_.answers) + 1,
        "of": len(round_.items),
        "rightly": round_.rightly,
        "is_over": round_.is_over,
        "passed": round_.passed,
        "window": desk.room.window().value,
        "is_enough": len(round_.items) == vigilance.ROUND,
    }
    view = {
        "path": item.path if item else "",
        "rows": list(enumerate(coloured(item.lines, item.path), 1)) if item else [],
        "feedback": round_.feedback,
    }
    return Page("calibration", "Calibration", data, view)


def answer(desk: Desk, names: Mapping[str, str], fields: Mapping[str, list[str]]) -> str:  # noqa: ARG001 - see `STEPS`
    """Takes one answer, or begins a new round."""
    if fields.get("again"):
        desk.new_round()
    else:
        text = fields.get("line", [""])[0].strip()
        desk.answer_round(
            calibration.Answer(is_sound=bool(fields.get("sound")), line=int(text) if text.isdigit() else 0)
        )
    return "/calibration"
