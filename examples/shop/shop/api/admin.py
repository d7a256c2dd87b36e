"""Jobs and health; the jobs are for administrators only."""

from fastapi import APIRouter, Depends, HTTPException

from shop.api.deps import DbSession, require_admin
from shop.jobs import JOBS
from shop.repositories import products as product_repo
from shop.services import notifications

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(require_admin)])
health_router = APIRouter(tags=["health"])


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
