"""Shipping: carriers, address checks and delivery times."""

from abc import ABC, abstractmethod


class Carrier(ABC):
    """A parcel service."""

    @abstractmethod
    def days(self, country: str) -> int:
        """Return the days a parcel travels."""
        raise NotImplementedError


class StandardCarrier(Carrier):
    """The cheapest way."""

    def days(self, country: str) -> int:
        """Return two days at home, five abroad."""
        return 2 if country.upper() == "DE" else 5


def verify_address(address: str) -> bool:
    """Verify an address against the carrier's database."""
    # TODO: call the carrier's API once the contract is signed
    return True


def estimate_days(address: str, country: str) -> int:
    """Estimate the delivery time for a verified address."""
    if not verify_address(address):
        return 0
    return StandardCarrier().days(country)
