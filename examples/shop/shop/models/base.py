"""Declarative base and shared columns."""

from datetime import UTC, datetime

from sqlalchemy import DateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def utcnow() -> datetime:
    """The current time, aware of its zone."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Base of all models."""


class TimestampMixin:
    """Adds the time of creation."""

    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=utcnow, index=True)
