"""Which page or step lies at which address."""

from collections.abc import Callable, Mapping

from starlette.requests import Request

from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.pages import (
    architecture,
    board,
    calibration,
    decisions,
    home,
    ledger,
    mirror,
    module,
    otherwise,
    policy,
    queue,
    session,
    session_steps,
)
from seatrial.surfaces.web.render import Page

PAGES: Mapping[str, Callable[[Desk, Request], Page]] = {
    "/": home.show,
    "/queue": queue.show,
    "/pack/{pack}": queue.pack,
    "/pack/{pack}/otherwise": otherwise.show,
    "/session/{session}": session.show,
    "/module/{path:path}": module.show,
    "/map": architecture.show,
    "/decisions": decisions.show,
    "/rescue": board.show,
    "/ledger": ledger.show,
    "/ledger/{record}": ledger.record,
    "/mirror": mirror.show,
    "/calibration": calibration.show,
    "/settings": policy.show,
}
"""Address → page; each has a twin with `.json`."""

STEPS: Mapping[str, Callable[[Desk, Mapping[str, str], Mapping[str, list[str]]], str]] = {
    "/reread": home.reread,
    "/pack/{pack}/open": queue.open_session,
    "/pack/{pack}/otherwise": otherwise.sign,
    "/session/{session}/watch": session_steps.watch,
    "/session/{session}/predict": session_steps.predict,
    "/session/{session}/remark": session_steps.remark,
    "/session/{session}/conclude": session_steps.conclude,
    "/session/{session}/judge": session_steps.judge,
    "/session/{session}/rate": session_steps.rate,
    "/session/{session}/give-up": session_steps.give_up,
    "/session/{session}/end": session_steps.end,
    "/session/{session}/restate": session_steps.restate,
    "/session/{session}/sign": session_steps.sign,
    "/session/{session}/why": session_steps.why,
    "/session/{session}/decision": session_steps.decision,
    "/calibration": calibration.answer,
    "/decisions/{record}/accept": decisions.accept,
}
"""Address of a form → what it does; gives back where to go then, or nothing for a request without an answer."""
