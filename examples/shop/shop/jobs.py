"""Background jobs, by the name under which they run."""

from datetime import timedelta

import httpx
from sqlalchemy import func, select, update

from shop.config import get_settings
from shop.database import SessionLocal
from shop.models import Order, Product, Review
from shop.models.base import utcnow
from shop.models.trade import CANCELLED, PENDING
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
    updates = [
        {"id": product_id, "rating_sum": int(total), "rating_count": count} for product_id, total, count in totals
    ]
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


BATCH = 200
TIMEOUT = 5.0


def sync_stock() -> int:
    """Refresh the stock of every product from the supplier."""
    changed = 0
    with SessionLocal() as db:
        for product in db.scalars(select(Product)).all():
            response = httpx.get(f"{get_settings().supplier_url}/stock/{product.sku}", timeout=TIMEOUT)
            if response.status_code == 200 and response.json()["stock"] != product.stock:
                product.stock = response.json()["stock"]
                changed += 1
        db.commit()
    return changed


def sync_prices() -> int:
    """Refresh the prices from the supplier, a batch of products at a time."""
    changed = last_id = 0
    with SessionLocal() as db, httpx.Client(base_url=get_settings().supplier_url, timeout=TIMEOUT) as client:
        while True:
            batch = list(db.scalars(select(Product).where(Product.id > last_id).order_by(Product.id).limit(BATCH)))
            if not batch:
                break
            prices = client.post("/prices", json=[product.sku for product in batch]).json()
            for product in batch:
                if product.sku in prices:
                    product.price_cents = prices[product.sku]
                    changed += 1
            last_id = batch[-1].id
        db.commit()
    return changed


def _fetch_feed() -> list[dict]:
    """Fetch the supplier's feed: one entry with SKU and stock for each article."""
    with httpx.Client(base_url=get_settings().supplier_url, timeout=TIMEOUT) as client:
        return client.get("/feed").json()


def reconcile_stock() -> dict:
    """Compare the supplier's feed with the catalogue."""
    feed = _fetch_feed()
    with SessionLocal() as db:
        known_skus = list(db.scalars(select(Product.sku)))
    missing = []
    for entry in feed:
        if entry["sku"] not in known_skus:
            missing.append(entry["sku"])
    feed_skus = {entry["sku"] for entry in feed}
    unlisted = [sku for sku in known_skus if sku not in feed_skus]
    return {"missing": len(missing), "unlisted": len(unlisted)}


def mark_sold_out(skus: list[str]) -> int:
    """Set the stock of several products to zero in one statement."""
    with SessionLocal() as db:
        result = db.execute(update(Product).where(Product.sku.in_(skus)).values(stock=0))
        db.commit()
        return result.rowcount


JOBS = {
    "coupon-usage": coupon_usage,
    "expire-orders": expire_orders,
    "recalculate-ratings": recalculate_ratings,
    "reconcile-stock": reconcile_stock,
    "sync-prices": sync_prices,
    "sync-stock": sync_stock,
}
