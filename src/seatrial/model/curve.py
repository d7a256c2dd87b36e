"""Curves: what trials measured, as numbers; a report draws them."""

import msgspec


class Series(msgspec.Struct, frozen=True, order=True):
    """One line of a curve. `values` belong to the curve's `xs`, one each."""

    name: str
    """`blocks read`, `answers a second`."""
    unit: str
    """`blocks`, `1/s`, `ms`; empty for a plain number."""
    values: tuple[float, ...]


class Curve(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """What was measured of one thing while another grew. Series of different units have scales of their own."""

    trial: str
    title: str
    """What was measured: `GET /orders`."""
    x: str
    """What grew: `rows`, `users`."""
    xs: tuple[float, ...]
    series: tuple[Series, ...]
    label: str = ""
    """What it comes to, in a word: `n log n`, `bends at 200 users`."""
    says: tuple[str, ...] = ()
    """What follows from it, one sentence each."""
    mark: float = 0.0
    """Where on `x` it bends; 0 if it does not."""
    weight: float = 0.0
    """Order in a report: what sinks first has the highest."""


class Prices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What running costs, for the answer to "what at 1 TB?"; by default, roughly a managed database of 2026."""

    currency: str = "$"
    processor_hour: float = 0.10
    """One processor for one hour."""
    million_reads: float = 0.20
    """A million blocks of 8 KiB read from disk."""
    disk_rate: float = 500.0
    """Megabytes that the disk gives in a second."""
    requests: float = 1.0
    """Requests in a second, day and night."""
