"""Fill an empty database with demonstration data: ``python -m shop.seed``."""

import argparse
import random

from sqlalchemy.orm import Session

from shop.config import ADMIN_EMAIL, ADMIN_PASSWORD
from shop.database import SessionLocal, create_tables
from shop.models import Account, Coupon, Order, OrderItem, Product, Review, User
from shop.models.user import ROLE_ADMIN
from shop.repositories import users as user_repo
from shop.security import hash_password
from shop.utils import slugify

DEMO_PASSWORD = "made-up-lighthouse-87"
NOUNS = ["Anchor", "Buoy", "Compass", "Deck chair", "Ensign", "Fender", "Galley pot", "Hammock"]


def seed_admin(db: Session) -> User:
    """Create the administrator unless it exists."""
    admin = user_repo.by_email(db, ADMIN_EMAIL)
    if admin is None:
        admin = User(
            email=ADMIN_EMAIL, name="Administrator", password_hash=hash_password(ADMIN_PASSWORD), role=ROLE_ADMIN
        )
        user_repo.add(db, admin)
        db.commit()
    return admin


def seed_demo(db: Session, users: int, products: int, orders: int) -> None:
    """Create customers, products, orders, reviews and coupons."""
    rng = random.Random(7)
    password_hash = hash_password(DEMO_PASSWORD)
    start = db.query(User).count()
    people = [
        User(
            email=f"customer{start + index}@shop.example",
            name=f"Customer {start + index}",
            password_hash=password_hash,
            account=Account(balance_cents=100_000),
        )
        for index in range(users)
    ]
    first = db.query(Product).count()
    articles = []
    for index in range(products):
        name = f"{rng.choice(NOUNS)} {first + index}"
        articles.append(
            Product(
                sku=f"SKU-{first + index:05d}",
                slug=slugify(name),
                name=name,
                price_cents=rng.randrange(199, 20_000),
                stock=100,
            )
        )
    db.add_all([*people, *articles])
    db.flush()
    for _ in range(orders if people and articles else 0):
        lines = rng.sample(articles, k=min(3, len(articles)))
        order = Order(user_id=rng.choice(people).id, total_cents=sum(article.price_cents for article in lines))
        order.items = [
            OrderItem(product_id=article.id, quantity=1, unit_price_cents=article.price_cents) for article in lines
        ]
        review = Review(product_id=lines[0].id, user_id=order.user_id, rating=rng.randint(1, 5), body="Shipshape.")
        db.add_all([order, review])
    if start <= 1:
        db.add_all([Coupon(code="WELCOME10", percent_off=10), Coupon(code="SUMMER20", percent_off=20, max_uses=50)])
    db.commit()


def main() -> None:
    """Parse the command line and fill the database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--products", type=int, default=50)
    parser.add_argument("--orders", type=int, default=100)
    arguments = parser.parse_args()
    create_tables()
    with SessionLocal() as db:
        seed_admin(db)
        seed_demo(db, arguments.users, arguments.products, arguments.orders)


if __name__ == "__main__":
    main()
