"""The rescue board shows the plan that is kept in the tree, and measures it when asked."""

import json

from roomed import Browser
from seatrial.app import rescue
from seatrial.app.rescue import kept
from seatrial.surfaces.web.desk import Desk


def test_without_a_plan_it_says_how_to_make_one(browser: Browser) -> None:
    assert "seatrial rescue --save" in browser.get("/rescue").text


def test_the_cards_of_the_kept_plan_are_shown_and_measured(at: Desk, browser: Browser) -> None:
    root = at.room.material.wanted.root
    plan = rescue.plan(root)
    kept.save(root, plan)
    try:
        shown = browser.get("/rescue").text
        measured = browser.get("/rescue?measure").text
        told = json.loads(browser.get("/rescue.json?measure").text)
    finally:
        (root / kept.NAME).unlink()
    assert plan.cards
    for card in plan.cards:
        assert f'id="{card.id}"' in shown
    assert "not yet: " in measured
    assert [card["id"] for phase in told["phases"] for card in phase["cards"]] == [card.id for card in plan.cards]
    assert {card["done"] for phase in told["phases"] for card in phase["cards"]} == {False}
