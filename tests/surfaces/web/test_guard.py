"""Nobody but the person at this machine gets in, and no page of theirs does something for another."""

import pytest

from roomed import Browser, charged, served
from seatrial.surfaces.web.addresses import PAGES, STEPS
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.guard import ENTRY, LARGEST


def test_the_token_lets_one_browser_in_and_leaves_no_trace_in_its_address(at: Desk) -> None:
    with served(at) as stranger:
        entry = stranger.keys.entry(stranger.host, "/queue").removeprefix(f"http://{stranger.host}")
        token = stranger.keys.token
        inside = stranger.get(entry)
        assert (inside.status, inside.headers["location"]) == (303, "/queue")
        cookie = inside.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert token.lower() not in cookie
        second = Browser(stranger.keys, stranger.port)
        assert second.get(entry).status == 403
        assert token not in stranger.get("/queue").text


@pytest.mark.parametrize("page", ["https://there.example", "//there.example", "/\\there.example", "there"])
def test_the_entry_leads_nowhere_else(at: Desk, page: str) -> None:
    with served(at) as stranger:
        entry = stranger.keys.entry(stranger.host, page).removeprefix(f"http://{stranger.host}")
        assert stranger.get(entry).headers["location"] == "/"


@pytest.mark.parametrize("path", ["/", "/queue.json", "/static/style.css", f"{ENTRY}?token=wrong", f"{ENTRY}?token="])
def test_without_the_cookie_there_is_nothing(browser: Browser, path: str) -> None:
    stranger = Browser(browser.keys, browser.port)
    assert stranger.get(path).status == 403
    stranger.cookies[browser.keys.cookie] = "guessed"
    assert stranger.get(path).status == 403


@pytest.mark.parametrize(
    "host", ["there.example", "127.0.0.1", "127.0.0.1:1", "there.example:{port}", "localhost.there.example:{port}"]
)
def test_a_name_that_was_pointed_at_this_machine_gets_no_answer(browser: Browser, host: str) -> None:
    answer = browser.get("/", Host=host.format(port=browser.port))
    assert answer.status == 421
    assert "shop" not in answer.text


def test_localhost_is_this_machine(browser: Browser) -> None:
    assert browser.get("/", Host=f"localhost:{browser.port}").status == 200


@pytest.mark.parametrize("step", STEPS)
def test_a_form_without_our_token_does_nothing(browser: Browser, step: str) -> None:
    path = step.format(pack="0" * 12, session="0" * 16, record="D-1")
    assert browser.ask("POST", path, "a=1").status == 403
    assert browser.ask("POST", path, "csrf=guessed").status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://there.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_does_nothing_even_with_our_token(
    at: Desk, browser: Browser, headers: dict[str, str]
) -> None:
    path = f"/pack/{charged(at.room).id}/open"
    assert browser.post(path, **headers).status == 403
    assert browser.post(path, Origin=f"http://{browser.host}", Sec_Fetch_Site="same-origin").status == 303


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_done_by_reading(browser: Browser, step: str) -> None:
    if step not in PAGES:
        assert browser.get(step.format(pack="0" * 12, session="0" * 16, record="D-1")).status == 405


def test_a_form_of_unlikely_length_is_refused(browser: Browser) -> None:
    assert browser.post("/reread", [("text", "a" * LARGEST)]).status == 403


@pytest.mark.parametrize("path", ["/", "/index.json", "/static/room.js", "/nowhere", "/session/x"])
def test_every_answer_forbids_what_is_not_ours(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_no_page_names_another_host_or_runs_what_stands_in_it(at: Desk, browser: Browser) -> None:
    pages = ["/", "/queue", "/map", "/settings", f"/session/{at.room.open(charged(at.room).id).id}"]
    for page in pages:
        text = browser.get(page).text
        for forbidden in ("http://", "https://", " style=", " onclick=", "javascript:"):
            assert forbidden not in text, (page, forbidden)


def test_no_file_but_ours_is_served(browser: Browser) -> None:
    for name in ("..%2fguard.py", "guard.py", "%2e%2e/%2e%2e/etc/passwd"):
        assert browser.get(f"/static/{name}").status == 404
