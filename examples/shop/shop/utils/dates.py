"""Parsing of date ranges."""

from datetime import UTC, date, datetime, time, timedelta

from shop.core.errors import ShopError


def parse_date_range(start: str | None, end: str | None, default_days: int = 30) -> tuple[datetime, datetime]:
    """Parse an inclusive range of ISO dates into two instants.

    Raises:
        ShopError: If a date is malformed or the range is reversed.
    """
    today = datetime.now(UTC).date()
    try:
        end_day = date.fromisoformat(end) if end else today
        start_day = date.fromisoformat(start) if start else end_day - timedelta(days=default_days)
    except ValueError as error:
        raise ShopError("Dates must look like 2024-12-31") from error
    if start_day > end_day:
        raise ShopError("The range ends before it starts")
    lower = datetime.combine(start_day, time.min, tzinfo=UTC)
    upper = datetime.combine(end_day, time.max, tzinfo=UTC)
    return lower, upper
