"""Schemas of orders, coupons and payments."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class OrderItemIn(BaseModel):
    """One line of a new order."""

    product_id: int
    quantity: int = Field(gt=0, le=100)


class OrderIn(BaseModel):
    """A new order."""

    items: list[OrderItemIn] = Field(min_length=1, max_length=50)
    coupon_code: str | None = None
    shipping_address: str = Field(default="", max_length=255)


class OrderItemOut(BaseModel):
    """One line of an order."""

    model_config = ConfigDict(from_attributes=True)

    product_id: int
    quantity: int
    unit_price_cents: int


class OrderOut(BaseModel):
    """An order with its lines."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    user_id: int
    status: str
    total_cents: int
    shipping_address: str
    coupon_code: str | None
    created_at: datetime
    items: list[OrderItemOut]


class OrderSummary(BaseModel):
    """An order as shown in the back office."""

    id: int
    status: str
    total_cents: int
    customer: str


class AddressIn(BaseModel):
    """A new shipping address."""

    shipping_address: str = Field(min_length=1, max_length=255)


class CouponIn(BaseModel):
    """A coupon to create."""

    code: str = Field(min_length=3, max_length=40)
    percent_off: int = Field(ge=1, le=90)
    max_uses: int = Field(default=100, ge=1)


class CouponOut(BaseModel):
    """A coupon with its use."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    code: str
    percent_off: int
    max_uses: int
    used_count: int
    active: bool


class QuoteOut(BaseModel):
    """What an order would cost."""

    subtotal_cents: int
    discount_cents: int
    shipping_cents: int
    tax_cents: int
    total_cents: int


class PaymentOut(BaseModel):
    """A payment attempt."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    order_id: int
    amount_cents: int
    status: str
    reference: str


class WebhookIn(BaseModel):
    """What the payment provider tells us."""

    reference: str
    status: str
