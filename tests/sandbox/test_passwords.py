"""No password is sent to a Redis that the trial started, and the user's own is sent what the program says."""

from types import SimpleNamespace
from typing import Any

import pytest

from seatrial.sandbox.inside import leading, passwords


@pytest.mark.parametrize(("ports", "is_sent"), [({6379: 7001}, False), ({}, True), ({6379: 0}, True)])
def test_a_password_is_for_the_users_own_alone(
    *, ports: dict[int, int], is_sent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Connection:
        def __init__(self, **said: Any) -> None:
            self.said = said

    monkeypatch.setattr(leading, "_ports", ports)
    passwords.redis(SimpleNamespace(Connection=Connection))  # type: ignore[no-untyped-call] # it runs in any Python
    said = Connection(host="cache", password="x", username="y").said
    assert said == ({"host": "cache", "password": "x", "username": "y"} if is_sent else {"host": "cache"})
