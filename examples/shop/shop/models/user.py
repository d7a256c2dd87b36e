"""Users and their wallet accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.models.base import Base, TimestampMixin

if TYPE_CHECKING:
    from shop.models.trade import Order

ROLE_CUSTOMER = "customer"
ROLE_ADMIN = "admin"


class User(TimestampMixin, Base):
    """A person who can log in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), index=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20), default=ROLE_CUSTOMER)

    orders: Mapped[list[Order]] = relationship(back_populates="user")
    account: Mapped[Account | None] = relationship(back_populates="user", uselist=False)


class Account(Base):
    """The wallet of a user, in cents."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    balance_cents: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship(back_populates="account")
