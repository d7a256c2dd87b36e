"""The answer to "what at 1 TB?": what one request reads there, how long that takes, and what a month of it costs."""

import msgspec

from seatrial.model.curve import Prices
from seatrial.trials.statistics import Growth

TERABYTE = 1e12
BLOCK = 8192
_MONTH = 30.44 * 24 * 3600
_TIMES = ((365.25 * 86400, "year"), (86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"), (1e-3, "ms"))
_LARGE = ((1e15, "quadrillion"), (1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_BYTES = ((1e18, "EB"), (1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


class Terabyte(msgspec.Struct, frozen=True):
    """One request on a terabyte. Seconds and money are ranges: all from memory, all from disk."""

    rows: float
    """Rows of each table that grows, at 1 TB of them all."""
    blocks: float
    seconds: tuple[float, float]
    money: tuple[float, float]
    """A month at the load of the price table."""


def at_terabyte(growth: Growth, row_bytes: float, block_seconds: float, prices: Prices) -> Terabyte:
    """`row_bytes` is what a row of every growing table takes together; `block_seconds` what a block took in memory."""
    rows = TERABYTE / row_bytes
    blocks = growth.at(rows)
    memory = blocks * block_seconds
    disk = memory + blocks * BLOCK / (prices.disk_rate * 1e6)
    requests = prices.requests * _MONTH
    work = requests * memory / 3600 * prices.processor_hour
    return Terabyte(rows, blocks, (memory, disk), (work, work + requests * blocks / 1e6 * prices.million_reads))


def told(one: Terabyte, prices: Prices) -> str:
    """The answer in one sentence."""
    load = f"{prices.requests:g} a second for a month"
    return (
        f"At 1 TB, {large(one.rows)} rows, one request reads {large(one.blocks)} blocks "
        f"({_scaled(one.blocks * BLOCK, _BYTES, plural=False)}): {_time(one.seconds[0])} from memory, "
        f"{_time(one.seconds[1])} from disk; {load}: {_money(one.money, prices.currency)}"
    )


def large(number: float) -> str:
    """`1.4 billion`, `12,000`."""
    return _scaled(number, _LARGE, plural=False) if number >= 1e6 else f"{number:,.0f}"


def _time(seconds: float) -> str:
    return _scaled(seconds, _TIMES, plural=True) if seconds >= 1e-3 else "under 1 ms"


def _money(range_: tuple[float, float], currency: str) -> str:
    low, high = (f"{value:,.0f}" if value < 1e6 else large(value) for value in range_)
    return f"{currency} {low}" if low == high else f"{currency} {low} to {high}"


def _scaled(number: float, units: tuple[tuple[float, str], ...], *, plural: bool) -> str:
    for size, unit in units:
        if number >= size:
            value = f"{number / size:.2g}" if number / size < 10 else f"{number / size:,.0f}"
            return f"{value} {unit}{'s' if plural and value != '1' and unit != 'ms' else ''}"
    return f"{number:,.0f} B"
