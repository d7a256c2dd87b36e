"""What is tried for a setting that is missing, by its name."""

import pytest

from seatrial.sandbox.inside import dummies, settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("CELERY_BROKER_URL", "amqp://127.0.0.1:5672//"),
        ("MONGO_URI", "mongodb://127.0.0.1:27017/seatrial"),
        ("DATABASE_URL", "sqlite:///seatrial.db"),
        ("PAYMENT_URL", "http://127.0.0.1:9"),
        ("REDIS_HOST", "127.0.0.1"),
        ("SMTP_PORT", "1"),
        ("ADMIN_EMAIL", "nobody@example.org"),
    ],
)
def test_the_first_value_has_the_form_that_the_name_asks_for(name: str, value: str) -> None:
    assert dummies.first(name) == value


def test_a_value_that_was_refused_is_followed_by_the_next() -> None:
    first = settings.missing(KeyError("DATABASE_URL"), {})
    assert first == {"DATABASE_URL": "sqlite:///seatrial.db"}
    second = settings.missing(KeyError("DATABASE_URL"), first)
    assert second["DATABASE_URL"] not in first.values()
