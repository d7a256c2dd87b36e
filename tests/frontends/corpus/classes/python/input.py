"""A module."""

from base import Base, field


class Order(Base, abc.ABC, metaclass=Meta, **options):
    """An order."""

    name: str
    price: int = 0
    tags = field(default=list)

    class Inner:
        depth = 1

    def __init__(self, price):
        super().__init__(price)
        self.price = price
        self.cache: dict = {}

    @property
    def total(self):
        return self.price * Order.rate + self.Inner.depth

    rate = 2
