"""Reports and exports; administrators only."""

from datetime import UTC, date, datetime, time, timedelta

from fastapi import APIRouter, Depends, HTTPException, Response

from shop.security import DbSession, Limit, require_admin
from shop.services import reports
from shop.utils import parse_date_range

router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[Depends(require_admin)])


def _parse_period(since: str | None, until: str | None, days: int = 30) -> tuple[datetime, datetime]:
    """Parse the period of a report."""
    now_day = datetime.now(UTC).date()
    try:
        last = date.fromisoformat(until) if until else now_day
        first = date.fromisoformat(since) if since else last - timedelta(days=days)
    except ValueError as problem:
        raise HTTPException(status_code=422, detail="Dates must look like 2024-12-31") from problem
    if first > last:
        raise HTTPException(status_code=422, detail="The period ends before it starts")
    begin = datetime.combine(first, time.min, tzinfo=UTC)
    finish = datetime.combine(last, time.max, tzinfo=UTC)
    return begin, finish


@router.get("/customers")
def customer_report(db: DbSession) -> list[dict]:
    """List every customer with the loyalty level."""
    return reports.customer_report(db)


@router.get("/ranking")
def customer_ranking(
    db: DbSession, since: str | None = None, until: str | None = None, limit: Limit = 10
) -> list[dict]:
    """List the customers who spent most."""
    start, _ = _parse_period(since, until)
    return reports.customer_ranking(db, start, limit)


@router.get("/revenue")
def revenue(db: DbSession, status: str = "paid") -> dict:
    """Return the revenue of the orders in a state."""
    return reports.revenue(db, status)


@router.get("/revenue/period")
def revenue_of_period(db: DbSession, start: str | None = None, end: str | None = None) -> dict:
    """Return the revenue of a period."""
    lower, upper = parse_date_range(start, end)
    return reports.revenue_between(db, lower, upper)


@router.get("/best-sellers")
def best_sellers(db: DbSession, limit: Limit = 10) -> list[dict]:
    """Return the products sold most often."""
    return reports.best_sellers(db, limit)


@router.post("/exports/orders")
def export_orders(db: DbSession, status: str = "pending") -> dict:
    """Export the orders in a state."""
    return {"name": reports.export_orders(db, status)}


@router.post("/exports/recent")
def export_recent(db: DbSession, limit: Limit = 100) -> dict:
    """Export the newest orders."""
    return {"name": reports.export_recent(db, limit)}


@router.post("/exports/spreadsheet")
def export_spreadsheet(db: DbSession, limit: Limit = 100) -> dict:
    """Export the newest orders as a spreadsheet."""
    return {"name": reports.export_spreadsheet(db, limit)}


@router.get("/exports/download")
def download_export(filename: str) -> Response:
    """Return an export."""
    return Response(reports.load_export(filename), media_type="application/octet-stream")


@router.post("/exports/archive")
def archive_export(name: str) -> dict:
    """Compress an export."""
    return {"name": reports.archive_export(name)}


@router.get("/exports/checksum")
def export_checksum(name: str) -> dict:
    """Return the checksum of an export."""
    return {"sha256": reports.checksum(name)}
