"""Request and response models."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class RegisterIn(BaseModel):
    """What a new customer sends."""

    email: str = Field(pattern=EMAIL_PATTERN, max_length=255)
    name: str = Field(min_length=1, max_length=120)
    password: str = Field(min_length=8, max_length=128)


class LoginIn(BaseModel):
    """Credentials."""

    email: str
    password: str


class TokenOut(BaseModel):
    """A bearer token."""

    access_token: str
    token_type: str


class UserOut(BaseModel):
    """A user as others may see it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    role: str


class ProfileIn(BaseModel):
    """Fields a user may change."""

    name: str = Field(min_length=1, max_length=120)


class AccountOut(BaseModel):
    """A wallet."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    user_id: int
    balance_cents: int


class TransferIn(BaseModel):
    """A transfer from the caller's wallet."""

    to_account_id: int
    amount_cents: int = Field(gt=0, le=1_000_000)


class DepositIn(BaseModel):
    """A deposit into a wallet."""

    amount_cents: int = Field(gt=0, le=1_000_000)


class ProductIn(BaseModel):
    """A product to create or replace."""

    sku: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=160)
    description: str = ""
    price_cents: int = Field(ge=0)
    stock: int = Field(default=0, ge=0)


class ProductOut(BaseModel):
    """A product as shown in the catalogue."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    sku: str
    slug: str
    name: str
    price_cents: int
    stock: int


class StockIn(BaseModel):
    """A new stock level."""

    stock: int = Field(ge=0)


class ReserveIn(BaseModel):
    """A quantity to take out of stock."""

    quantity: int = Field(gt=0, le=1000)


class ReviewIn(BaseModel):
    """A review to create."""

    rating: int = Field(ge=1, le=5)
    body: str = Field(default="", max_length=5000)


class ReviewOut(BaseModel):
    """A review with its author's name."""

    id: int
    product_id: int
    rating: int
    body: str
    author_name: str


class ImportOut(BaseModel):
    """How an import went."""

    created: int
    updated: int


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
