"""The architecture map: which package imports which, and which imports close a circle."""

from starlette.requests import Request

from seatrial.reports.html import _map  # the same map as in the report
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:  # noqa: ARG001 - what every page is asked with
    """The page `/map`."""
    edges = desk.room.material.report.map
    listed = [
        {"source": edge.source, "target": edge.target, "imports": edge.weight, "in_circle": edge.in_cycle}
        for edge in edges
    ]
    return Page("map", "Architecture", {"imports": listed}, {"map": _map.draw(edges)})
