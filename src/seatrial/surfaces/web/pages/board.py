"""The rescue board: the cards of the plan that the team keeps in the tree and, when asked, how each stands now."""

from typing import Any

import msgspec
from starlette.requests import Request

from seatrial.app.rescue import kept
from seatrial.model.rescue import Card, Progress
from seatrial.reports._rescue import words  # the same words as in the plan's other forms
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.render import Page


def show(desk: Desk, request: Request) -> Page:
    """The page `/rescue`; with `?measure` every check is run on the tree as it is."""
    root = desk.room.material.wanted.root
    if not kept.is_there(root):
        return Page("board", "Rescue", {"head": "", "basis": "", "measured": False, "phases": [], "left": []})
    plan = kept.read(root)
    measured = "measure" in request.query_params
    progress = kept.measure(root) if measured else ()
    standing = {one.card.id: one for one in progress}
    phases = [
        {"name": name, "cards": [_card(card, standing.get(card.id)) for card in cards]}
        for name, cards in words.phases(plan)
    ]
    head = words.standing(progress) if measured else words.head(plan)
    data = {"head": head, "basis": words.basis(plan), "measured": measured, "phases": phases, "left": plan.left}
    return Page("board", "Rescue", data)


def _card(card: Card, progress: Progress | None) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(card)
    return told | {
        "effort_words": words.effort(card),
        "owner_words": words.owner(card),
        "commands": [words.command(check) for check in card.done_when],
        "checks": msgspec.to_builtins(progress.checks) if progress else [],
        "shifts": msgspec.to_builtins(progress.shifts) if progress else [],
        "done": progress.done if progress else None,
    }
