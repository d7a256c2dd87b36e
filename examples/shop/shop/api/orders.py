"""Orders and quotes."""

from fastapi import APIRouter, BackgroundTasks, Response

from shop.models import Order
from shop.repositories import orders as order_repo
from shop.schemas import AddressIn, OrderIn, OrderOut, OrderSummary, QuoteOut
from shop.security import AdminUser, CurrentUser, DbSession, Limit, Offset
from shop.services import notifications, orders, quotes, reports

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", response_model=OrderOut, status_code=201)
def place_order(payload: OrderIn, user: CurrentUser, db: DbSession, tasks: BackgroundTasks) -> Order:
    """Place an order."""
    order = orders.place_order(db, user, payload)
    tasks.add_task(notifications.order_placed, user, order)
    return order


@router.post("/quote", response_model=QuoteOut)
def quote(payload: OrderIn, db: DbSession) -> dict:
    """Tell what an order would cost."""
    return quotes.quote_basket(db, payload.items, payload.coupon_code)


@router.get("", response_model=list[OrderOut])
def list_orders(admin: AdminUser, db: DbSession, status: str = "pending") -> list[Order]:
    """Return the orders in a state, for the warehouse."""
    return orders.list_orders(db, status)


@router.get("/recent", response_model=list[OrderSummary])
def recent_orders(admin: AdminUser, db: DbSession, limit: Limit = 50) -> list[OrderSummary]:
    """Return the newest orders with their customers."""
    return orders.list_summaries(db, limit)


@router.get("/mine", response_model=list[OrderOut])
def my_orders(user: CurrentUser, db: DbSession, limit: Limit = 20, offset: Offset = 0) -> list[Order]:
    """Return one page of the caller's orders."""
    return order_repo.list_for_user(db, user.id, limit, offset)


@router.get("/{order_id}", response_model=OrderOut)
def get_order(order_id: int, user: CurrentUser, db: DbSession) -> Order:
    """Return one order."""
    order = orders.get_order(db, order_id)
    orders.ensure_owner(order, user)
    return order


@router.post("/{order_id}/cancel", response_model=OrderOut)
def cancel_order(order_id: int, user: CurrentUser, db: DbSession, tasks: BackgroundTasks) -> Order:
    """Cancel an order."""
    order = orders.get_order(db, order_id)
    orders.ensure_owner(order, user)
    tasks.add_task(notifications.order_cancelled, user, order)
    return orders.cancel_order(db, order)


@router.patch("/{order_id}/address", response_model=OrderOut)
def change_address(order_id: int, payload: AddressIn, user: CurrentUser, db: DbSession) -> Order:
    """Change where an order is sent."""
    order = orders.get_order(db, order_id)
    return orders.change_address(db, order, payload.shipping_address)


@router.get("/{order_id}/delivery")
def delivery(order_id: int, user: CurrentUser, db: DbSession, country: str = "DE") -> dict:
    """Tell how long an order will travel."""
    order = orders.get_order(db, order_id)
    orders.ensure_owner(order, user)
    return {"days": orders.estimate_days(order.shipping_address, country)}


@router.post("/{order_id}/invoice")
def create_invoice(order_id: int, user: CurrentUser, db: DbSession) -> dict:
    """Render the invoice of an order."""
    order = orders.get_order(db, order_id)
    orders.ensure_owner(order, user)
    return {"name": reports.write_invoice(order).name}


@router.get("/invoices/{name}")
def download_invoice(name: str, admin: AdminUser) -> Response:
    """Return a rendered invoice."""
    return Response(reports.load_invoice(name), media_type="text/plain")
