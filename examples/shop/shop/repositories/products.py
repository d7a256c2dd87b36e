"""Queries on products and reviews."""

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, joinedload

from shop.models import Product, Review

SORT_COLUMNS = {"name": Product.name, "price": Product.price_cents, "newest": Product.created_at.desc()}


def get(db: Session, product_id: int) -> Product | None:
    """Return one product by id."""
    return db.get(Product, product_id)


def get_many(db: Session, product_ids: list[int]) -> dict[int, Product]:
    """Return several products by id in one query."""
    rows = db.scalars(select(Product).where(Product.id.in_(product_ids))).all()
    return {product.id: product for product in rows}


def by_sku(db: Session, sku: str) -> Product | None:
    """Return one product by its SKU."""
    return db.scalars(select(Product).where(Product.sku == sku)).first()


def list_page(db: Session, limit: int, offset: int, sort: str = "name") -> list[Product]:
    """Return one page of the catalogue."""
    column = SORT_COLUMNS.get(sort, Product.name)
    return list(db.scalars(select(Product).order_by(column).limit(limit).offset(offset)).all())


def search(db: Session, term: str, order_by: str, limit: int) -> list[dict]:
    """Full-text-like search over names and descriptions."""
    statement = (
        "SELECT id, sku, slug, name, price_cents, stock FROM products "
        "WHERE lower(name) LIKE :term OR lower(description) LIKE :term "
        f"ORDER BY {order_by} LIMIT :limit"
    )
    rows = db.execute(text(statement), {"term": f"%{term.lower()}%", "limit": limit})
    return [dict(row) for row in rows.mappings()]


def search_by_prefix(db: Session, prefix: str, limit: int) -> list[dict]:
    """Type-ahead search on the SKU."""
    statement = text("SELECT id, sku, name FROM products WHERE sku LIKE :prefix ORDER BY sku LIMIT :limit")
    rows = db.execute(statement, {"prefix": prefix + "%", "limit": limit})
    return [dict(row) for row in rows.mappings()]


def take_stock(db: Session, product_id: int, quantity: int) -> bool:
    """Take a quantity out of stock in one statement; False if there is not enough."""
    statement = (
        update(Product)
        .where(Product.id == product_id, Product.stock >= quantity)
        .values(stock=Product.stock - quantity)
    )
    return db.execute(statement).rowcount == 1


def list_reviews(db: Session, product_id: int) -> list[Review]:
    """Return the reviews of a product, newest first."""
    statement = select(Review).where(Review.product_id == product_id).order_by(Review.id.desc())
    return list(db.scalars(statement).all())


def latest_reviews(db: Session, limit: int) -> list[Review]:
    """Return the newest reviews together with their authors."""
    statement = select(Review).options(joinedload(Review.author)).order_by(Review.id.desc()).limit(limit)
    return list(db.scalars(statement).all())


def count(db: Session) -> int:
    """Return how many products there are."""
    return db.scalar(select(func.count(Product.id))) or 0
