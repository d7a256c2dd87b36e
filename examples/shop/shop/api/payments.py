"""Payments, refunds and the provider's webhook."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Header, HTTPException, Request

from shop.models import Order, Payment
from shop.repositories import orders as order_repo
from shop.schemas import OrderOut, PaymentOut, WebhookIn
from shop.security import AdminUser, CurrentUser, DbSession, verify_webhook
from shop.services import orders, payments

router = APIRouter(prefix="/payments", tags=["payments"])


@router.post("/orders/{order_id}/card", response_model=PaymentOut)
def pay_by_card(order_id: int, user: CurrentUser, db: DbSession) -> Payment:
    """Pay an order by card."""
    order = orders.get_order(db, order_id)
    orders.ensure_owner(order, user)
    return payments.charge_card(db, order)


@router.post("/orders/{order_id}/wallet", response_model=OrderOut)
def pay_by_wallet(order_id: int, user: CurrentUser, db: DbSession) -> Order:
    """Pay an order from the caller's wallet."""
    order = orders.get_order(db, order_id)
    orders.ensure_owner(order, user)
    return payments.pay_with_wallet(db, user.id, order_id)


@router.post("/orders/{order_id}/refund", response_model=OrderOut)
def refund(order_id: int, admin: AdminUser, db: DbSession) -> Order:
    """Refund an order into the customer's wallet."""
    return payments.refund_to_wallet(db, order_id)


@router.post("/orders/{order_id}/refund-partially", response_model=OrderOut)
def refund_partially(order_id: int, amount_cents: int, admin: AdminUser, db: DbSession) -> Order:
    """Refund a part of an order."""
    return payments.refund_partially(db, order_id, amount_cents)


@router.get("/orders/{order_id}", response_model=list[PaymentOut])
def list_payments(order_id: int, user: CurrentUser, db: DbSession) -> list[Payment]:
    """Return the payment attempts of an order."""
    orders.ensure_owner(orders.get_order(db, order_id), user)
    return order_repo.payments_of(db, order_id)


@router.get("/charges/{reference}")
async def charge_status(reference: str, admin: AdminUser) -> dict:
    """Return what the provider knows about a charge."""
    return payments.fetch_charge(reference)


@router.get("/charges/{reference}/live")
async def live_charge_status(reference: str, admin: AdminUser) -> dict:
    """Return what the provider knows about a charge, without caching."""
    return await payments.fetch_charge_async(reference)


@router.get("/provider")
def provider_health(admin: AdminUser) -> dict:
    """Tell how the provider is."""
    return payments.provider_health()


@router.post("/webhook", response_model=PaymentOut)
async def webhook(request: Request, db: DbSession, x_signature: Annotated[str, Header()] = "") -> Payment:
    """Receive the provider's signed notifications."""
    body = await request.body()
    if not verify_webhook(body, x_signature):
        raise HTTPException(status_code=401, detail="Bad signature")
    event = WebhookIn.model_validate_json(body)
    return await anyio.to_thread.run_sync(payments.record_webhook, db, event.reference, event.status)
