"""Coupons."""

from fastapi import APIRouter

from shop.api.deps import AdminUser, DbSession, Limit, Offset
from shop.models import Coupon
from shop.repositories import orders as order_repo
from shop.schemas.orders import CouponIn, CouponOut
from shop.services import coupons

router = APIRouter(prefix="/coupons", tags=["coupons"])


@router.get("", response_model=list[CouponOut])
def list_coupons(admin: AdminUser, db: DbSession, limit: Limit = 20, offset: Offset = 0) -> list[Coupon]:
    """Return one page of the coupons."""
    return order_repo.list_coupons(db, limit, offset)


@router.post("", response_model=CouponOut, status_code=201)
def create_coupon(payload: CouponIn, admin: AdminUser, db: DbSession) -> Coupon:
    """Create a coupon."""
    return coupons.create_coupon(db, payload)


@router.get("/{code}", response_model=CouponOut)
def get_coupon(code: str, db: DbSession) -> Coupon:
    """Return a coupon that can be used."""
    return coupons.find_valid(db, code)


@router.post("/{code}/deactivate", response_model=CouponOut)
def deactivate_coupon(code: str, db: DbSession) -> Coupon:
    """Switch a coupon off."""
    return coupons.deactivate(db, code)
