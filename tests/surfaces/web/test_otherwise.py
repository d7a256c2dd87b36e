"""What is signed without a review, by the page and in a terminal: a no, that it cannot wait, that one wrote it."""

from pathlib import Path

import pytest

from office import ADA, BOB, Office
from roomed import Browser, changes, charged, desk, judged, office, predicted, room, served
from seatrial.app.review import outright, record
from seatrial.app.review.opening import Opened
from seatrial.app.review.packs import Pack
from seatrial.app.review.room import Room
from seatrial.app.review.signature import sign
from seatrial.app.review.steps import ReviewError
from seatrial.decisions.provenance.agents import agents
from seatrial.errors import DecisionError
from seatrial.surfaces.cli._outright import declare
from seatrial.surfaces.cli._terminal import Terminal
from trees import git

CHARGE = "shop/pay.py#charge"


@pytest.fixture
def made(tmp_path: Path) -> Office:
    return office(tmp_path)


@pytest.fixture
def found(made: Office, tmp_path: Path) -> Room:
    return room(made, tmp_path)


def page(pack: Pack) -> str:
    return f"/pack/{pack.id}/otherwise"


def post(browser: Browser, pack: Pack, *fields: tuple[str, str]) -> tuple[int, str]:
    answer = browser.post(page(pack), fields)
    return answer.status, answer.headers.get("location", "") or answer.text


def test_a_no_shuts_the_gate_for_that_code_alone(made: Office, found: Room) -> None:
    pack = charged(found)
    with served(desk(made, found)) as at:
        browser = at.enter()
        assert "Sign without a review" in browser.get(f"/pack/{pack.id}").text
        status, there = post(
            browser, pack, ("kind", "violation"), ("unit", CHARGE), ("criterion", "scales"), ("why", "a call a line")
        )
        assert status == 303
        name = there.partition("signed=")[2].partition("#")[0]
        assert name in browser.get(f"{page(pack)}?signed={name}").text
    (failed,) = [one for one in made.standing().units if one.state == "failed"]
    assert failed.unit == CHARGE
    assert "a call a line" in failed.why


def test_an_architect_lets_it_pass_for_72_hours_and_every_report_says_so(made: Office, found: Room) -> None:
    pack = charged(found)
    with served(desk(made, found)) as at:
        units = [("unit", unit.name) for unit in pack.units]
        assert post(at.enter(), pack, ("kind", "emergency"), *units, ("why", "the shop is down"))[0] == 303
    now = made.standing()
    assert {one.state for one in now.units if one.path == "shop/pay.py"} == {"emergency"}
    assert any(CHARGE in notice for notice in now.notices)
    (entry,) = now.ledger
    assert entry.signoff is not None
    assert entry.signoff.conditions[0].text == "the shop is down"


def test_who_wrote_it_says_so_and_nobody_else_can(made: Office, found: Room) -> None:
    pack = charged(found)
    said = outright.Said("human-authored", (CHARGE,), "written on the train")
    by = desk(made, found).signature
    assert by is not None
    with pytest.raises(ReviewError, match="the commits name others"):
        outright.declare(found, pack.id, said, by)
    git(made.root, "commit", "-q", "--amend", "--no-edit", "--author", f"Ada <{ADA}>")
    own = room(made, made.root.parent / "own", changes(made))
    with pytest.raises(ReviewError, match="you changed some of it"):
        outright.declare(own, pack.id, outright.Said("emergency", (CHARGE,), "now"), by)
    outright.declare(own, pack.id, said, by)
    assert made.states()["charge"] == "signed"


def test_who_told_the_ai_what_to_write_is_told_so_and_does_not_review(made: Office, tmp_path: Path) -> None:
    message = "Charge\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    git(made.root, "commit", "-q", "--amend", "-m", message, "--author", f"Ada <{ADA}>")
    found = room(made, tmp_path, changes(made))
    pack = charged(found)
    assert found.operators(pack) == (ADA,)
    assert found.is_author(pack)
    session = predicted(found, found.open(pack.id))
    judged(found, session)
    found.end(session.id)
    record_ = record.record([found.session(session.id)], found, record.Person(ADA, "architect"))
    assert record_.operator == (ADA,)
    assert record_.provenance.agents_version == agents().version
    by = desk(made, found).signature
    assert by is not None
    with pytest.raises(DecisionError, match="told the AI what to write"):
        sign(found, session.id, by)


def test_nobody_says_to_have_written_what_bears_the_mark_of_an_ai(made: Office, tmp_path: Path) -> None:
    git(made.root, "commit", "-q", "--amend", "-m", "Charge\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    found = room(made, tmp_path, changes(made))
    pack = charged(found)
    with served(desk(made, found)) as at:
        browser = at.enter()
        assert "bears the mark of an AI" in browser.get(page(pack)).text
        status, told = post(browser, pack, ("kind", "human-authored"), ("unit", CHARGE), ("why", "I typed it"))
    assert (status, "bears the mark of an AI" in told) == (409, True)
    assert not (made.root / ".seatrial/signoffs").exists()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ((("kind", "violation"), ("why", "no")), "choose at least one unit"),
        ((("kind", "violation"), ("unit", CHARGE)), "say why"),
        ((("kind", "full"), ("unit", CHARGE), ("why", "looks good")), "say which it is"),
        ((("kind", "violation"), ("unit", CHARGE), ("why", "no"), ("criterion", "taste")), "a criterion that there is"),
    ],
)
def test_what_is_not_said_in_full_is_not_signed(
    made: Office, found: Room, fields: tuple[tuple[str, str], ...], why: str
) -> None:
    with served(desk(made, found)) as at:
        status, told = post(at.enter(), charged(found), *fields)
    assert (status, why in told) == (409, True)
    assert not (made.root / ".seatrial/signoffs").exists()


def test_code_that_changed_since_is_not_signed(made: Office, found: Room) -> None:
    made.write({"shop/pay.py": "def charge():\n    return 1\n"})
    by = desk(made, found).signature
    assert by is not None
    with pytest.raises(ReviewError, match="has changed since you looked at it"):
        outright.declare(found, charged(found).id, outright.Said("emergency", (CHARGE,), "now"), by)


def test_a_terminal_asks_the_same_and_signs_only_at_a_terminal(made: Office, found: Room) -> None:
    answers = iter(["emergency", "all", "the shop is down", "yes"])
    told: list[str] = []
    terminal = Terminal(read=lambda _: next(answers), write=told.append)
    declare(Opened(found, "shop", desk(made, found).signature, lambda: changes(made)), terminal, charged(found))
    assert "there is no terminal" in told[-1]
    assert BOB not in "".join(told)
