"""Reports for the back office and their files: CSV, spreadsheets, archives and invoices."""

import csv
import subprocess
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from shop.config import get_settings
from shop.models import Order, User
from shop.repositories import orders as order_repo
from shop.repositories import users as user_repo
from shop.services.notifications import format_money, format_order_number
from shop.utils import read_bytes, safe_child

GOLD_FROM_CENTS = 100_000
SILVER_FROM_CENTS = 25_000


def _loyalty(db: Session, user: User) -> tuple[str, int]:
    """Return the loyalty level of a customer and what the level rests on."""
    spent = order_repo.total_for_user(db, user.id)
    if spent >= GOLD_FROM_CENTS:
        return "gold", spent
    if spent >= SILVER_FROM_CENTS:
        return "silver", spent
    return "basic", spent


def _customer_row(db: Session, user: User) -> dict:
    level, spent = _loyalty(db, user)
    return {"id": user.id, "name": user.name, "level": level, "spent": format_money(spent)}


def customer_report(db: Session) -> list[dict]:
    """List every customer with the loyalty level."""
    rows = []
    for user in user_repo.list_all(db):
        rows.append(_customer_row(db, user))
    return rows


def customer_ranking(db: Session, since: datetime, limit: int) -> list[dict]:
    """List the customers who spent most since a point in time."""
    best = order_repo.top_spenders(db, since, limit)
    return [{"user_id": user_id, "spent": format_money(total)} for user_id, total in best]


def revenue(db: Session, status: str) -> dict:
    """Return the revenue of the orders in a state."""
    return order_repo.revenue_by_status(db, status)


def revenue_between(db: Session, start: datetime, end: datetime) -> dict:
    """Return the revenue of a period."""
    cents = order_repo.revenue_between(db, start, end)
    return {"start": start.isoformat(), "end": end.isoformat(), "revenue": format_money(cents)}


def best_sellers(db: Session, limit: int) -> list[dict]:
    """Return the products sold most often."""
    return order_repo.best_sellers(db, limit)


HEADER = ["number", "status", "total"]


def _order_rows(orders: list[Order]) -> list[list[str]]:
    return [[format_order_number(order.id), order.status, format_money(order.total_cents)] for order in orders]


def export_orders(db: Session, status: str) -> str:
    """Write the orders in a state to a CSV file and return its name."""
    name = "orders.csv"
    handle = open(get_settings().export_dir / name, "w", newline="")
    writer = csv.writer(handle)
    writer.writerow(HEADER)
    writer.writerows(_order_rows(order_repo.list_by_status(db, status)))
    return name


def export_recent(db: Session, limit: int) -> str:
    """Write the newest orders to a CSV file and return its name."""
    name = "recent.csv"
    with open(get_settings().export_dir / name, "w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER)
        writer.writerows(_order_rows(order_repo.list_recent(db, limit)))
    return name


def export_spreadsheet(db: Session, limit: int) -> str:
    """Write the newest orders to a spreadsheet and return its name."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    sheet.append(HEADER)
    for row in _order_rows(order_repo.list_recent(db, limit)):
        sheet.append(row)
    name = "recent.xlsx"
    workbook.save(get_settings().export_dir / name)
    return name


def load_export(filename: str) -> bytes:
    """Return the content of an export."""
    return read_bytes(get_settings().export_dir / filename)


def archive_export(name: str) -> str:
    """Compress an export and return the name of the archive."""
    _compress(f"{get_settings().export_dir}/{name}")
    return f"{name}.gz"


def _compress(path: str) -> None:
    subprocess.run(f"gzip -kf {path}", shell=True, check=True)


def checksum(name: str) -> str:
    """Return the SHA-256 sum of an export."""
    path = safe_child(get_settings().export_dir, name)
    read_bytes(path)
    result = subprocess.run(["sha256sum", "--", str(path)], check=True, capture_output=True, text=True)
    return result.stdout.split()[0]


def write_invoice(order: Order) -> Path:
    """Render the invoice of an order and return where it lies."""
    path = get_settings().invoice_dir / f"{format_order_number(order.id)}.txt"
    lines = [f"{item.quantity} x product {item.product_id}: {item.unit_price_cents}" for item in order.items]
    path.write_text("\n".join([*lines, f"Total: {format_money(order.total_cents)}"]))
    return path


def load_invoice(name: str) -> bytes:
    """Return a rendered invoice."""
    return read_bytes(safe_child(get_settings().invoice_dir, name))
