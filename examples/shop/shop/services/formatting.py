"""How values look in reports."""


def format_money(cents: int, currency: str = "EUR") -> str:
    """Format cents as an amount with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d} {currency}"


def format_order_number(order_id: int) -> str:
    """Format the number that customers see."""
    return f"SO-{order_id:06d}"
