"""Schemas of products, stock and reviews."""

from pydantic import BaseModel, ConfigDict, Field


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
