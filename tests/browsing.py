"""What a reviewer does in the room, with a real browser: Chromium by Playwright."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from seatrial.app.review.room import Room
from seatrial.app.review.session import Session

CHROMIUM = os.environ.get("SEATRIAL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched() -> Iterator[Chromium]:
    """A browser; where there is none, the test fails and says how to get one."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"there is no {CHROMIUM}: apt-get install chromium, or name one by SEATRIAL_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


def begun(page: Page, found: Room) -> Session:
    for key in "gq":
        page.keyboard.press(key)
    page.wait_for_url("**/queue")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pack/*")
    page.get_by_role("button", name="Begin the review").click()
    page.wait_for_url("**/session/*")
    return found.session(page.url.rpartition("/")[2])


def answer(page: Page) -> None:
    assert not page.get_by_role("heading", name="What was found").count()
    for number in range(3):
        page.keyboard.press("Escape")
        page.keyboard.press(str(number + 1))
        page.keyboard.type(f"the gateway hangs, and nobody knows how much was paid ({number})")
        page.locator(".l .n").nth(12 + number // 3).click()
    page.get_by_role("button", name="Commit, then show me").click()
    page.get_by_role("heading", name="What was found").wait_for()


def catch(page: Page, found: Room, session: Session) -> None:
    at = found.views(session)["shop/pay.py"].shown(session.planted[0].mutant.line)
    page.locator(f"[data-line='shop/pay.py:{at}'] code").click()
    page.keyboard.press("e")
    page.keyboard.type("nobody asks whether it is paid")
    page.keyboard.press("Enter")
    page.get_by_text("nobody asks whether it is paid").first.wait_for()


def judge(page: Page, session: Session) -> None:
    for criterion in session.criteria:
        form = page.locator(f"form:has(input[value='{criterion}'])")
        assert not form.locator("input[type=radio]:checked").count()
        form.get_by_label("pass").check()
        form.get_by_label("Why").fill("read and tried")
        form.get_by_role("button", name="Keep").click()
        page.locator(f".criterion:has(input[value='{criterion}']) .verdict").wait_for()
    page.get_by_label("Thoroughly").select_option("high")
    page.get_by_label("With understanding").select_option("high")
    page.locator("#effort").get_by_role("button", name="Keep").click()
    page.wait_for_function("!document.querySelector('#missing')?.innerText.includes('thoroughly')")


def say_anew(page: Page) -> None:
    while (again := page.get_by_role("button", name="Say it anew")).count():
        count = again.count()
        page.locator("textarea[name=text]").first.fill("it holds")
        again.first.click()
        page.wait_for_function(f"document.querySelectorAll('textarea[name=text]').length < {count}")
