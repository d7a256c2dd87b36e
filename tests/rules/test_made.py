"""Words and names are told from what machines and keyboards make up."""

import pytest

from seatrial.rules.security._made import surprise, unwrapped
from seatrial.rules.security._secrets import MADE


@pytest.mark.parametrize(
    "text",
    ["harbour-lantern-42", "p4ssw0rd", "correctHorseBattery", "django.contrib.auth", "12345678", "aaaaaaaa",
     "deadbeefdeadbeef", "X-Api-Key-2", "client_credentials", "us-east-1", "sha256", "2026-11-22"],
)  # fmt: skip
def test_what_is_said(text: str) -> None:
    assert surprise(text) < MADE


@pytest.mark.parametrize(
    "text", ["xqzvkwtprm", "vq7Txw2mKz9r", "9f86d081884c7d659a2feaa0c55ad015", "kTzPqXwv", "ZQ4XW"]
)
def test_what_is_made(text: str) -> None:
    assert surprise(text) >= MADE


def test_base64_is_read() -> None:
    assert unwrapped("dXNlcjpwYXNzd29yZA==") == "user:password"
    assert unwrapped("vq7Txw2mKz9r") == "vq7Txw2mKz9r"
    assert unwrapped("Aaaaaaaaa") == "Aaaaaaaaa"  # a length that base64 never has
