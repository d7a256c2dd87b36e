"""Where two must sign, two have read it all: real git, real keys."""

from pathlib import Path

from office import ADA, BOB, SHOP, Office
from seatrial.model.signoff import Kind
from seatrial.model.standing import UnitState

SIGNED, STALE = UnitState.SIGNED, UnitState.STALE
FIVE = SHOP + "".join(f"\n\ndef f{n}(x):\n    return x + {n}\n" for n in range(8))


def test_two_reviewers_are_two_people(tmp_path: Path) -> None:
    office = Office(tmp_path).open('[sign-offs.paths."*.py"]\nmin-reviewers = 2\n').branch()
    office.sign()
    office.sign()
    assert set(office.states().values()) == {STALE}
    assert office.standing().units[0].reviewers == 1
    office.sign(who=BOB)
    assert set(office.states().values()) == {SIGNED}


def test_the_second_reviewer_reads_it_all_too(tmp_path: Path) -> None:
    office = Office(tmp_path, {"shop/orders.py": FIVE}).open('[sign-offs.paths."*.py"]\nmin-reviewers = 2\n').branch()
    first = office.sign()
    assert {one.ask for one in office.standing().units} == {Kind.FULL}
    office.sign(who=BOB, kind=Kind.DELTA, base=first.stem)
    found = office.standing().units[0]
    assert (found.state, found.reviewers) == (STALE, 1)
    office.sign(who=BOB)
    assert set(office.states().values()) == {SIGNED}


def test_a_delta_stands_on_code_that_as_many_have_read(tmp_path: Path) -> None:
    office = Office(tmp_path, {"shop/orders.py": FIVE}).open('[sign-offs.paths."*.py"]\nmin-reviewers = 2\n').branch()
    first = office.sign()
    office.write({"shop/orders.py": FIVE.replace("json.loads(text)", "json.loads(text or '{}')")})
    for who in (ADA, BOB):
        office.sign("load", who=who, kind=Kind.DELTA, base=first.stem)
    found = {one.name: one for one in office.standing().units}["load"]
    assert (found.state, found.ask) == (STALE, Kind.FULL)
    assert "too few people reviewed" in found.why
    office.write({"shop/orders.py": FIVE})
    office.sign(who=BOB)
    office.write({"shop/orders.py": FIVE.replace("json.loads(text)", "json.loads(text or '{}')")})
    assert set(office.states().values()) == {SIGNED}
