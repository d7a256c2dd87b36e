"""The room in a real browser: Chromium by Playwright. `make test-all` runs it; `.ci/run` does not.

apt-get install chromium        # or name another: SEATRIAL_CHROMIUM=/path/to/chrome
pip install playwright          # is in requirements/dev.txt
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import msgspec
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from browsing import answer, begun, catch, judge, launched, say_anew
from office import ADA, Office
from roomed import LONG, Browser, changes, charged, desk, judged, office, predicted, room, served
from seatrial.app.review.material import Material
from seatrial.app.review.packs import Unit
from seatrial.app.review.room import Room
from seatrial.app.review.store import Store
from seatrial.model.symbols import Symbol

pytestmark = pytest.mark.slow

ACCESSIBLE = (Path(__file__).parent / "accessible.js").read_text()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return office(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def material(made: Office) -> Material:
    return changes(made)


@pytest.fixture
def found(made: Office, material: Material, tmp_path: Path) -> Room:
    return room(made, tmp_path, material, canaries=True)


@pytest.fixture
def at(made: Office, found: Room) -> Iterator[Browser]:
    with served(desk(made, found)) as one:
        yield one


@pytest.fixture
def page(chromium: Chromium, at: Browser) -> Iterator[Page]:
    """A page that has entered, and on which nothing went wrong."""
    context = chromium.new_context()
    opened = context.new_page()
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("request", lambda one: problems.append(one.url) if not one.url.startswith(f"http://{at.host}/") else None)
    opened.goto(at.keys.entry(at.host, "/"))
    yield opened
    context.close()
    assert problems == []


def go(page: Page, at: Browser, path: str) -> Page:
    page.goto(f"http://{at.host}{path}")
    return page


def test_the_token_is_gone_from_the_address_and_from_history(page: Page, at: Browser) -> None:
    assert page.url == f"http://{at.host}/"
    assert "token" not in page.evaluate("document.URL + document.referrer + JSON.stringify(performance.getEntries())")


def test_from_the_queue_to_the_signature(page: Page, found: Room, made: Office) -> None:
    """The whole way by the keyboard and the forms that a person has; a canary is caught on the way."""
    session = begun(page, found)
    answer(page)
    assert "waits for the other side without a limit" in page.inner_text("#found")
    catch(page, found, session)
    judge(page, session)
    assert "of active time are missing" in page.inner_text("#missing")
    found.store.save(msgspec.structs.replace(found.session(session.id), seconds=LONG))
    page.get_by_role("button", name="End, and tell me what was planted").click()
    page.get_by_text("you caught it").wait_for()
    say_anew(page)
    page.get_by_role("button", name=re.compile("Sign .* as ada")).click()
    page.get_by_role("heading", name="Signed").wait_for()
    assert made.states()["charge"] == "signed"


def test_what_is_conditional_asks_for_a_person_and_a_day(page: Page, at: Browser, found: Room) -> None:
    session = found.open(charged(found).id)
    predicted(found, session)
    go(page, at, f"/session/{session.id}")
    form = page.locator(f"form:has(input[value='{session.criteria[0]}'])")
    form.get_by_label("conditional").check()
    form.get_by_label("Why").fill("once it is paged")
    form.get_by_text("Conditional: who, until when").click()
    form.get_by_label("Who sees to it").fill("bob@example.org")
    form.get_by_label("Until").fill("2099-12-31")
    form.get_by_role("button", name="Keep").click()
    page.locator(f".criterion:has(input[value='{session.criteria[0]}']) .verdict").wait_for()
    (said,) = found.session(session.id).judgements
    assert said.condition is not None
    assert (said.condition.owner, str(said.condition.due)) == ("bob@example.org", "2099-12-31")


def test_a_person_lets_it_pass_by_hand_and_by_keyboard(page: Page, at: Browser, found: Room, made: Office) -> None:
    """The way to an emergency, from the pack's page on; nothing is chosen before somebody chooses it."""
    go(page, at, f"/pack/{charged(found).id}")
    page.get_by_role("link", name="Sign without a review").click()
    card = page.locator("#emergency")
    assert card.locator("input:checked").count() == 0
    for box in card.get_by_role("checkbox").all():
        box.press("Space")
    card.get_by_label("Why").fill("the shop is down")
    card.get_by_label("Why").press("Enter")
    page.get_by_role("heading", name="Signed").wait_for()
    kinds = [entry.signoff.kind for entry in made.standing().ledger if entry.signoff and not entry.problem]
    assert "emergency" in kinds
    page.get_by_role("button", name="Read the tree again").click()
    page.wait_for_url(f"http://{at.host}/")


def test_time_counts_by_what_is_seen_and_moved(page: Page, at: Browser, found: Room) -> None:
    session = found.open(charged(found).id)
    go(page, at, f"/session/{session.id}")
    with page.expect_response("**/watch", timeout=15_000):
        page.mouse.move(100, 300)
    known = found.session(session.id)
    assert 0 < known.seconds < 30
    assert "shop/pay.py#charge" in known.opened_units


