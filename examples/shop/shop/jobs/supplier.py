"""Jobs that compare the catalogue with the supplier's."""

import httpx
from sqlalchemy import select, update

from shop.core.config import get_settings
from shop.core.database import SessionLocal
from shop.models import Product

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
