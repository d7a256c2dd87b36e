"""Aggregations for reports, in plain SQL for speed."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shop.models import Order, OrderItem, Product
from shop.services.formatting import format_money


def revenue_by_status(db: Session, status: str) -> dict:
    """Return the number and value of the orders in a state."""
    query = "SELECT count(*) AS orders, coalesce(sum(total_cents), 0) AS total FROM orders WHERE status = '%s'" % status
    row = db.execute(text(query)).mappings().one()
    return {"status": status, "orders": row["orders"], "total": format_money(int(row["total"]))}


def revenue_between(db: Session, start: datetime, end: datetime) -> int:
    """Return the value of the orders placed in a period, in cents."""
    statement = select(func.coalesce(func.sum(Order.total_cents), 0)).where(Order.created_at.between(start, end))
    return int(db.scalar(statement) or 0)


def best_sellers(db: Session, limit: int) -> list[dict]:
    """Return the products sold most often."""
    sold = func.sum(OrderItem.quantity).label("sold")
    statement = (
        select(Product.name, sold).join(OrderItem, OrderItem.product_id == Product.id)
        .group_by(Product.id, Product.name).order_by(sold.desc()).limit(limit)
    )
    return [{"name": name, "sold": int(count)} for name, count in db.execute(statement)]
