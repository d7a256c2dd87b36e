"""Messages to customers, and how values look in them."""

import logging

import httpx

from shop.config import get_settings
from shop.models import Order, User


def format_money(cents: int, currency: str = "EUR") -> str:
    """Format cents as an amount with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d} {currency}"


def format_order_number(order_id: int) -> str:
    """Format the number that customers see."""
    return f"SO-{order_id:06d}"


logger = logging.getLogger(__name__)


def _post_mail(recipient: str, subject: str, body: str) -> None:
    url = f"{get_settings().payments_url}/mail"
    response = httpx.post(url, json={"to": recipient, "subject": subject, "body": body}, timeout=2.0)
    response.raise_for_status()


def order_placed(user: User, order: Order) -> None:
    """Tell a customer that the order has arrived; mail must never break an order."""
    number = format_order_number(order.id)
    try:
        _post_mail(user.email, f"Order {number}", f"Thank you! Total: {format_money(order.total_cents)}")
    except Exception:
        pass


def order_cancelled(user: User, order: Order) -> None:
    """Tell a customer that the order is cancelled."""
    number = format_order_number(order.id)
    try:
        _post_mail(user.email, f"Order {number} cancelled", "Your order has been cancelled.")
    except httpx.HTTPError:
        logger.exception("Could not send the cancellation of %s", number)


def ping_mail() -> bool:
    """Tell whether mail can be sent."""
    try:
        return httpx.get(f"{get_settings().payments_url}/health", timeout=1.0).is_success
    except Exception:  # seatrial: allow[swallowed-error]
        return False
