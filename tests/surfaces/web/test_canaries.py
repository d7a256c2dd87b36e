"""A canary is in the view of its session, and in no other place: not the tree, a digest, an export or a sign-off."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from office import ADA, Office
from roomed import PAY, Browser, changes, charged, desk, judged, office, predicted, room, served
from seatrial.app.review import keeping, outright, record
from seatrial.app.review.material import Material
from seatrial.app.review.mutants import Slip, mutants
from seatrial.app.review.planting import Planted
from seatrial.app.review.room import Given, Room
from seatrial.app.review.session import Session
from seatrial.app.review.signature import sign
from seatrial.app.review.steps import ReviewError
from seatrial.decisions.fingerprints import symbols

CODE = PAY.replace("    amount = total(order)", "    amount = total(order)\n    check(order, limit)")
HIDDEN = "check(limit, order)"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return office(tmp_path_factory.mktemp("canaries")).write({"shop/pay.py": CODE})


@pytest.fixture(scope="module")
def material(made: Office) -> Material:
    return changes(made)


@pytest.fixture
def found(made: Office, material: Material, tmp_path: Path) -> Room:
    return room(made, tmp_path, material, canaries=True)


def planted(found: Room, slip: Slip = Slip.SWAPPED_ARGUMENTS) -> Session:
    """A session with one canary of a class: its line is in no file."""
    session = found.open(charged(found).id)
    mutant = next(one for one in mutants(CODE) if one.slip is slip)
    session = msgspec.structs.replace(session, planted=(Planted("shop/pay.py", mutant),))
    found.store.save(session)
    return session


def tree(root: Path) -> dict[str, str]:
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def browser(made: Office, found: Room) -> Iterator[Browser]:
    with served(desk(made, found)) as one:
        yield one.enter()


def pages(session: str, pack: str) -> list[str]:
    plain = [
        "/",
        "/queue",
        "/map",
        "/decisions",
        "/ledger",
        "/mirror",
        "/calibration",
        "/settings",
        "/module/shop/pay.py",
    ]
    twins = [*(f"{page}.json" for page in plain[1:]), "/index.json", f"/session/{session}.json", f"/pack/{pack}.json"]
    return [*plain, f"/pack/{pack}", *twins]


def test_the_view_shows_it_and_no_other_page_or_twin_does(found: Room, browser: Browser) -> None:
    session = planted(found)
    assert "check(limit, order)" in browser.get(f"/session/{session.id}").text
    assert "check(limit, order)" in browser.get(f"/session/{session.id}?view=delta").text
    for is_predicted in (False, True):
        if is_predicted:
            predicted(found, session, 14)
        for page in pages(session.id, session.pack.id):
            answer = browser.get(page)
            assert answer.status == 200, page
            assert HIDDEN not in answer.text, page


def test_before_its_end_a_session_tells_nobody_whether_something_is_planted(found: Room, browser: Browser) -> None:
    session = planted(found)
    with_one = browser.get(f"/session/{session.id}.json").text
    found.store.save(msgspec.structs.replace(session, planted=()))
    assert browser.get(f"/session/{session.id}.json").text == with_one


def test_twins_number_lines_as_the_tree_does(found: Room, browser: Browser) -> None:
    session = planted(found, Slip.DROPPED_GUARD)
    number = next(n for n, line in enumerate(found.views(session)["shop/pay.py"].lines, 1) if "return amount" in line)
    found.remark(session.id, "shop/pay.py", number, "nothing is returned for no lines")
    told = json.loads(browser.get(f"/session/{session.id}.json").text)
    real = CODE.split("\n").index("    return amount") + 1
    assert number == real - 2
    assert told["remarks"] == [{"path": "shop/pay.py", "line": real, "text": "nothing is returned for no lines"}]


def test_no_question_and_no_number_in_it_betrays_a_dropped_line(found: Room) -> None:
    session = found.open(charged(found).id)
    one = session.planted[0]
    assert not any(one.mutant.line <= question.line <= one.mutant.end_line for question in session.questions)
    view = found.views(session)["shop/pay.py"]
    for question in found.questions(session):
        said = [int(number) for number in re.findall(r"pay\.py:(\d+)", question.text)]
        assert all(view.lines[number - 1].strip() for number in said)


def test_a_whole_session_leaves_the_tree_as_it_was(made: Office, found: Room) -> None:
    before, digests = tree(made.root), symbols("shop/pay.py", (made.root / "shop/pay.py").read_bytes())
    session = planted(found)
    judged(found, predicted(found, session))
    found.end(session.id)
    assert tree(made.root) == before
    assert symbols("shop/pay.py", (made.root / "shop/pay.py").read_bytes()) == digests
    assert {unit.symbol for unit in session.pack.units} <= set(digests)


def test_the_sign_off_holds_the_code_as_it_is(made: Office, found: Room) -> None:
    session = planted(found)
    view = found.views(session)["shop/pay.py"]
    at = next(n for n, line in enumerate(view.lines, 1) if HIDDEN in line)
    found.remark(session.id, "shop/pay.py", at, f"the arguments of {HIDDEN} are the wrong way round")
    found.predict(
        session.id, [Given(f"{HIDDEN} is wrong", f"pay.py:{at}"), Given("it hangs", "pay.py:14"), Given("no", "14")]
    )
    judged(found, found.session(session.id), "conditional")
    ended = found.end(session.id)
    assert [one.caught for one in found.disclosed(ended)] == [True]
    assert "rests on a planted line" in found.missing(ended)[0]
    found.restate(session.id, 0, "it holds as long as an order has lines")
    signature = desk(made, found).signature
    assert signature is not None
    signed = sign(found, session.id, signature)
    text = (made.root / signed.signed).read_text()
    payload = b64decode(json.loads(text)["payload"]).decode()
    assert HIDDEN not in payload
    assert "the wrong way round" not in payload
    assert "it holds as long as an order has lines" in payload
    assert str(next(u.symbol.digest for u in session.pack.units if u.symbol.name == "charge")) in payload
    assert made.states()["charge"] == "signed"


@pytest.mark.parametrize("where", ["note", "outcome"])
def test_a_record_that_quotes_a_canary_is_not_made(found: Room, where: str) -> None:
    session = predicted(found, planted(found), 14)
    if where == "outcome":
        found.conclude(session.id, 0, f"in truth {HIDDEN} stood there")
    judged(found, found.session(session.id))
    if where == "note":
        found.judge(session.id, session.criteria[0], "pass", f"but for {HIDDEN}")
    found.end(session.id)
    with pytest.raises(ReviewError, match="quotes a line that was planted"):
        record.record([found.session(session.id)], found, record.Person(ADA, "architect"))


def test_nothing_that_quotes_a_canary_is_signed_outright(made: Office, found: Room) -> None:
    session = planted(found)
    by = desk(made, found).signature
    assert by is not None
    said = outright.Said("violation", ("shop/pay.py#charge",), f"wrong: {HIDDEN}")
    with pytest.raises(ReviewError, match="as a session shows it"):
        outright.declare(found, session.pack.id, said, by)


def test_answers_are_kept_for_later_only_once_it_is_told(made: Office, found: Room) -> None:
    session = predicted(found, planted(found), 14)
    before = tree(made.root)
    for keep in (keeping.as_why, keeping.as_decision):
        with pytest.raises(ReviewError, match="end the looking first"):
            keep(found, session.id, 1)
    assert tree(made.root) == before


def test_an_answer_that_rests_on_a_canary_becomes_no_why(found: Room, made: Office) -> None:
    session = planted(found)
    at = next(n for n, line in enumerate(found.views(session)["shop/pay.py"].lines, 1) if HIDDEN in line)
    judged(found, predicted(found, session, at))
    found.end(session.id)
    with pytest.raises(ReviewError, match="rests on a planted line"):
        keeping.as_why(found, session.id, 0)
    found.restate(session.id, 0, "limits are in cents")
    assert "limits are in cents" in keeping.as_why(found, session.id, 0).read_text()
    assert HIDDEN not in "".join(path.read_text() for path in made.root.rglob("*.toml"))


def test_it_is_disclosed_with_its_difference_and_nothing_counts_after(found: Room, browser: Browser) -> None:
    session = planted(found)
    judged(found, predicted(found, session, 14))
    found.end(session.id)
    text = browser.get(f"/session/{session.id}").text
    assert "swapped arguments" in text
    assert "it went past you" in text
    assert HIDDEN in text
    with pytest.raises(ReviewError, match="the looking has ended"):
        found.remark(session.id, "shop/pay.py", 12, "ah, that")
    assert [one.caught for one in found.store.results(ADA)] == [False]


def test_not_to_understand_costs_nothing(found: Room) -> None:
    session = planted(found)
    given_up = found.give_up(session.id, "why is the limit checked twice?")
    assert found.store.results(ADA) == []
    assert found.missing(given_up) == ("a session that ended with “I do not understand this” is not signed",)
    assert found.store.not_understood() == {session.pack.id: "why is the limit checked twice?"}


def test_nothing_is_planted_unless_the_team_has_opted_in(made: Office, material: Material, tmp_path: Path) -> None:
    found = room(made, tmp_path, material)
    assert found.open(charged(found).id).planted == ()


def test_scores_stay_in_a_file_of_the_person_s_own(tmp_path: Path, found: Room) -> None:
    session = planted(found)
    judged(found, predicted(found, session, 14))
    found.end(session.id)
    state = tmp_path / "state"
    assert [path.name for path in state.iterdir()] == ["reviews-1.sqlite"]
    assert (state / "reviews-1.sqlite").stat().st_mode & 0o077 == 0
