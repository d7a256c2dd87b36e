"""What an answer says to whoever reads why something was refused."""

import pytest

from seatrial.sandbox import Answer
from seatrial.trials.answers import shown

HEAD = "<head><title>Join</title><style>p { color: red }</style></head>"
PAGE = f"<!DOCTYPE html><html>{HEAD}<body><h1>Join  us</h1>{{}}</body>"


def answer(body: str, kind: str) -> Answer:
    return Answer(status=200, headers={"content-type": kind}, body=body.encode(), seconds=0.0)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ('{"detail": "no"}', "application/json", '{"detail": "no"}'),
        (PAGE.replace("{}", "<p>Be quick</p>"), "text/html", "Join us Be quick"),
        (
            PAGE.replace("{}", '<div class="alert alert-danger">Wrong <b>code</b> &amp; name</div>'),
            "text/html",
            "Wrong code & name",
        ),
        (PAGE.replace("{}", "<ul class='errorlist'><li>Too short</li></ul>"), "text/html; charset=utf-8", "Too short"),
        (PAGE.replace("{}", '<div class="alert"></div>'), "text/html", "Join us"),
    ],
)
def test_of_a_page_that_is_said_which_speaks_of_what_was_sent(body: str, kind: str, said: str) -> None:
    assert shown(answer(body, kind)) == said
