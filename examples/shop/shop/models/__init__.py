"""ORM models; importing this package registers every table."""

from shop.models.base import Base
from shop.models.trade import Coupon, Order, OrderItem, Payment, Product, Review
from shop.models.user import Account, User

__all__ = ["Account", "Base", "Coupon", "Order", "OrderItem", "Payment", "Product", "Review", "User"]
