"""What is too much for one session comes in slices: parts of a long unit, and one lens at a time, with real keys."""

import json
from pathlib import Path

import pytest

from office import ADA, BOB, Office
from roomed import Browser, changes, desk, judged, predicted, room, served
from seatrial.app.review import signature
from seatrial.app.review.packs import MOST, Pack
from seatrial.app.review.room import Given, Room
from seatrial.app.review.session import Session
from seatrial.app.review.steps import ReviewError
from seatrial.decisions.signoffs import envelope, statement
from seatrial.model.signoff import Mark, SignOff
from seatrial.model.standing import SHUT

LONG = "def book(order, ledger):\n" + "".join(f"    ledger.add(order.line({n}), {n})\n" for n in range(899))
TIER = '[sign-offs.paths."shop/"]\ntier = 1\nrequire-hardware = false\nmin-reviewers = 1\n'


def ended(found: Room, pack: Pack, mark: str = "pass") -> Session:
    """Everything up to the signature."""
    session = found.open(pack.id)
    line = pack.units[0].changed[0]
    path = pack.paths[0]
    found.predict(session.id, [Given(f"answer {n} {pack.id}", f"{path}:{line}") for n in range(len(session.questions))])
    judged(found, found.session(session.id), mark)
    return found.end(session.id)


def signed(made: Office, found: Room, session: Session) -> SignOff:
    by = desk(made, found).signature
    assert by is not None
    path = made.root / signature.sign(found, session.id, by).signed
    return statement.decode(envelope.opened(path.read_bytes()).payload)


@pytest.fixture
def made(tmp_path: Path) -> Office:
    return Office(tmp_path).open().branch().write({"shop/long.py": LONG})


def book(found: Room) -> list[Pack]:
    return found.parts(next(pack for pack in found.packs if pack.part))


def test_a_long_unit_is_reviewed_in_parts_that_one_sign_off_covers(made: Office, tmp_path: Path) -> None:
    found = room(made, tmp_path)
    first, *others = book(found)
    assert [pack.size for pack in (first, *others)] == [300, 300, 300]
    one = ended(found, first)
    with pytest.raises(ReviewError, match=r"still part 2, 3"):
        signed(made, found, one)
    assert made.states()["book"] in SHUT
    last = [ended(found, pack, "conditional" if number else "pass") for number, pack in enumerate(others)][-1]
    record = signed(made, found, last)
    assert [one.unit for one in record.subjects] == ["shop/long.py#book"]
    assert {one.verdict for one in record.criteria} == {Mark.CONDITIONAL}
    assert record.criteria[0].note == "part 1: read and tried; part 2: read and tried; part 3: read and tried"
    assert {(one.owner, str(one.due)) for one in record.conditions} == {(BOB, "2099-12-31")}
    assert (record.effort.loc, record.effort.sessions) == (900, 3)
    assert len(record.interrogation) == 9
    assert made.states()["book"] == "signed"
    assert not [pack for pack in found.left if pack.part]


def test_a_part_is_judged_by_its_own_lines(made: Office, tmp_path: Path) -> None:
    found = room(made, tmp_path)
    for pack in book(found):
        assert pack.size <= MOST
        session = found.open(pack.id)
        unit = pack.units[0]
        assert all(unit.first <= question.line <= unit.last for question in session.questions)


def test_a_part_that_is_not_understood_is_begun_again(made: Office, tmp_path: Path) -> None:
    found = room(made, tmp_path)
    first, second, third = book(found)
    sessions = [ended(found, pack) for pack in (first, second)]
    found.give_up(found.open(third.id).id, "what is line 700 for?")
    with pytest.raises(ReviewError, match="still part 3"):
        signed(made, found, sessions[0])
    record = signed(made, found, ended(found, third))
    assert record.effort.sessions == 3


def test_the_pages_tell_of_the_parts(made: Office, tmp_path: Path) -> None:
    found = room(made, tmp_path)
    first, second, _ = book(found)
    ended(found, first)
    with served(desk(made, found)) as at:
        browser: Browser = at.enter()
        queue = json.loads(browser.get("/queue.json").text)["packs"]
        assert {row["slice"]: row["ended"] for row in queue if row["slice"]} == {
            "part 1 of 3": True,
            "part 2 of 3": False,
            "part 3 of 3": False,
        }
        page = browser.get(f"/pack/{second.id}").text
        assert f'<a href="/pack/{first.id}">1</a> (ended)' in page
        assert "part 2 of 3" in browser.get(f"/session/{found.open(second.id).id}").text
        assert "still part 2, 3" in browser.get(f"/session/{found.open(first.id).id}").text


def test_in_tier_1_each_lens_is_a_review_of_its_own(tmp_path: Path) -> None:
    made = Office(tmp_path, {"shop/orders.py": "A = 1\n"}).open(TIER).branch().write({"shop/pay.py": LONG[:400] + "\n"})
    found = room(made, tmp_path)
    packs = sorted(found.packs, key=lambda pack: ("architecture", "scale", "security").index(pack.lens))
    assert [pack.lens for pack in packs] == ["architecture", "scale", "security"]
    asked = {pack.lens: found.criteria(pack) for pack in packs}
    assert asked["security"] == ("security-protocols",)
    assert set(asked["scale"]) == {"scales", "operable"}
    assert len(asked["architecture"]) == 4
    with served(desk(made, found)) as at:
        shown = at.enter().get("/settings").text
    assert "one lens at a time" in shown
    assert "1 person, architect" in shown
    record = signed(made, found, ended(found, packs[0]))
    assert {one.id for one in record.criteria} == set(asked["architecture"])
    assert made.states()["book"] in SHUT
    for pack in packs[1:]:
        signed(made, found, ended(found, pack))
    assert made.states()["book"] == "signed"


def test_the_next_lens_is_a_full_review_of_what_is_left(tmp_path: Path) -> None:
    made = Office(tmp_path, {"shop/orders.py": "A = 1\n"}).open(TIER).branch().write({"shop/pay.py": LONG[:400] + "\n"})
    found = room(made, tmp_path)
    first = next(pack for pack in found.packs if pack.lens == "scale")
    signed(made, found, ended(found, first))
    again = room(made, tmp_path, changes(made))
    assert {pack.lens for pack in again.left} == {"architecture", "security"}
    assert {pack.size for pack in again.left} == {first.size}


def test_one_lens_at_a_time(tmp_path: Path) -> None:
    made = Office(tmp_path, {"shop/orders.py": "A = 1\n"}).open(TIER).branch().write({"shop/pay.py": LONG[:400] + "\n"})
    found = room(made, tmp_path)
    first, second, _ = found.packs
    predicted(found, found.open(first.id), line=2)
    with pytest.raises(ReviewError, match=f"finish this code as to {first.lens} first"):
        found.open(second.id)


def test_tier_1_asks_for_two_people_and_hardware(tmp_path: Path) -> None:
    made = Office(tmp_path).open('[sign-offs.paths."shop/"]\ntier = 1\n').branch()
    made.sign(who=ADA)
    made.sign(who=BOB)
    found = made.standing().units[0]
    assert found.state in SHUT
    assert (found.hardware, found.reviewers, found.passes) == (True, 2, True)
    assert "key lies in no device" in found.why
