"""The private mirror: how this person's reviews change. Nobody else ever sees it."""

from starlette.requests import Request

from seatrial.app.review.mirror import reflect
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/mirror`."""
    return Page("mirror", "Your mirror", reflect(desk.room.store, desk.room.reviewer))
