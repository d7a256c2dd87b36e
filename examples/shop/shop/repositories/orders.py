"""Queries on orders, coupons and payments, and aggregations for reports."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, selectinload

from shop.models import Coupon, Order, OrderItem, Payment, Product
from shop.services.notifications import format_money


def get(db: Session, order_id: int) -> Order | None:
    """Return one order by id."""
    return db.get(Order, order_id)


def lock(db: Session, order_id: int) -> Order | None:
    """Return an order and lock its row until the end of the transaction."""
    statement = select(Order).where(Order.id == order_id).with_for_update()
    return db.scalars(statement, execution_options={"populate_existing": True}).first()


def list_for_user(db: Session, user_id: int, limit: int, offset: int) -> list[Order]:
    """Return one page of a customer's orders with their lines."""
    statement = (
        select(Order)
        .where(Order.user_id == user_id)
        .options(selectinload(Order.items))
        .order_by(Order.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return list(db.scalars(statement).all())


def list_by_status(db: Session, status: str) -> list[Order]:
    """Return the orders in a given state."""
    return list(db.scalars(select(Order).where(Order.status == status).order_by(Order.id)).all())


def list_recent(db: Session, limit: int) -> list[Order]:
    """Return the newest orders."""
    return list(db.scalars(select(Order).order_by(Order.id.desc()).limit(limit)).all())


def total_for_user(db: Session, user_id: int) -> int:
    """Return what a customer has spent so far."""
    return db.scalar(select(func.coalesce(func.sum(Order.total_cents), 0)).where(Order.user_id == user_id)) or 0


def top_spenders(db: Session, since: datetime, limit: int) -> list[tuple[int, int]]:
    """Return the customers who spent most since a point in time, with their totals, in one query."""
    spent = func.sum(Order.total_cents)
    statement = (
        select(Order.user_id, spent)
        .where(Order.created_at >= since)
        .group_by(Order.user_id)
        .order_by(spent.desc())
        .limit(limit)
    )
    return [(user_id, int(total)) for user_id, total in db.execute(statement)]


def get_coupon(db: Session, code: str) -> Coupon | None:
    """Return a coupon by its code."""
    return db.scalars(select(Coupon).where(Coupon.code == code)).first()


def list_coupons(db: Session, limit: int, offset: int) -> list[Coupon]:
    """Return one page of the coupons."""
    return list(db.scalars(select(Coupon).order_by(Coupon.id).limit(limit).offset(offset)).all())


def payment_by_reference(db: Session, reference: str) -> Payment | None:
    """Return a payment by the reference of the provider."""
    return db.scalars(select(Payment).where(Payment.reference == reference)).first()


def payments_of(db: Session, order_id: int) -> list[Payment]:
    """Return the payment attempts of an order."""
    return list(db.scalars(select(Payment).where(Payment.order_id == order_id).limit(50)).all())


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
        select(Product.name, sold)
        .join(OrderItem, OrderItem.product_id == Product.id)
        .group_by(Product.id, Product.name)
        .order_by(sold.desc())
        .limit(limit)
    )
    return [{"name": name, "sold": int(count)} for name, count in db.execute(statement)]
