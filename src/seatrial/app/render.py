"""Writes a report in a format, by the format's name."""

from collections.abc import Collection, Mapping

from seatrial import registry
from seatrial.model.verdict import Report


def names() -> Collection[str]:
    """The names of all formats."""
    return registry.format_names()


def suffixes() -> Mapping[str, str]:
    """The name of the format for every suffix of a report's file."""
    return {registry.report_format(name).suffix: name for name in names()}


def render(report: Report, name: str, width: int = 0, *, color: bool = False) -> str:
    """The report's text. `width` in columns (0: no terminal) and `color` are for terminals."""
    return registry.report_format(name).render(report, width, color)
