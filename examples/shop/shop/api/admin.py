"""Jobs and health, and the coupons; most of it for administrators only."""

from fastapi import APIRouter, Depends, HTTPException

from shop.jobs import JOBS
from shop.models import Coupon
from shop.repositories import orders as order_repo
from shop.repositories import products as product_repo
from shop.schemas import CouponIn, CouponOut
from shop.security import AdminUser, DbSession, Limit, Offset, require_admin
from shop.services import coupons, notifications

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])
health_router = APIRouter(tags=["health"])
coupon_router = APIRouter(prefix="/coupons", tags=["coupons"])


@router.post("/jobs/{name}")
def run_job(name: str) -> dict:
    """Run a background job now."""
    if name not in JOBS:
        raise HTTPException(status_code=404, detail="No such job")
    return {"job": name, "result": JOBS[name]()}


@router.get("/mail")
def mail_health() -> dict:
    """Tell whether mail can be sent."""
    return {"mail": notifications.ping_mail()}


@health_router.get("/health")
def health(db: DbSession) -> dict:
    """Tell that the application and its database work."""
    return {"status": "ok", "products": product_repo.count(db)}


@coupon_router.get("", response_model=list[CouponOut])
def list_coupons(admin: AdminUser, db: DbSession, limit: Limit = 20, offset: Offset = 0) -> list[Coupon]:
    """Return one page of the coupons."""
    return order_repo.list_coupons(db, limit, offset)


@coupon_router.post("", response_model=CouponOut, status_code=201)
def create_coupon(payload: CouponIn, admin: AdminUser, db: DbSession) -> Coupon:
    """Create a coupon."""
    return coupons.create_coupon(db, payload)


@coupon_router.get("/{code}", response_model=CouponOut)
def get_coupon(code: str, db: DbSession) -> Coupon:
    """Return a coupon that can be used."""
    return coupons.find_valid(db, code)


@coupon_router.post("/{code}/deactivate", response_model=CouponOut)
def deactivate_coupon(code: str, db: DbSession) -> Coupon:
    """Switch a coupon off."""
    return coupons.deactivate(db, code)
