"""Reports for the back office."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.models import User
from shop.repositories import orders as order_repo
from shop.repositories import reports as report_repo
from shop.repositories import users as user_repo
from shop.services.formatting import format_money

GOLD_FROM_CENTS = 100_000
SILVER_FROM_CENTS = 25_000


def _loyalty(db: Session, user: User) -> tuple[str, int]:
    """Return the loyalty level of a customer and what the level rests on."""
    spent = order_repo.total_for_user(db, user.id)
    if spent >= GOLD_FROM_CENTS:
        return "gold", spent
    if spent >= SILVER_FROM_CENTS:
        return "silver", spent
    return "basic", spent


def _customer_row(db: Session, user: User) -> dict:
    level, spent = _loyalty(db, user)
    return {"id": user.id, "name": user.name, "level": level, "spent": format_money(spent)}


def customer_report(db: Session) -> list[dict]:
    """List every customer with the loyalty level."""
    rows = []
    for user in user_repo.list_all(db):
        rows.append(_customer_row(db, user))
    return rows


def customer_ranking(db: Session, since: datetime, limit: int) -> list[dict]:
    """List the customers who spent most since a point in time."""
    best = order_repo.top_spenders(db, since, limit)
    return [{"user_id": user_id, "spent": format_money(total)} for user_id, total in best]


def revenue(db: Session, status: str) -> dict:
    """Return the revenue of the orders in a state."""
    return report_repo.revenue_by_status(db, status)


def revenue_between(db: Session, start: datetime, end: datetime) -> dict:
    """Return the revenue of a period."""
    cents = report_repo.revenue_between(db, start, end)
    return {"start": start.isoformat(), "end": end.isoformat(), "revenue": format_money(cents)}


def best_sellers(db: Session, limit: int) -> list[dict]:
    """Return the products sold most often."""
    return report_repo.best_sellers(db, limit)
