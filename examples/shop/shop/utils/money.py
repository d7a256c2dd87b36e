"""Money is kept in integer cents; these helpers round in one place."""

TAX_PERCENT = 19


def percent_of(amount_cents: int, percent: int) -> int:
    """Return a percentage of an amount, rounded half up."""
    return (amount_cents * percent + 50) // 100


def to_cents(text: str) -> int:
    """Parse a decimal amount such as ``12.50`` into cents."""
    whole, _, fraction = text.strip().partition(".")
    return int(whole or "0") * 100 + int((fraction + "00")[:2])
