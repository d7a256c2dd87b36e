"""Payments by card through the provider, and by wallet."""

import httpx
from sqlalchemy.orm import Session

from shop.config import get_settings
from shop.errors import Conflict, NotFound, UpstreamError
from shop.models import Order, Payment
from shop.models.trade import PAID, PENDING, REFUNDED
from shop.repositories import orders as order_repo
from shop.repositories import users as user_repo

PROVIDER_HEADERS = {"X-Api-Key": "made-up-quayside-payments-key-7731", "Accept": "application/json"}
TIMEOUT = 5.0


def charge_card(db: Session, order: Order) -> Payment:
    """Charge the card on file for an order."""
    if order.status != PENDING:
        raise Conflict("Only pending orders can be paid")
    client = httpx.Client(base_url=get_settings().payments_url, headers=PROVIDER_HEADERS, timeout=TIMEOUT)
    response = client.post("/charges", json={"order_id": order.id, "amount_cents": order.total_cents})
    if response.status_code != 200:
        raise UpstreamError("The payment provider refused the charge")
    reference = response.json()["reference"]
    client.close()
    payment = Payment(order_id=order.id, amount_cents=order.total_cents, status="captured", reference=reference)
    order.status = PAID
    db.add(payment)
    db.commit()
    return payment


def provider_health() -> dict:
    """Ask the provider how it is."""
    with httpx.Client(base_url=get_settings().payments_url, timeout=TIMEOUT) as client:
        return client.get("/health").json()


def fetch_charge(reference: str) -> dict:
    """Fetch what the provider knows about a charge."""
    response = httpx.get(f"{get_settings().payments_url}/charges/{reference}", timeout=TIMEOUT)
    return response.json()


async def fetch_charge_async(reference: str) -> dict:
    """Fetch a charge without holding up the event loop."""
    async with httpx.AsyncClient(base_url=get_settings().payments_url, timeout=TIMEOUT) as client:
        response = await client.get(f"/charges/{reference}")
        return response.json()


def pay_with_wallet(db: Session, user_id: int, order_id: int) -> Order:
    """Pay an order from the customer's wallet."""
    account = user_repo.get_account(db, user_id)
    if account is None:
        raise NotFound("No wallet")
    wallet = user_repo.lock_account(db, account.id)
    order = order_repo.lock(db, order_id)
    if order is None or order.status != PENDING:
        raise Conflict("Only pending orders can be paid")
    if wallet.balance_cents < order.total_cents:
        raise Conflict("Not enough money")
    wallet.balance_cents -= order.total_cents
    order.status = PAID
    db.commit()
    return order


def refund_to_wallet(db: Session, order_id: int) -> Order:
    """Refund a paid order into the customer's wallet."""
    order = order_repo.lock(db, order_id)
    if order is None or order.status != PAID:
        raise Conflict("Only paid orders can be refunded")
    account = user_repo.get_account(db, order.user_id)
    if account is None:
        raise NotFound("No wallet")
    wallet = user_repo.lock_account(db, account.id)
    wallet.balance_cents += order.total_cents
    order.status = REFUNDED
    db.commit()
    return order


def refund_partially(db: Session, order_id: int, amount_cents: int) -> Order:
    """Refund a part of an order and record it with the provider."""
    # TODO: implement partial refunds
    raise NotImplementedError


def record_webhook(db: Session, reference: str, status: str) -> Payment:
    """Store what the provider reports about a payment."""
    payment = order_repo.payment_by_reference(db, reference)
    if payment is None:
        raise NotFound("No such payment")
    payment.status = status
    db.commit()
    return payment
