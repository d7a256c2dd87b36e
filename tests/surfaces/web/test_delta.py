"""After a sign-off, only what changed since is asked for, and shown beside what it was."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from office import ADA, Office
from roomed import PAY, Browser, charged, desk, judged, office, predicted, room, served
from seatrial.app import decide
from seatrial.app.review.room import Room
from seatrial.app.review.signature import sign
from seatrial.model.record import Draft, Match, Rejected
from seatrial.model.signoff import Kind
from trees import commit, git

CODE = PAY + "".join(f"\n\ndef rate{n}(a):\n    b = a * {n}\n    c = b + {n}\n    return b, c\n" for n in range(9))
"""So much that a change of `charge` is less than half of it: beyond that, a full review would be asked for."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A repository whose branch is signed, and then one line of `charge` changed."""
    folder = tmp_path_factory.mktemp("delta")
    made = office(folder).write({"shop/pay.py": CODE})
    signed(made, room(made, folder))
    return made.write({"shop/pay.py": CODE.replace("too much for this card", "too much")})


def signed(made: Office, found: Room) -> None:
    signature = desk(made, found).signature
    assert signature is not None
    session = judged(found, predicted(found, found.open(charged(found).id)))
    found.end(session.id)
    sign(found, session.id, signature)
    commit(made.root)


@pytest.fixture(scope="module")
def found(made: Office, tmp_path_factory: pytest.TempPathFactory) -> Room:
    return room(made, tmp_path_factory.mktemp("later"))


@pytest.fixture(scope="module")
def browser(made: Office, found: Room) -> Iterator[Browser]:
    with served(desk(made, found)) as one:
        yield one.enter()


def test_only_the_changed_line_of_the_changed_symbol_is_asked_for(made: Office, found: Room) -> None:
    (pack,) = found.packs
    (unit,) = pack.units
    assert (unit.symbol.name, pack.size) == ("charge", 1)
    assert PAY.split("\n")[unit.changed[0] - 1].strip() == 'raise ValueError("too much for this card")'
    assert unit.base
    assert made.states()["charge"] == "stale"


def test_the_page_shows_what_was_signed_beside_what_is(found: Room, browser: Browser) -> None:
    session = found.open(found.packs[0].id)
    page = browser.get(f"/session/{session.id}?view=delta").text
    assert 'class="l gone"' in page
    assert page.index("too much for this card") < page.index("too much&#34;")
    assert "Whole files" in page


def test_the_module_s_page_has_the_chain_and_its_state(browser: Browser) -> None:
    told = json.loads(browser.get("/module/shop/pay.py.json").text)
    assert {one["name"] for one in told["symbols"] if one["state"] != "signed"} == {"charge"}
    (record,) = told["chain"]
    assert (record["reviewer"], record["problem"]) == (ADA, "")
    assert browser.get(f"/ledger/{record['id']}").status == 200
    assert record["is_told"] is False
    assert "read and tried" not in browser.get(f"/ledger/{record['id']}").text


def test_a_delta_opens_the_gate_for_it_again(made: Office, found: Room, tmp_path: Path) -> None:
    again = room(made, tmp_path, found.material)
    session = again.open(again.packs[0].id)
    assert session.kind is Kind.DELTA
    signed(made, again)
    assert made.states()["charge"] == "signed"


def test_a_person_accepts_in_the_room_what_an_answer_became(made: Office, browser: Browser) -> None:
    record = decide.draft(made.root, Draft(title="Charge each card once", context="The gateway has no key."))
    assert "Accept it" in browser.get("/decisions").text
    assert browser.post(f"/decisions/{record.id}/accept").headers["location"] == f"/decisions#{record.id}"
    assert decide.find(made.root, record.id).status == "accepted"
    assert "Accept it" not in browser.get("/decisions").text


def test_a_rejected_option_that_comes_back_is_told_at_home(made: Office, tmp_path: Path) -> None:
    rejected = Rejected(option="Pickle", because="it runs what it reads", match=Match(imports=("pickle",)))
    git(made.root, "checkout", "-q", "main")
    decide.draft(made.root, Draft(title="Store as JSON", rejected=(rejected,)))
    for file in (made.root / "docs/decisions").glob("*store-as-json*"):
        file.write_text(file.read_text().replace("status: proposed", "status: accepted"))
    commit(made.root)
    git(made.root, "checkout", "-q", "-b", "other")
    made.write({"shop/store.py": "import pickle\n"})
    found = room(made, tmp_path)
    assert any("it runs what it reads" in reason.what for reason in found.material.report.verdict.reasons)
