"""Mail that a program sends while there is a service of ours: it is taken, or refused, and nobody waits for ever."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from seatrial.sandbox.upstream import Upstream, upstream


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Upstream]:
    with upstream(tmp_path) as made:
        made.become("well")
        yield made


def test_mail_is_taken(service: Upstream, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "shop@example.org", "ann@example.org"
    message.set_content("one line\n.\nanother\n")
    with smtplib.SMTP("127.0.0.1", _port(tmp_path), timeout=10) as client:
        assert client.send_message(message) == {}
        assert client.send_message(message) == {}
    assert service.asked == ()


def test_a_failing_service_takes_none(service: Upstream, tmp_path: Path) -> None:
    service.become("failing")
    with pytest.raises(smtplib.SMTPConnectError):
        smtplib.SMTP("127.0.0.1", _port(tmp_path), timeout=10)


def test_a_silent_one_does_not_speak_first(service: Upstream, tmp_path: Path) -> None:
    service.become("silent")
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        smtplib.SMTP("127.0.0.1", _port(tmp_path), timeout=2)


def _port(folder: Path) -> int:
    return int((folder / "upstream").read_text())