def test_a_key_makes_a_why_of_an_answer(page: Page, at: Browser, found: Room, made: Office) -> None:
    session = found.open(charged(found).id)
    found.store.save(msgspec.structs.replace(session, planted=()))
    judged(found, predicted(found, session, 12))
    found.end(session.id)
    go(page, at, f"/session/{session.id}")
    page.locator("#question-1").focus()
    page.keyboard.press("w")
    page.wait_for_url("**kept=*")
    assert any("answer 1" in file.read_text() for file in (made.root / ".seatrial/why").rglob("*.toml"))


def test_every_key_is_listed_by_a_question_mark(page: Page) -> None:
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Keys")
    assert shown.is_visible()
    assert "gate, queue, map" in shown.inner_text()
    page.keyboard.press("Escape")
    assert not shown.is_visible()


def addresses(found: Room) -> list[str]:
    session = found.open(charged(found).id)
    plain = ["/", "/queue", "/map", "/decisions", "/ledger", "/mirror", "/calibration", "/settings"]
    return [
        *plain,
        "/module/shop/pay.py",
        f"/pack/{session.pack.id}",
        f"/pack/{session.pack.id}/otherwise",
        f"/session/{session.id}",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_used_without_seeing_colours_or_a_mouse(page: Page, at: Browser, found: Room, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words
    for address in addresses(found):
        go(page, at, address)
        assert page.evaluate(ACCESSIBLE) == [], address
        assert page.locator("h1, h2").count(), address
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("navigation", name="Pages").count() == 1


def test_a_page_on_a_telephone_is_not_wider_than_it(page: Page, at: Browser, found: Room) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for address in addresses(found):
        go(page, at, address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), address


def test_everything_can_be_read_without_javascript(chromium: Chromium, at: Browser, found: Room) -> None:
    context = chromium.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(at.keys.entry(at.host, "/"))
    for address in addresses(found):
        opened.goto(f"http://{at.host}{address}")
        assert opened.locator("main").inner_text().strip()
    assert "def charge" in opened.inner_text(".code")
    assert "seatrial review --tty" in opened.inner_text("noscript")
    context.close()


FUNCTION = """\
def f{n}(a, b):
    if a is None:
        raise ValueError(a)
    return a < b  # {n}


"""


def unit(name: str, line: int, end: int, path: str) -> Unit:
    return Unit(symbol=Symbol(path, name, f"{name}{path}", line, end), changed=tuple(range(line, end + 1)))


def large(material: Material, made: Office, tmp_path: Path) -> Room:
    """A room with a file of 3,000 lines of which 160 are new, and 5,000 more units in 700 folders."""
    units = [unit(f"f{n}", 6 * n + 1, 6 * n + 4, "shop/long.py") for n in range(40)]
    many = [unit(f"g{n}", 1, 30, f"part{n % 700}/m{n}.py") for n in range(5000)]
    texts = {"shop/long.py": "".join(FUNCTION.format(n=n) for n in range(500))}
    (made.root / "shop/long.py").write_text(texts["shop/long.py"])
    more = msgspec.structs.replace(material, units=(*units, *many), texts=texts, facts={})
    return Room(more, Store(made.root, tmp_path / "state"), ADA)


def loaded(page: Page, at: Browser, path: str) -> float:
    """Seconds until the page is there and drawn: the best of three, since other work shares this machine."""
    times = []
    for _ in range(3):
        began = perf_counter()
        go(page, at, path)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        times.append(perf_counter() - began)
    return min(times)


def test_a_file_of_3000_lines_and_a_queue_of_5000_units(
    chromium: Chromium, made: Office, material: Material, tmp_path: Path
) -> None:
    found = large(material, made, tmp_path)
    assert sum(len(pack.units) for pack in found.packs) == 5040
    with served(desk(made, found)) as at:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(at.keys.entry(at.host, "/"))
        pack = next(pack for pack in found.packs if "shop/long.py" in pack.paths)
        session = found.open(pack.id)
        file = loaded(page, at, f"/session/{session.id}")
        assert page.locator(".l").count() == 3001
        queue = loaded(page, at, "/queue")
        rows = page.locator(".row").count()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_function("scrollY > 1000")
        assert rows == len(found.packs)
        context.close()
    print(json.dumps({"file of 3,000 lines": round(file, 2), "queue of 5,000 units": round(queue, 2), "rows": rows}))  # noqa: T201 - what was measured


def test_the_room_after_its_end_speaks_of_the_tree(page: Page, at: Browser, found: Room) -> None:
    session = found.open(charged(found).id)
    judged(found, predicted(found, session, 12))
    found.end(session.id)
    go(page, at, f"/session/{session.id}")
    assert page.locator(".l").count() == len((found.material.texts["shop/pay.py"]).split("\n"))
    assert "dropped guard" in page.inner_text("#disclosed")
