"""Every page answers as HTML and as JSON, in the order: predict, reveal, verdict."""

import json
import re

import msgspec
import pytest

from office import ADA, BOB
from roomed import Browser, charged
from seatrial.model.verdict import Edge
from seatrial.surfaces.web.addresses import PAGES
from seatrial.surfaces.web.desk import Desk
from trees import write

PLAIN = [
    "/",
    "/queue",
    "/map",
    "/decisions",
    "/rescue",
    "/ledger",
    "/mirror",
    "/calibration",
    "/settings",
    "/module/shop/pay.py",
]


def opened(at: Desk, browser: Browser) -> str:
    """The address of the session of the pack with `charge`, begun by its form."""
    answer = browser.post(f"/pack/{charged(at.room).id}/open")
    assert answer.status == 303
    return answer.headers["location"]


def twin(page: str) -> str:
    return "/index.json" if page == "/" else f"{page}.json"


@pytest.mark.parametrize("page", PLAIN)
def test_a_page_says_the_same_to_people_and_to_programs(browser: Browser, page: str) -> None:
    shown, told = browser.get(page), browser.get(twin(page))
    assert (shown.status, told.status) == (200, 200)
    title = json.loads(told.text)["title"]
    assert f"<title>{title} · shop · seatrial</title>" in shown.text
    assert f'href="{twin(page)}"' in shown.text


def test_the_settings_say_what_is_asked_and_who_may_sign(browser: Browser) -> None:
    told = json.loads(browser.get("/settings.json").text)
    assert {one["who"] for one in told["people"]} == {ADA, BOB}
    assert told["paths"] == []
    assert "One architect for all code but tests" in browser.get("/settings").text


def test_every_page_has_a_test() -> None:
    tested = {re.sub(r"^/module/.*", "/module/{path:path}", page) for page in PLAIN}
    assert tested | {"/pack/{pack}", "/pack/{pack}/otherwise", "/session/{session}", "/ledger/{record}"} == set(PAGES)


def test_the_queue_leads_to_the_room(at: Desk, browser: Browser) -> None:
    pack = charged(at.room)
    assert f"/pack/{pack.id}" in browser.get("/queue").text
    assert "Begin the review" in browser.get(f"/pack/{pack.id}").text
    assert browser.get(opened(at, browser)).status == 200


def test_a_pack_that_is_gone_is_told_of_kindly(browser: Browser) -> None:
    answer = browser.get("/pack/000000000000")
    assert answer.status == 409
    assert "Go back to the queue" in answer.text


def test_a_finding_is_told_only_after_the_prediction(at: Desk, browser: Browser) -> None:
    session = opened(at, browser)
    hidden = "requests.post waits for the other side without a limit"
    for page in (
        session,
        f"{session}.json",
        "/",
        "/index.json",
        "/queue",
        "/module/shop/pay.py",
        "/module/shop/pay.py.json",
    ):
        assert hidden not in browser.get(page).text, page
    assert json.loads(browser.get(f"{session}.json").text)["found"] is None
    answers = [pair for _ in range(3) for pair in (("answer", "the gateway hangs"), ("lines", "pay.py:13"))]
    committed = browser.post(f"{session}/predict", answers)
    assert committed.headers["location"] == f"{session}#found"
    assert hidden in browser.get(session).text
    assert any(one["message"] == hidden for one in json.loads(browser.get(f"{session}.json").text)["found"]["findings"])


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([("", "pay.py:8")] * 3, "has no answer yet"),
        ([("it hangs", "")] * 3, "names no line"),
        ([("it hangs", "pay.py:8000")] * 3, "has no line 8000"),
        ([("it hangs", "other.py:3")] * 3, "no file of this pack"),
        ([("it hangs", "pay.py:8")], "answer each of the 3"),
    ],
)
def test_a_prediction_without_words_or_lines_reveals_nothing(
    at: Desk, browser: Browser, answers: list[tuple[str, str]], problem: str
) -> None:
    with_new = at.room.open(at.room.packs[-1].id) if at.room.packs[-1] != charged(at.room) else None
    session = f"/session/{with_new.id}" if with_new else opened(at, browser)
    fields = [pair for text, lines in answers for pair in (("answer", text), ("lines", lines))]
    refused = browser.post(f"{session}/predict", fields)
    assert refused.status == 409
    assert problem in refused.text or "committed" in refused.text


def test_code_is_escaped_and_control_characters_are_written_out(browser: Browser, at: Desk) -> None:
    session = opened(at, browser)
    text = browser.get(session).text
    assert "<script>" not in text
    assert not [c for c in text if not c.isprintable() and c != "\n"]


def test_what_is_kept_of_the_page_survives_a_reload(at: Desk, browser: Browser) -> None:
    session = opened(at, browser)
    assert browser.post(f"{session}/remark", [("line", "pay.py:10"), ("text", "who sets the limit?")]).status == 303
    assert "who sets the limit?" in browser.get(session).text


def test_a_module_in_no_pack_is_told_of_by_its_marks_too(at: Desk, browser: Browser) -> None:
    root = at.room.material.wanted.root
    assert "shop/orders.py" not in at.room.material.texts
    write(root, {".seatrial/provenance.toml": 'ai = ["shop/orders.py"]\n'})
    told = json.loads(browser.get("/module/shop/orders.py.json").text)
    assert told["provenance"].keys() == {"ai"}
    assert {one["origin"] for one in told["symbols"]} == {"ai"}
    assert "No mark tells" not in browser.get("/module/shop/orders.py").text


LAYERED = """\
---
status: accepted
id: D-20261123-no-views-below
rules:
  - {id: no-views, kind: import-forbidden, imports: [shop.web], paths: [shop/models/]}
---

# No views below
"""


def test_the_map_tells_layers_what_goes_against_them_and_contracts(at: Desk, browser: Browser) -> None:
    assert "The settings name none" in browser.get("/map").text
    old = at.room.material
    report = msgspec.structs.replace(old.report, map=(Edge("shop.models", "shop.web", 2, False),))  # noqa: FBT003 - short
    at.room.material = msgspec.structs.replace(old, report=report, layers=("shop.web", ("shop.models", "shop.jobs")))
    write(old.wanted.root, {"docs/decisions/20261123-no-views-below.md": LAYERED})
    try:
        told, page = json.loads(browser.get("/map.json").text), browser.get("/map").text
    finally:
        at.room.material = old
    assert told["layers"] == [["shop.web"], ["shop.models", "shop.jobs"]]
    assert told["against"] == [{"source": "shop.models", "target": "shop.web", "imports": 2}]
    assert [one["record"] for one in told["contracts"]] == ["D-20261123-no-views-below"]
    assert "shop.models imports shop.web, which lies in a higher layer" in page
