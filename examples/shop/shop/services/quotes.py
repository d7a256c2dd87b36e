"""Non-binding quotes for a basket."""

from sqlalchemy.orm import Session

from shop.errors import NotFound
from shop.models import Product
from shop.repositories import products as product_repo
from shop.schemas import OrderItemIn
from shop.services import coupons
from shop.utils import TAX_PERCENT, percent_of

FREE_DELIVERY_LIMIT = 5_000
DELIVERY_FEE = 490
LARGE_QUANTITY = 10
LARGE_QUANTITY_PERCENT = 5


def _estimate(basket: list[tuple[Product, int]], rebate: int) -> dict[str, int]:
    """Estimate the amounts of a basket."""
    goods = 0
    units = 0
    for article, count in basket:
        units += count
        value = article.price_cents * count
        if count >= LARGE_QUANTITY:
            value -= percent_of(value, LARGE_QUANTITY_PERCENT)
        goods += value
    reduction = percent_of(goods, rebate)
    net = goods - reduction
    delivery = 0 if net >= FREE_DELIVERY_LIMIT else DELIVERY_FEE
    vat = percent_of(net + delivery, TAX_PERCENT)
    return {
        "subtotal_cents": goods,
        "discount_cents": reduction,
        "shipping_cents": delivery,
        "tax_cents": vat,
        "total_cents": net + delivery + vat,
    }


def quote_basket(db: Session, items: list[OrderItemIn], code: str | None) -> dict[str, int]:
    """Quote a basket without placing an order."""
    products = product_repo.get_many(db, [item.product_id for item in items])
    basket = []
    for item in items:
        if item.product_id not in products:
            raise NotFound(f"No product {item.product_id}")
        basket.append((products[item.product_id], item.quantity))
    rebate = coupons.discount_percent(db, code) if code else 0
    return _estimate(basket, rebate)
