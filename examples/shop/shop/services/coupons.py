"""Coupons: creation, validation and redemption."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.errors import Conflict, NotFound
from shop.models import Coupon, Product
from shop.repositories import orders as order_repo
from shop.schemas import CouponIn
from shop.services.pricing import calculate_order_total


def create_coupon(db: Session, payload: CouponIn) -> Coupon:
    """Create a coupon; the database refuses a code that exists."""
    coupon = Coupon(code=payload.code.upper(), percent_off=payload.percent_off, max_uses=payload.max_uses)
    db.add(coupon)
    try:
        db.commit()
    except IntegrityError as error:
        db.rollback()
        raise Conflict("This code is taken") from error
    return coupon


def find_valid(db: Session, code: str) -> Coupon:
    """Return a coupon that can still be used."""
    coupon = order_repo.get_coupon(db, code.upper())
    if coupon is None or not coupon.active:
        raise NotFound("No such coupon")
    if coupon.used_count >= coupon.max_uses:
        raise Conflict("This coupon is used up")
    return coupon


def discount_percent(db: Session, code: str) -> int:
    """Return the discount of a coupon."""
    return find_valid(db, code).percent_off


def redeem(db: Session, code: str) -> Coupon:
    """Count one use of a coupon."""
    coupon = find_valid(db, code)
    coupon.used_count = coupon.used_count + 1
    db.flush()
    return coupon


def deactivate(db: Session, code: str) -> Coupon:
    """Switch a coupon off."""
    coupon = order_repo.get_coupon(db, code.upper())
    if coupon is None:
        raise NotFound("No such coupon")
    coupon.active = False
    db.commit()
    return coupon


def savings(db: Session, product: Product, code: str) -> int:
    """Return what a coupon saves on a single product."""
    full = calculate_order_total([(product, 1)], 0)
    reduced = calculate_order_total([(product, 1)], discount_percent(db, code))
    return full["total_cents"] - reduced["total_cents"]
