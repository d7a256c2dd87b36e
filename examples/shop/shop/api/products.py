"""The catalogue and its reviews."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request

from shop.models import Product
from shop.repositories import products as product_repo
from shop.schemas import ImportOut, ProductIn, ProductOut, ReserveIn, ReviewIn, ReviewOut, StockIn
from shop.security import AdminUser, CurrentUser, DbSession, Limit, Offset
from shop.services import catalog, coupons

router = APIRouter(prefix="/products", tags=["products"])


@router.get("", response_model=list[ProductOut])
def list_products(db: DbSession, limit: Limit = 20, offset: Offset = 0, sort: str = "name") -> list[Product]:
    """Return one page of the catalogue."""
    return product_repo.list_page(db, limit, offset, sort)


@router.get("/search")
def search_products(
    db: DbSession, q: Annotated[str, Query(min_length=1, max_length=80)], sort: str = "name", limit: Limit = 20
) -> list[dict]:
    """Search the catalogue and highlight the hits."""
    hits = catalog.search(db, q, sort, limit)
    return [{**hit, "highlighted": catalog.highlight(q, hit["name"])} for hit in hits]


@router.get("/suggest")
def suggest_products(db: DbSession, prefix: Annotated[str, Query(min_length=1, max_length=20)]) -> list[dict]:
    """Suggest products while the user types."""
    return catalog.suggest(db, prefix)


@router.get("/reviews/latest", response_model=list[ReviewOut])
def latest_reviews(db: DbSession, limit: Limit = 20) -> list[ReviewOut]:
    """Return the newest reviews of the whole shop."""
    return catalog.latest_reviews(db, limit)


@router.get("/{product_id}", response_model=ProductOut)
def get_product(product_id: int, db: DbSession) -> Product:
    """Return one product."""
    return catalog.get_product(db, product_id)


@router.post("", response_model=ProductOut, status_code=201)
def create_product(payload: ProductIn, admin: AdminUser, db: DbSession) -> Product:
    """Create a product."""
    return catalog.create_product(db, payload)


@router.put("/{product_id}", response_model=ProductOut)
def replace_product(product_id: int, payload: ProductIn, admin: AdminUser, db: DbSession) -> Product:
    """Replace a product."""
    return catalog.replace_product(db, product_id, payload)


@router.patch("/{product_id}/stock", response_model=ProductOut)
def set_stock(product_id: int, payload: StockIn, db: DbSession) -> Product:
    """Set the stock of a product."""
    return catalog.set_stock(db, product_id, payload.stock)


@router.delete("/{product_id}", status_code=204)
def delete_product(product_id: int, admin: AdminUser, db: DbSession) -> None:
    """Delete a product."""
    catalog.delete_product(db, product_id)


@router.post("/{product_id}/reserve", response_model=ProductOut)
def reserve(product_id: int, payload: ReserveIn, user: CurrentUser, db: DbSession) -> Product:
    """Reserve a quantity for the caller."""
    return catalog.reserve(db, product_id, payload.quantity)


@router.get("/{product_id}/savings")
def savings(product_id: int, code: str, db: DbSession) -> dict:
    """Tell what a coupon saves on a product."""
    return {"savings_cents": coupons.savings(db, catalog.get_product(db, product_id), code)}


@router.get("/{product_id}/reviews", response_model=list[ReviewOut])
def list_reviews(product_id: int, db: DbSession) -> list[ReviewOut]:
    """Return the reviews of a product."""
    return catalog.reviews_of(db, product_id)


@router.post("/{product_id}/reviews", status_code=201)
def add_review(product_id: int, payload: ReviewIn, user: CurrentUser, db: DbSession) -> dict:
    """Review a product."""
    return {"id": catalog.add_review(db, product_id, user, payload).id}


@router.post("/import", response_model=ImportOut)
async def import_products(request: Request, admin: AdminUser, db: DbSession) -> ImportOut:
    """Import products from a CSV body."""
    content = (await request.body()).decode("utf-8")
    created, updated = catalog.import_products(db, content)
    return ImportOut(created=created, updated=updated)


@router.post("/import/background", response_model=ImportOut)
async def import_products_in_thread(request: Request, admin: AdminUser, db: DbSession) -> ImportOut:
    """Import a large CSV body in a worker thread."""
    content = (await request.body()).decode("utf-8")
    created, updated = await anyio.to_thread.run_sync(catalog.import_products, db, content)
    return ImportOut(created=created, updated=updated)
