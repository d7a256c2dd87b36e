"""The catalogue: products, search, import and reviews."""

import csv
import io
import re
import time
import unicodedata
from functools import lru_cache

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.errors import Conflict, NotFound
from shop.models import Product, Review, User
from shop.repositories import products as product_repo
from shop.schemas import ProductIn, ReviewIn, ReviewOut
from shop.utils import LRUCache, excerpt, slugify, to_cents

_prefix_cache: LRUCache[list[dict]] = LRUCache(max_entries=256)


def _make_slug(title: str) -> str:
    """Build the slug of an imported product."""
    if not title:
        return "item"
    decomposed = unicodedata.normalize("NFKD", title)
    plain = decomposed.encode("ascii", "ignore").decode("ascii")
    small = plain.lower().strip()
    dashed = re.sub(r"[^a-z0-9]+", "-", small)
    result = dashed.strip("-")
    if len(result) > 120:
        result = result[:120].rstrip("-")
    return result or "item"


def get_product(db: Session, product_id: int) -> Product:
    """Return a product or raise NotFound."""
    product = product_repo.get(db, product_id)
    if product is None:
        raise NotFound("No such product")
    return product


def create_product(db: Session, payload: ProductIn) -> Product:
    """Create a product; the database refuses a SKU that exists."""
    product = Product(slug=slugify(payload.name), **payload.model_dump())
    db.add(product)
    try:
        db.commit()
    except IntegrityError as error:
        db.rollback()
        raise Conflict("This SKU is taken") from error
    return product


def replace_product(db: Session, product_id: int, payload: ProductIn) -> Product:
    """Replace every field of a product."""
    product = get_product(db, product_id)
    for field, value in payload.model_dump().items():
        setattr(product, field, value)
    product.slug = slugify(payload.name)
    db.commit()
    return product


def delete_product(db: Session, product_id: int) -> None:
    """Delete a product that was never sold."""
    db.delete(get_product(db, product_id))
    db.commit()


def set_stock(db: Session, product_id: int, stock: int) -> Product:
    """Set the stock of a product after counting."""
    product = get_product(db, product_id)
    product.stock = stock
    db.commit()
    return product


def reserve(db: Session, product_id: int, quantity: int) -> Product:
    """Reserve a quantity, never more than there is."""
    if not product_repo.take_stock(db, product_id, quantity):
        raise Conflict("Not enough in stock")
    db.commit()
    return get_product(db, product_id)


def search(db: Session, term: str, sort: str, limit: int) -> list[dict]:
    """Search the catalogue."""
    order_by = sort.strip() or "name"
    return product_repo.search(db, term, order_by, limit)


def suggest(db: Session, prefix: str) -> list[dict]:
    """Suggest products while the user types."""
    cached = _prefix_cache.get(prefix)
    if cached is None:
        cached = product_repo.search_by_prefix(db, prefix, limit=10)
        _prefix_cache.put(prefix, cached)
    return cached


@lru_cache(maxsize=None)
def highlight(term: str, text: str) -> str:
    """Mark each occurrence of a search term."""
    return re.sub(re.escape(term), lambda found: f"<b>{found.group(0)}</b>", text, flags=re.IGNORECASE)


@lru_cache(maxsize=256)
def shorten(text: str) -> str:
    """Shorten a description for lists."""
    return excerpt(text)


def import_products(db: Session, content: str) -> tuple[int, int]:
    """Import products from CSV with the columns sku, name, price and stock.

    Returns:
        How many products were created and how many updated.
    """
    created = updated = 0
    for row in csv.DictReader(io.StringIO(content)):
        product = product_repo.by_sku(db, row["sku"])
        if product is None:
            product = Product(sku=row["sku"], slug="", name="", price_cents=0)
            db.add(product)
            created += 1
        else:
            updated += 1
        product.name = row["name"]
        product.slug = _make_slug(row["name"])
        product.price_cents = to_cents(row["price"])
        product.stock = int(row["stock"])
    db.commit()
    _wait_for_replicas()
    return created, updated


def _wait_for_replicas() -> None:
    """Give the read replicas a moment to catch up."""
    time.sleep(0.2)


def add_review(db: Session, product_id: int, author: User, payload: ReviewIn) -> Review:
    """Add a review and keep the average of the product up to date."""
    product = get_product(db, product_id)
    review = Review(product_id=product.id, user_id=author.id, rating=payload.rating, body=payload.body)
    db.add(review)
    product.rating_sum += payload.rating
    product.rating_count += 1
    db.commit()
    return review


def _review_out(review: Review, author_name: str) -> ReviewOut:
    return ReviewOut(
        id=review.id,
        product_id=review.product_id,
        rating=review.rating,
        body=review.body,
        author_name=author_name,
    )


def reviews_of(db: Session, product_id: int) -> list[ReviewOut]:
    """Return the reviews of a product with the names of their authors."""
    reviews = product_repo.list_reviews(db, product_id)
    return [_review_out(review, review.author.name) for review in reviews]


def latest_reviews(db: Session, limit: int) -> list[ReviewOut]:
    """Return the newest reviews of the whole shop."""
    return [_review_out(review, review.author.name) for review in product_repo.latest_reviews(db, limit)]
