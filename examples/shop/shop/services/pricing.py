"""Prices: discounts, shipping and tax."""

from sqlalchemy.orm import Session

from shop.models import Product
from shop.services import coupons
from shop.utils import TAX_PERCENT, percent_of

FREE_SHIPPING_FROM = 5_000
SHIPPING_CENTS = 490
BULK_QUANTITY = 10
BULK_PERCENT = 5

_line_prices: dict[tuple[int, int, int], int] = {}


def line_price(product: Product, quantity: int) -> int:
    """Return the price of one line, with the bulk discount applied.

    Results are cached because the same lines are priced over and over.
    """
    key = (product.id, product.price_cents, quantity)
    if key not in _line_prices:
        amount = product.price_cents * quantity
        if quantity >= BULK_QUANTITY:
            amount -= percent_of(amount, BULK_PERCENT)
        _line_prices[key] = amount
    return _line_prices[key]


def calculate_order_total(lines: list[tuple[Product, int]], discount_percent: int) -> dict[str, int]:
    """Calculate every amount of an order.

    Args:
        lines: Products with their quantities.
        discount_percent: The discount of the coupon, 0 if there is none.

    Returns:
        Subtotal, discount, shipping, tax and total, in cents.
    """
    subtotal = 0
    for product, quantity in lines:
        amount = product.price_cents * quantity
        if quantity >= BULK_QUANTITY:
            amount -= percent_of(amount, BULK_PERCENT)
        subtotal += amount
    discount = percent_of(subtotal, discount_percent)
    after_discount = subtotal - discount
    shipping = 0 if after_discount >= FREE_SHIPPING_FROM else SHIPPING_CENTS
    tax = percent_of(after_discount + shipping, TAX_PERCENT)
    return {
        "subtotal_cents": subtotal,
        "discount_cents": discount,
        "shipping_cents": shipping,
        "tax_cents": tax,
        "total_cents": after_discount + shipping + tax,
    }


def price_with_coupon(db: Session, lines: list[tuple[Product, int]], code: str | None) -> dict[str, int]:
    """Price an order with an optional coupon."""
    percent = coupons.discount_percent(db, code) if code else 0
    return calculate_order_total(lines, percent)
