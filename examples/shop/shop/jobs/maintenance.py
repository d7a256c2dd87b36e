"""Jobs that keep the database tidy."""

from datetime import timedelta

from sqlalchemy import func, select, update

from shop.core.database import SessionLocal
from shop.models import Order, Product, Review
from shop.models.base import utcnow
from shop.models.order import CANCELLED, PENDING
from shop.repositories import orders as order_repo

EXPIRE_AFTER = timedelta(days=14)


def expire_orders() -> int:
    """Cancel pending orders that were never paid, in one statement."""
    with SessionLocal() as db:
        statement = (
            update(Order)
            .where(Order.status == PENDING, Order.created_at < utcnow() - EXPIRE_AFTER)
            .values(status=CANCELLED)
        )
        expired = db.execute(statement).rowcount
        db.commit()
        return expired


def recalculate_ratings() -> int:
    """Recalculate the ratings of every product from its reviews."""
    db = SessionLocal()
    totals = db.execute(
        select(Review.product_id, func.sum(Review.rating), func.count(Review.id)).group_by(Review.product_id)
    ).all()
    updates = [{"id": product_id, "rating_sum": int(total), "rating_count": count} for product_id, total, count in totals]
    if updates:
        db.execute(update(Product), updates)
    db.commit()
    return len(updates)


def coupon_usage() -> dict[str, int]:
    """Count the orders of each coupon for the weekly mail to marketing."""
    usage = {}
    with SessionLocal() as db:
        for coupon in order_repo.list_coupons(db, limit=500, offset=0):
            # seatrial: allow[query-in-loop] because marketing keeps at most a dozen coupons and the job runs once a week
            usage[coupon.code] = db.scalar(select(func.count(Order.id)).where(Order.coupon_code == coupon.code)) or 0
    return usage
